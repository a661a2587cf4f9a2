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
    let rows: Vec<Vec<String>> = report.trials.iter().map(row).collect();
    let mut lines =
        vec![layout.heading("Trials (sessions/s; response time of all steps)"), fitting(&HEAD, &rows, layout)];
    let notable = report.trials.iter().filter(|t| t.class != TrialClass::Pass && worth_a_word(t));
    lines.extend(notable.flat_map(|t| t.reasons.iter().take(2).map(move |r| layout.prose("  ", &told(t.number, r)))));
    lines.join("\n")
}

const HEAD: [&str; 10] =
    ["trial", "offered", "completed", "requests/s", "within SLO", "p50", "p95", "p99", "failed", "found"];

/// Columns in the order in which a narrow window does without them.
const DISPENSABLE: [&str; 6] = ["p50", "requests/s", "p99", "failed", "within SLO", "completed"];

/// The table with as many columns as the window holds, and which ones are left out.
fn fitting(head: &[&str], rows: &[Vec<String>], layout: Layout) -> String {
    let without = |out: &[&str]| {
        let kept: Vec<usize> = (0..head.len()).filter(|i| !out.contains(&head[*i])).collect();
        let head: Vec<&str> = kept.iter().map(|i| head[*i]).collect();
        let rows = rows.iter().map(|row| kept.iter().map(|i| row[*i].clone()).collect()).collect();
        layout.table(&head, rows)
    };
    let fits = |table: &String| table.lines().all(|line| line.chars().count() <= layout.width);
    let left_out = (0..DISPENSABLE.len()).find(|n| fits(&without(&DISPENSABLE[..*n]))).unwrap_or(DISPENSABLE.len());
    let out = &DISPENSABLE[..left_out];
    if out.is_empty() {
        return without(out);
    }
    let told = format!("The window is too narrow for: {}. run.json has them.", out.join(", "));
    format!("{}\n{}", without(out), layout.prose("  ", &told))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Colour;

    fn table(width: usize) -> String {
        let row = |cells: [&str; 10]| cells.map(ToOwned::to_owned).to_vec();
        let rows = [
            row([" 1 generator", "–", "–", "12 345", "–", "0.2 ms", "0.4 ms", "0.9 ms", "0", ""]),
            row([
                "12 confirm above",
                "31.5",
                "31.2",
                "1 402",
                "93.1 %",
                "120.4 ms",
                "612.0 ms",
                "1.24 s",
                "17",
                "generator-limited",
            ]),
        ];
        fitting(&HEAD, &rows, Layout { width, colour: Colour::Off })
    }

    #[test]
    fn the_table_fits_narrow_windows() {
        for width in [60, 64, 80, 120] {
            assert!(table(width).lines().all(|line| line.chars().count() <= width), "{}", table(width));
        }
        assert!(!table(120).contains("too narrow"));
    }

    #[test]
    fn a_narrow_window_gets_what_matters_most() {
        insta::assert_snapshot!(table(80), @r"
        trial            offered completed within SLO      p95 failed             found
         1 generator           –         –          –   0.4 ms      0                  
        12 confirm above    31.5      31.2     93.1 % 612.0 ms     17 generator-limited
          The window is too narrow for: p50, requests/s, p99. run.json has them.
        ");
        insta::assert_snapshot!(table(60), @r"
        trial            offered      p95             found
         1 generator           –   0.4 ms                  
        12 confirm above    31.5 612.0 ms generator-limited
          The window is too narrow for: p50, requests/s, p99,
          failed, within SLO, completed. run.json has them.
        ");
    }
}
