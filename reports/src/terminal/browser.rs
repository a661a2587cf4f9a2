//! What a browser saw.

use redline_model::RunReport;

use super::page::Layout;
use crate::browser_words::{HEAD, remarks, rows};

/// The table and what it cannot hold; empty where no browser was asked for.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let Some(browser) = &report.browser else { return String::new() };
    let mut lines = vec![layout.heading("What a browser saw (median of its visits, and from where to where)")];
    let rows = rows(browser);
    if !rows.is_empty() {
        lines.push(layout.table(&HEAD, rows));
    }
    lines.extend(remarks(browser).iter().map(|remark| layout.prose("  ", remark)));
    lines.join("\n")
}
