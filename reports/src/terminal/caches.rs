//! What the caches took off what is behind them.

use redline_model::RunReport;

use super::page::Layout;
use crate::cache_words::{HEAD, NOTE, row};

/// The hit rate of each cache; nothing where the stack has none.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.caches.is_empty() {
        return String::new();
    }
    let rows = report.caches.iter().map(row).collect();
    [layout.heading("Caches"), layout.text_table(&HEAD, rows), layout.prose("  ", NOTE)].join("\n")
}
