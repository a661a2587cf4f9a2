//! Whether the measurement can be trusted.

use redline_model::{Check, CheckStatus, RunReport};
use serde::Serialize;

use super::table::Table;
use crate::select::{by_name, check_row, failures};

/// The checks, summed up and spelled out where they failed.
#[derive(Debug, Serialize)]
pub(super) struct Checks {
    pub summary: String,
    pub fine: bool,
    pub table: Table,
    pub failed: Vec<String>,
    pub set_aside: Vec<String>,
    pub not_made: Vec<String>,
}

/// Absent where no check was made.
pub(super) fn checks(report: &RunReport) -> Option<Checks> {
    if report.validity.is_empty() {
        return None;
    }
    let (aside, failed) = failures(report);
    let made = report.validity.iter().filter(|c| c.status != CheckStatus::NotAvailable).count();
    let by_name = by_name(report);
    let told = |c: &&Check| {
        let trial = c.trial.map_or_else(String::new, |n| format!(" (trial {n})"));
        format!("{}{trial}: {} where {} was needed. {}", c.check, c.value, c.limit, c.detail)
    };
    let never = |checks: &&Vec<&Check>| checks.iter().all(|c| c.status == CheckStatus::NotAvailable);
    let summary = if failed.is_empty() && aside.is_empty() {
        format!("all {made} checks passed")
    } else if failed.is_empty() {
        format!("{} of {made} checks passed, the others are of trials that were set aside", made - aside.len())
    } else {
        let mut names: Vec<&str> = failed.iter().map(|c| c.check.as_str()).collect();
        names.dedup();
        format!("{} of {made} checks failed: {}", failed.len(), names.join(", "))
    };
    Some(Checks {
        fine: failed.is_empty(),
        summary,
        table: Table::of_text(
            "Validity checks; the value is that of a failure, else of the last trial",
            &["check", "passed", "value", "limit"],
            by_name.iter().map(|(name, checks)| check_row(name, checks)).collect(),
        ),
        failed: failed.iter().map(told).collect(),
        set_aside: aside.iter().map(told).collect(),
        not_made: by_name
            .values()
            .filter(never)
            .filter_map(|c| c.first().map(|c| format!("{} was not checked: {}", c.check, c.detail)))
            .collect(),
    })
}
