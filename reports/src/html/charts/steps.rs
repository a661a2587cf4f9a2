//! How long each step took, at the sustainable load and at saturation.

use redline_model::{RunReport, SloLimit, TrialResult};

use crate::{
    figure::figure,
    html::chart::{Chart, Drawing, RangeSeries, Ranges, Scale, Unit},
    select::{at_saturation, at_sustainable, held},
};

/// The chart; absent where no load stands for the run.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let loads = [
        ("at the sustainable load", 2, at_sustainable(report)),
        ("at saturation", 1, at_saturation(report)),
        ("at the load held", 0, held(report)),
    ];
    let loads: Vec<(&str, usize, &TrialResult)> = loads.into_iter().filter_map(|(n, c, t)| Some((n, c, t?))).collect();
    let mut rows: Vec<String> = Vec::new();
    for step in loads.iter().flat_map(|(_, _, t)| &t.steps) {
        if !rows.contains(&step.step) {
            rows.push(step.step.clone());
        }
    }
    if rows.is_empty() {
        return None;
    }
    let ranges = |t: &TrialResult| {
        rows.iter()
            .map(|row| {
                let of = t.steps.iter().find(|s| s.step == *row && s.response.count > 0)?;
                Some([of.response.p50.0, of.response.p95.0, of.response.p99.0])
            })
            .collect()
    };
    let series: Vec<RangeSeries> = loads
        .iter()
        .map(|(name, colour, t)| RangeSeries {
            name: format!("{name} ({}/s offered)", figure(t.offered.0)),
            colour: *colour,
            parts: ["p50", "p95", "p99"],
            ranges: ranges(t),
        })
        .collect();
    let limits = loads[0].2.slo.iter().filter_map(|o| match (o.term.limit, &o.term.step) {
        (SloLimit::Latency { below, .. }, None) => Some((below.0, o.term.to_string())),
        _ => None,
    });
    Some(Chart {
        id: "steps".into(),
        title: "Response time of each step".into(),
        about: "The line goes from the median to the 99th percentile, the dot is the 95th. A step is a page with all its assets, counted from when it was meant to start.".into(),
        summary: format!("Median, 95th and 99th percentile of {} steps; the same figures are in the table of steps.", rows.len()),
        table: None,
        drawing: Drawing::Ranges(Ranges {
            x_name: "response time",
            x_unit: Unit::Time,
            scale: Scale::Log,
            limits: limits.collect(),
            breaks: Vec::new(),
            rows,
            series,
        }),
    })
}
