//! Whether the measurement can be trusted: every check that failed, and how many passed.

use std::collections::BTreeMap;

use redline_model::{Check, CheckStatus, RunReport};

use super::page::Layout;

/// One row a check; trials are summed up, failures are spelled out.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.validity.is_empty() {
        return String::new();
    }
    let mut by_name: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in &report.validity {
        by_name.entry(&check.check).or_default().push(check);
    }
    let rows = by_name.iter().map(|(name, checks)| row(name, checks)).collect();
    let failed: Vec<&Check> = report.validity.iter().filter(|c| c.status == CheckStatus::Failed).collect();
    let summary = if failed.is_empty() {
        layout.good(&format!("all {} checks passed", report.validity.iter().filter(|c| c.passed).count()))
    } else {
        layout.bad(&format!("{} of {} checks failed", failed.len(), report.validity.len()))
    };
    let mut lines = vec![
        format!("{} – {summary}", layout.heading("Validity")),
        layout.text_table(&["check", "passed", "worst value", "limit"], rows),
    ];
    lines.extend(failed.iter().take(12).map(|c| {
        let trial = c.trial.map(|t| format!(" (trial {t})")).unwrap_or_default();
        layout.bad(
            &layout
                .prose("  ✗ ", &format!("{}{trial}: {} where {} was needed. {}", c.check, c.value, c.limit, c.detail)),
        )
    }));
    let mut unavailable: Vec<&Check> =
        report.validity.iter().filter(|c| c.status == CheckStatus::NotAvailable).collect();
    unavailable.dedup_by(|a, b| a.check == b.check && a.detail == b.detail);
    lines.extend(
        unavailable.iter().take(6).map(|c| layout.prose("  – ", &format!("{} was not checked: {}", c.check, c.detail))),
    );
    lines.join("\n")
}

fn row(name: &str, checks: &[&Check]) -> Vec<String> {
    let made = checks.iter().filter(|c| c.status != CheckStatus::NotAvailable).count();
    let passed = checks.iter().filter(|c| c.status == CheckStatus::Passed).count();
    let shown = checks.iter().find(|c| c.status == CheckStatus::Failed).or_else(|| checks.last());
    let (value, limit) = shown.map(|c| (c.value.clone(), c.limit.clone())).unwrap_or_default();
    vec![name.to_owned(), if made == 0 { "–".into() } else { format!("{passed} of {made}") }, value, limit]
}
