//! `redline trend`: what the stored runs of each stack carried, and when that changed. It alerts and never blocks.

use std::collections::BTreeMap;

use redline_analysis::{Changed, FEWEST_FOR_TREND, change_points};
use redline_model::{Interval, RunReport, VerdictKind};
use redline_reports::{find, load, names};

use crate::{
    args::TrendArgs,
    exit::{Ended, Failure},
};

/// Permutations are random; the same runs give the same answer.
const SEED: u64 = 1;

/// A figure that is followed, and how a run has it.
type Followed = (&'static str, fn(&RunReport) -> Option<Interval>);

/// In this order; the adjusted figure says most where the machine's speed varies.
const FIGURES: [Followed; 3] = [
    ("saturation, adjusted for the machine's speed", |r| r.verdict.saturation_adjusted.map(|a| a.requests_per_second)),
    ("saturation", |r| r.verdict.saturation.map(|c| c.requests_per_second)),
    ("sustainable load", |r| r.verdict.sustainable.map(|c| c.requests_per_second)),
];

/// Reads all runs, groups those that can be compared, and tells each group's changes.
pub(crate) fn show(args: &TrendArgs) -> Result<Ended, Failure> {
    let mut runs: Vec<RunReport> = Vec::new();
    for name in names(&args.runs) {
        match find(&name, &args.runs).and_then(|document| load(&document)) {
            Ok(run) => runs.push(run),
            Err(error) => eprintln!("redline: left out: {error}"),
        }
    }
    runs.retain(|run| run.verdict.kind == VerdictKind::Saturated && run.interrupted.is_none());
    runs.sort_by(|a, b| a.started.cmp(&b.started));
    let mut groups: BTreeMap<String, Vec<&RunReport>> = BTreeMap::new();
    for run in &runs {
        let print = &run.fingerprint;
        let key = format!("{} on {} · {}", print.scenario, print.topology, print.environment.class());
        groups.entry(key).or_default().push(run);
    }
    if groups.is_empty() {
        return crate::print(&format!(
            "No run in `{}` found a capacity; make some with `redline scenario`, or name another folder with --runs.\n",
            args.runs.display()
        ));
    }
    let told: Vec<String> = groups.iter().map(|(key, runs)| group(key, runs)).collect();
    crate::print(&(told.join("\n\n") + "\n"))
}

fn group(key: &str, runs: &[&RunReport]) -> String {
    let n = runs.len();
    let mut lines = vec![format!("{key}: {n} run{}", if n == 1 { "" } else { "s" })];
    if n < FEWEST_FOR_TREND {
        lines.push(format!("  fewer than {FEWEST_FOR_TREND} runs: whether something changed cannot be told yet"));
        return lines.join("\n");
    }
    for (name, figure) in FIGURES {
        let (have, values): (Vec<&RunReport>, Vec<f64>) =
            runs.iter().filter_map(|r| Some((*r, figure(r)?.estimate))).unzip();
        if values.len() < FEWEST_FOR_TREND {
            continue;
        }
        let changes = change_points(&values, SEED);
        let last = values.last().copied().unwrap_or_default();
        let steady = if changes.is_empty() { "; no change" } else { "" };
        lines.push(format!("  {name}: {last:.0} requests/s in the last of {} runs{steady}", values.len()));
        lines.extend(changes.iter().map(|change| changed(name, change, &have)));
    }
    lines.join("\n")
}

/// The change, and what changed with it.
fn changed(name: &str, change: &Changed, runs: &[&RunReport]) -> String {
    let (before, after) = (runs[change.at - 1], runs[change.at]);
    let percent = |share: f64| format!("{:+.1}", 100.0 * share);
    let by = change.by;
    let told = format!(
        "{} % ({} to {}) from {} on ({}), p = {:.3}{}",
        percent(by.estimate),
        percent(by.low),
        percent(by.high),
        after.started,
        after.run,
        change.p,
        with_it(before, after)
    );
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|v| v == "true") {
        eprintln!("::warning title=redline trend::{name}: {told}");
    }
    format!("    changed by {told}")
}

fn with_it(before: &RunReport, after: &RunReport) -> String {
    let (a, b) = (&before.fingerprint, &after.fingerprint);
    let differs = [
        ("the shop", a.data_set != b.data_set),
        ("the servers", a.servers != b.servers),
        ("the promise", a.slo != b.slo),
        ("redline", a.environment.redline != b.environment.redline),
        ("the kernel", a.environment.kernel != b.environment.kernel),
    ];
    let names: Vec<&str> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    if names.is_empty() { String::new() } else { format!("; with it changed: {}", names.join(", ")) }
}
