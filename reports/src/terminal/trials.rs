//! Every trial, in order: what was offered, what came back, what was concluded.

use redline_model::{Purpose, RunReport, TrialClass, TrialResult};

use super::page::Layout;
use crate::{
    figure::{count, figure},
    words::{class, purpose},
};

/// The table of all trials.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.trials.is_empty() {
        return String::new();
    }
    let head = ["trial", "offered", "completed", "requests/s", "within SLO", "p50", "p95", "p99", "failed", "found"];
    let rows = report.trials.iter().map(row).collect();
    let mut lines = vec![layout.heading("Trials (sessions/s; response time of all steps)"), layout.table(&head, rows)];
    let notable = report.trials.iter().filter(|t| t.class != TrialClass::Pass && worth_a_word(t));
    lines.extend(notable.flat_map(|t| t.reasons.iter().take(2).map(move |r| layout.prose("  ", &told(t.number, r)))));
    lines.join("\n")
}

/// A reason, with the trial that it is about unless it says so itself.
fn told(number: u32, reason: &str) -> String {
    if reason.starts_with("trial ") { reason.to_owned() } else { format!("trial {number}: {reason}") }
}

fn worth_a_word(trial: &TrialResult) -> bool {
    !matches!(
        trial.spec.purpose,
        Purpose::Overdrive | Purpose::Intervene | Purpose::Overload | Purpose::WarmUp | Purpose::Ramp
    )
}

fn row(trial: &TrialResult) -> Vec<String> {
    let steps = trial.steps_per_second.0;
    let within = if steps > 0.0 { format!("{:.1} %", 100.0 * trial.good.0 / steps) } else { "–".into() };
    vec![
        format!("{:>2} {}", trial.number, purpose(trial.spec.purpose)),
        figure(trial.offered.0),
        figure(trial.completed.0),
        figure(trial.responses.0),
        within,
        trial.response.p50.to_string(),
        trial.response.p95.to_string(),
        trial.response.p99.to_string(),
        count(trial.requests.outcomes.errors()),
        class(trial).to_owned(),
    ]
}
