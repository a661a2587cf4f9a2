//! `redline trend`: what the stored runs of each stack carried, and when that changed. It alerts and never blocks.

use redline_analysis::FEWEST_FOR_TREND;
use redline_model::RunReport;
use redline_reports::{find, load, names};

use crate::{
    args::TrendArgs,
    exit::{Ended, Failure},
    trends::{Change, Trend, changed_with_it, trends},
};

/// Reads all runs, groups those that can be compared, and tells each group's changes.
pub(crate) fn show(args: &TrendArgs) -> Result<Ended, Failure> {
    let mut runs: Vec<RunReport> = Vec::new();
    for name in names(&args.runs) {
        match find(&name, &args.runs).and_then(|document| load(&document)) {
            Ok(run) => runs.push(run),
            Err(error) => eprintln!("redline: left out: {error}"),
        }
    }
    let all = trends(runs.iter(), usize::MAX);
    if all.is_empty() {
        return crate::print(&format!(
            "No run in `{}` found a capacity; make some with `redline scenario`, or name another folder with --runs.\n",
            args.runs.display()
        ));
    }
    let told: Vec<String> = all.iter().map(told).collect();
    crate::print(&(told.join("\n\n") + "\n"))
}

fn told(trend: &Trend<'_>) -> String {
    let n = trend.runs.len();
    let mut lines = vec![format!("{}: {n} run{}", trend.key, if n == 1 { "" } else { "s" })];
    if n < FEWEST_FOR_TREND {
        lines.push(format!("  fewer than {FEWEST_FOR_TREND} runs: whether something changed cannot be told yet"));
        return lines.join("\n");
    }
    for figure in &trend.figures {
        let steady = if figure.changes.is_empty() { "; no change" } else { "" };
        let (name, last, runs) = (figure.name, figure.last, figure.runs);
        lines.push(format!("  {name}: {last:.0} requests/s in the last of {runs} runs{steady}"));
        lines.extend(figure.changes.iter().map(|change| changed(name, change)));
    }
    lines.join("\n")
}

/// The change, and what changed with it.
fn changed(name: &str, change: &Change<'_>) -> String {
    let percent = |share: f64| format!("{:+.1}", 100.0 * share);
    let (after, found) = (change.after, &change.found);
    let with_it = match changed_with_it(change.before, after).as_slice() {
        [] => String::new(),
        some => format!("; with it changed: {}", some.join(", ")),
    };
    let told = format!(
        "{} % ({} to {}) from {} on ({}), p = {:.3}{with_it}",
        percent(found.by.estimate),
        percent(found.by.low),
        percent(found.by.high),
        after.started,
        after.run,
        found.p,
    );
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|v| v == "true") {
        eprintln!("::warning title=redline trend::{name}: {told}");
    }
    format!("    changed by {told}")
}
