//! What became of the visitors when more came than can be served.

use redline_model::{OverloadReport, RunReport};

use super::page::Layout;
use crate::overload_words::{HEAD, all_orders, protected_row, remarks, row};

/// The table of all overloads; nothing where none was made.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.overloads.is_empty() {
        return String::new();
    }
    let rows = report.overloads.iter().map(row).collect();
    let heading = "Overload (more than can be served for some seconds, then the load before)";
    let mut lines = vec![layout.heading(heading), layout.table(&HEAD, rows)];
    let texts = report.overloads.iter().flat_map(remarks).chain(all_orders(report));
    lines.extend(texts.map(|text| layout.prose("  ", &text)));
    lines.join("\n")
}

/// The same overloads with one protection after the other, in one table.
#[must_use]
pub fn protections(rows: &[(String, Vec<OverloadReport>)], layout: Layout) -> String {
    let table: Vec<Vec<String>> =
        rows.iter().flat_map(|(name, made)| made.iter().map(move |one| protected_row(name, one))).collect();
    let head: Vec<&str> = std::iter::once("protection").chain(HEAD).collect();
    let heading = layout.heading("The same overload with one protection after the other");
    let remarks = rows.iter().flat_map(|(name, made)| {
        made.iter().flat_map(remarks).map(move |text| format!("{name}: {text}")).collect::<Vec<_>>()
    });
    let mut lines = vec![heading, layout.table(&head, table)];
    lines.extend(remarks.map(|text| layout.prose("  ", &text)));
    lines.join("\n")
}
