//! How much it carries, in the units that people think in.

use redline_model::{Capacity, CurveNotes, Interval, RunReport, SpeedAdjusted};

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
    lines.extend(verdict.curve.as_ref().map(|c| layout.prose("  ", &noted(c))));
    lines.join("\n")
}

/// What two usual rules make of the curve, in one line.
fn noted(curve: &CurveNotes) -> String {
    let bend = curve.bend.map_or("Kneedle sees no bend".to_owned(), |b| {
        let (x, n) = (figure(b.throughput.0), figure(b.in_flight));
        format!("it bends most at {x} sessions/s with {n} in flight (Kneedle)")
    });
    let law = match (&curve.scalability, &curve.no_scalability) {
        (Some(law), _) => format!(
            "the Universal Scalability Law fits with contention {:.1} % and coherency {:.3} % up to {} in flight",
            100.0 * law.contention,
            100.0 * law.coherency,
            figure(law.reach)
        ),
        (None, Some(why)) => format!("no Universal Scalability Law: {why}"),
        (None, None) => "the Universal Scalability Law was not fitted".to_owned(),
    };
    format!("The curve, as a note that decides nothing: {bend}; {law}.")
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

#[cfg(test)]
mod tests {
    use redline_model::{CurvePoint, Rate, Scalability};

    use super::*;

    #[test]
    fn the_curve_is_noted_in_one_sentence() {
        let bend = Some(CurvePoint { in_flight: 5.2, throughput: Rate(88.0) });
        let law = Scalability { alone: Rate(20.0), contention: 0.031, coherency: 0.0002, reach: 24.0 };
        let fitted = CurveNotes { bend, scalability: Some(law), no_scalability: None };
        insta::assert_snapshot!(noted(&fitted), @"The curve, as a note that decides nothing: it bends most at 88.0 sessions/s with 5.20 in flight (Kneedle); the Universal Scalability Law fits with contention 3.1 % and coherency 0.020 % up to 24.0 in flight.");
        let refused = CurveNotes { bend: None, scalability: None, no_scalability: Some("too few loads".into()) };
        insta::assert_snapshot!(noted(&refused), @"The curve, as a note that decides nothing: Kneedle sees no bend; no Universal Scalability Law: too few loads.");
    }
}
