//! How much it carries, in the units that people think in.

use redline_model::{Capacity, Interval, RunReport, SpeedAdjusted};

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
    let mut lines = vec![
        layout.heading("Capacity (95 % intervals)"),
        layout.table(&head, rows),
        layout.prose("  ", &format!("The sustainable load keeps: {promise}. Shoppers at once: by Little's law, with the scenario's think times.")),
    ];
    lines.extend(verdict.saturation_adjusted.as_ref().map(|a| layout.prose("  ", &adjusted(a))));
    lines.join("\n")
}

/// For comparing runs on a machine whose speed varies.
fn adjusted(adjusted: &SpeedAdjusted) -> String {
    let micros = |seconds: f64| figure(1e6 * seconds);
    let Interval { estimate, low, high } = adjusted.generator_per_response;
    format!(
        "Adjusted for the machine's speed: {} requests/s where a response takes the generator {} µs of CPU; it took {} µs ({} to {}). Compare runs of one stack and scenario by this.",
        interval(&adjusted.requests_per_second),
        micros(adjusted.reference_per_response.0),
        micros(estimate),
        micros(low),
        micros(high),
    )
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
