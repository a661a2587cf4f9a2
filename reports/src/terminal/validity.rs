//! Whether the measurement can be trusted: every check that failed, and how many passed.

use redline_model::{Check, CheckStatus, RunReport};

use super::page::Layout;
use crate::select;

/// One row a check; trials are summed up, failures are spelled out.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.validity.is_empty() {
        return String::new();
    }
    let by_name = select::by_name(report);
    let rows = by_name.iter().map(|(name, checks)| select::check_row(name, checks)).collect();
    let made: Vec<&Check> = report.validity.iter().filter(|c| c.status != CheckStatus::NotAvailable).collect();
    let (aside, failed) = select::failures(report);
    let summary = if failed.is_empty() {
        layout.good(&format!("{} of {} checks passed", made.len() - aside.len(), made.len()))
    } else {
        layout.bad(&format!("{} of {} checks failed", failed.len(), made.len()))
    };
    let mut lines = vec![
        format!("{} – {summary}", layout.heading("Validity")),
        layout.text_table(&["check", "passed", "value", "limit"], rows),
    ];
    lines.extend(failed.iter().take(12).map(|c| {
        let trial = c.trial.map(|t| format!(" (trial {t})")).unwrap_or_default();
        layout.bad(
            &layout
                .prose("  ✗ ", &format!("{}{trial}: {} where {} was needed. {}", c.check, c.value, c.limit, c.detail)),
        )
    }));
    lines.extend(aside.iter().take(6).map(|c| {
        let trial = c.trial.unwrap_or_default();
        layout.prose(
            "  – ",
            &format!(
                "trial {trial} was set aside and decides nothing: {} was {} where {} was needed",
                c.check, c.value, c.limit
            ),
        )
    }));
    // Where a check was made for some trials, the others were too short or too calm for it: no news.
    let unavailable: Vec<&Check> = by_name
        .values()
        .filter(|checks| checks.iter().all(|c| c.status == CheckStatus::NotAvailable))
        .filter_map(|checks| checks.first().copied())
        .collect();
    lines.extend(
        unavailable.iter().take(6).map(|c| layout.prose("  – ", &format!("{} was not checked: {}", c.check, c.detail))),
    );
    lines.join("\n")
}
