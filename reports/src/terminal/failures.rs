//! What each fault did to the users.

use redline_model::RunReport;

use super::page::Layout;
use crate::agreement_words::agreement;
use crate::failure_words::{HEAD, all_orders, all_remarks, limits, row, single_points};

/// The table of all faults; nothing where none was injected.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.failures.is_empty() {
        return String::new();
    }
    let rows = report.failures.iter().map(row).collect();
    let heading = "Failure behaviour (against the same visitors without a fault)";
    let mut lines = vec![layout.heading(heading), layout.table(&HEAD, rows)];
    let texts = single_points(report).into_iter().chain(all_remarks(&report.failures));
    let texts = texts.chain(agreement(report)).chain(all_orders(report)).chain(limits(report));
    lines.extend(texts.map(|text| layout.prose("  ", &text)));
    lines.join("\n")
}
