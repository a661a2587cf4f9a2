//! The figures that are seen first.

use redline_model::{AfterPeak, Behaviour, Capacity, RunReport, TrialResult, VerdictKind};
use serde::Serialize;

use crate::{figure::figure, select::held, words};

/// One of the figures on the first screen.
#[derive(Debug, Serialize)]
pub(super) struct Fact {
    name: &'static str,
    figure: String,
    unit: &'static str,
    more: String,
}

/// The figures of the first screen: the capacities, or those of a load that was held.
pub(super) fn facts(report: &RunReport) -> Vec<Fact> {
    let verdict = &report.verdict;
    let of = |name, capacity: &Option<Capacity>| {
        let c = capacity.as_ref()?;
        let s = c.sessions_per_second;
        let more = solid(&format!(
            "95 % interval {} to {}; {} requests a second, {} shoppers at once",
            figure(s.low),
            figure(s.high),
            figure(c.requests_per_second.estimate),
            figure(c.shoppers.estimate)
        ));
        Some(Fact { name, figure: figure(s.estimate), unit: "sessions/s", more })
    };
    let carries = if verdict.kind == VerdictKind::AtLeast { "Carries at least" } else { "Keeps its promise up to" };
    let mut facts: Vec<Fact> = [of(carries, &verdict.sustainable), of("Completes at most", &verdict.saturation)]
        .into_iter()
        .flatten()
        .collect();
    facts.extend(verdict.after_peak.as_ref().and_then(beyond));
    if let Some(trial) = held(report) {
        facts.extend(of_held(trial));
    }
    facts
}

/// What becomes of the goodput under more than is completed. Where that is not clear no figure of it may stand large.
fn beyond(after: &AfterPeak) -> Option<Fact> {
    let worst = after.points.iter().map(|p| p.goodput.0).reduce(f64::min)?;
    let called = words::behaviour(after.behaviour);
    let when = after.lasted.map_or_else(String::new, |lasted| format!(", in its first {lasted}"));
    let (figure, unit, more) = if after.behaviour == Behaviour::Unclear {
        let points: Vec<String> =
            after.points.iter().map(|p| format!("{:.0} % at {:.1} ×", 100.0 * p.goodput.0, p.factor)).collect();
        let called = called.trim_start_matches("unclear: ");
        ("unclear".to_owned(), "", format!("{called}: {} of what is completed{when}", points.join(", ")))
    } else {
        (format!("{:.0} %", 100.0 * worst), "of its peak", format!("{called}{when}"))
    };
    Some(Fact { name: "Goodput under more than that", figure, unit, more: solid(&more) })
}

/// What a load that was held did.
fn of_held(trial: &TrialResult) -> Vec<Fact> {
    let kept = trial.slo.iter().filter(|o| o.count > 0 && o.bad.0 <= o.term.allowed().0).count();
    let (steps, response) = (trial.steps_per_second.0, &trial.response);
    let within = if steps > 0.0 { format!("{:.1}", 100.0 * trial.good.0 / steps) } else { "0".into() };
    let offered = format!("{} were offered; {} requests a second", figure(trial.offered.0), figure(trial.responses.0));
    vec![
        Fact { name: "Completed", figure: figure(trial.completed.0), unit: "sessions/s", more: solid(&offered) },
        Fact {
            name: "95 % of the steps took at most",
            figure: response.p95.to_string(),
            unit: "",
            more: format!("median {}, 99 % at most {}", response.p50, response.p99),
        },
        Fact {
            name: "Within the promise",
            figure: within,
            unit: "% of the steps",
            more: format!("{kept} of {} promises were kept", trial.slo.len()),
        },
    ]
}

/// The same text with numbers that are not torn apart at the end of a line.
pub(super) fn solid(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let keep = |(i, c): (usize, &char)| {
        if *c == ' ' && digit(i.checked_sub(1)) && (digit(Some(i + 1)) || chars.get(i + 1) == Some(&'%')) {
            '\u{a0}'
        } else {
            *c
        }
    };
    chars.iter().enumerate().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use redline_model::{OverloadPoint, Rate, Seconds, Share};

    use super::*;

    #[test]
    fn a_goodput_that_is_unclear_has_no_figure_that_stands_large() {
        let point = |factor, goodput| OverloadPoint { factor, offered: Rate(60.0 * factor), goodput: Share(goodput) };
        let mut after = AfterPeak {
            peak: Rate(200.0),
            machine_speed: None,
            behaviour: Behaviour::Unclear,
            points: vec![point(1.5, 0.79), point(2.0, 1.0)],
            collapse: None,
            lasted: Some(Seconds(3.0)),
        };
        let unclear = beyond(&after).unwrap();
        assert_eq!((unclear.figure.as_str(), unclear.unit), ("unclear", ""));
        assert!(unclear.more.starts_with("a larger load had more") && unclear.more.contains("1.5"), "{}", unclear.more);
        after.behaviour = Behaviour::Degraded;
        assert_eq!(beyond(&after).unwrap().figure, "79 %");
    }
}
