//! What was changed to prove the bottleneck, what came of it, and what follows.

use redline_model::{Interval, Intervention, RunReport};

use super::page::Layout;

/// The table of elasticities, what could not be tried, and the advice; empty where nothing was changed.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let Some(bottleneck) = &report.verdict.bottleneck else { return String::new() };
    let mut parts = Vec::new();
    if !bottleneck.interventions.is_empty() {
        let head = ["changed", "to", "throughput", "elasticity", "pairs"];
        let rows = bottleneck.interventions.iter().map(row).collect();
        parts.push(layout.heading("What happens when a resource is changed at saturation (95 % intervals)"));
        parts.push(layout.table(&head, rows));
        let how = |i: &Intervention| layout.prose("  ", &format!("{} of {}: {}.", i.resource, i.component, i.done));
        parts.extend(bottleneck.interventions.iter().map(how));
    }
    parts.extend(bottleneck.untested.iter().map(|why| layout.prose("  not tried: ", why)));
    parts.extend(bottleneck.advice.iter().map(|advice| layout.good(&layout.prose("  → ", advice))));
    parts.join("\n")
}

fn row(i: &Intervention) -> Vec<String> {
    vec![
        format!("{} of {}", i.resource, i.component),
        format!("× {:.2}", i.factor),
        format!("× {}", two_digits(&i.throughput)),
        two_digits(&i.elasticity),
        i.pairs.to_string(),
    ]
}

/// Ratios around one: two decimals, whatever their size.
fn two_digits(i: &Interval) -> String {
    format!("{:.2} ({:.2} to {:.2})", i.estimate, i.low, i.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_was_changed_and_what_came_of_it() {
        let i = Intervention {
            component: "php-fpm".into(),
            resource: "pool".into(),
            done: "2 of 8 children held".into(),
            factor: 0.75,
            throughput: Interval { estimate: 0.998, low: 0.99, high: 1.01 },
            elasticity: Interval { estimate: -0.004, low: -0.05, high: 0.04 },
            pairs: 4,
        };
        assert_eq!(row(&i), ["pool of php-fpm", "× 0.75", "× 1.00 (0.99 to 1.01)", "-0.00 (-0.05 to 0.04)", "4"]);
    }
}
