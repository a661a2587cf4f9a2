//! Limits that must hold in every window of so many seconds. Windows are judged as they were seen: a limit that one of
//! them breaks was broken, whatever a longer measurement would average it to.

use redline_model::{GateOutcome, RunReport, Seconds, TrialResult};

use super::{
    judge::{Said, number},
    limit::{Figure, Limit},
};

/// The share of steps or requests that are certainly, and at most, bad in a window that begins in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Window {
    from: Seconds,
    least: f64,
    most: f64,
}

pub(super) fn windows(limit: &Limit, length: Seconds, run: &RunReport, trial: &TrialResult) -> Result<Said, String> {
    let line = &run.timeline;
    let rows: Vec<usize> = (0..line.len())
        .filter(|row| {
            let at = line.at[*row].0;
            line.trial[*row] == trial.number && at >= trial.from.0 - 0.5 && at < trial.to.0 - 0.5
        })
        .collect();
    let span = length.0 as usize;
    if rows.len() < span {
        return Err(format!("the load was held for {} s, and a window is {length}", rows.len()));
    }
    let allowed = match limit.figure {
        Figure::Latency(quantile) => 1.0 - quantile,
        _ => limit.bound,
    };
    let all: Vec<Window> = rows.windows(span).filter_map(|rows| window(limit, run, rows)).collect();
    let worst = all.iter().max_by(|a, b| a.most.total_cmp(&b.most)).ok_or("nothing ended in it")?;
    let broken = all.iter().filter(|w| w.least > allowed).count();
    let outcome = match worst {
        _ if broken > 0 => GateOutcome::Fail,
        w if w.most <= allowed => GateOutcome::Pass,
        _ => GateOutcome::Inconclusive,
    };
    let percent = |share: f64| number(100.0 * share);
    let share = if (worst.most - worst.least).abs() < 1e-12 {
        format!("{} %", percent(worst.most))
    } else {
        format!("{} to {} %", percent(worst.least), percent(worst.most))
    };
    let after = Seconds(worst.from.0 - trial.from.0);
    Ok(Said {
        outcome,
        found: format!("{share} in the worst window of {length}, from {after} on; {broken} of {} break it", all.len()),
        detail: format!(
            "{} % may; trial {} at {} sessions, windows as they were seen",
            percent(allowed),
            trial.number,
            trial.offered
        ),
        value: None,
    })
}

/// Nothing where nothing ended in it.
fn window(limit: &Limit, run: &RunReport, rows: &[usize]) -> Option<Window> {
    let line = &run.timeline;
    let from = line.at[rows[0]];
    if limit.figure == Figure::Errors {
        let sum = |of: &dyn Fn(usize) -> f64| rows.iter().map(|row| of(*row)).sum::<f64>();
        let errors = sum(&|row| line.errors_at(row).0);
        let unanswered = sum(&|row| {
            let silent = line.errors.iter().filter(|(outcome, _)| !outcome.is_response());
            silent.filter_map(|(_, column)| column.get(row)).map(|rate| rate.0).sum()
        });
        let all = sum(&|row| line.responses[row].0) + unanswered;
        return (all > 0.0).then(|| Window { from, least: errors / all, most: errors / all });
    }
    let grid = &line.response_grid;
    let count = |class: &Vec<u64>| rows.iter().map(|row| class.get(*row).copied().unwrap_or(0)).sum::<u64>() as f64;
    let (mut all, mut slow, mut perhaps) = (0.0, 0.0, 0.0);
    for (class, edges) in grid.counts.iter().zip(grid.edges.windows(2)) {
        let n = count(class);
        all += n;
        match (edges[0].0 >= limit.bound, edges[1].0 > limit.bound) {
            (true, _) => slow += n,
            (false, true) => perhaps += n,
            (false, false) => {}
        }
    }
    (all > 0.0).then(|| Window { from, least: slow / all, most: (slow + perhaps) / all })
}
