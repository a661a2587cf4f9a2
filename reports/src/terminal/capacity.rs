//! How much it carries, in the units that people think in.

use redline_model::{Capacity, RunReport};

use super::page::Layout;
use crate::figure::{figure, interval};

/// Saturation throughput, sustainable load and knee.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let verdict = &report.verdict;
    let rows: Vec<Vec<String>> = [
        ("saturation throughput", &verdict.saturation),
        ("sustainable load", &verdict.sustainable),
        ("knee", &verdict.knee),
    ]
    .into_iter()
    .filter_map(|(name, capacity)| capacity.as_ref().map(|c| row(name, c)))
    .collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = ["", "sessions/s", "requests/s", "orders/s", "shoppers at once"];
    let promise = report.fingerprint.slo.join(", ");
    [
        layout.heading("Capacity (95 % intervals)"),
        layout.table(&head, rows),
        layout.prose("  ", &format!("The sustainable load keeps: {promise}. Shoppers at once: by Little's law, with the scenario's think times.")),
    ]
    .join("\n")
}

fn row(name: &str, capacity: &Capacity) -> Vec<String> {
    vec![
        name.to_owned(),
        interval(&capacity.sessions_per_second),
        interval(&capacity.requests_per_second),
        figure(capacity.orders_per_second.estimate),
        figure(capacity.shoppers.estimate),
    ]
}
