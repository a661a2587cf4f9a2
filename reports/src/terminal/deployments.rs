//! What each deployment did to the users.

use redline_model::RunReport;

use super::page::Layout;
use crate::deployment_words::{HEAD, all_orders, remarks, row};

/// The table of all deployments; nothing where none was made.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.deployments.is_empty() {
        return String::new();
    }
    let rows = report.deployments.iter().map(row).collect();
    let heading = "Deployments (against the same visitors without one)";
    let mut lines = vec![layout.heading(heading), layout.table(&HEAD, rows)];
    let texts = report.deployments.iter().flat_map(remarks).chain(all_orders(report));
    lines.extend(texts.map(|text| layout.prose("  ", &text)));
    lines.join("\n")
}
