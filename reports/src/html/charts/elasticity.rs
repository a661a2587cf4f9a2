//! By how much the throughput followed each resource that was changed.

use redline_model::RunReport;

use crate::html::{
    chart::{Chart, Drawing, RangeSeries, Ranges, Unit},
    tables,
};

/// The chart; absent where nothing was changed.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let bottleneck = report.verdict.bottleneck.as_ref().filter(|b| !b.interventions.is_empty())?;
    let of = &bottleneck.interventions;
    let rows: Vec<String> = of.iter().map(|i| format!("{} of {}", i.resource, i.component)).collect();
    let told: Vec<String> = of
        .iter()
        .map(|i| {
            let e = &i.elasticity;
            format!("{} of {}: {:.2} ({:.2} to {:.2})", i.resource, i.component, e.estimate, e.low, e.high)
        })
        .collect();
    Some(Chart {
        id: "elasticity".into(),
        title: "What the throughput follows".into(),
        about: "Each resource was made scarcer and given back in turns while the stack was saturated. Elasticity 1: the throughput followed it wholly. 0: not at all. Lines: 95 % intervals.".into(),
        summary: format!("Elasticity of the throughput to each resource, with 95 % intervals: {}.", told.join("; ")),
        table: Some(tables::interventions(bottleneck)),
        drawing: Drawing::Ranges(Ranges {
            x_name: "elasticity",
            x_unit: Unit::Ratio,
            rows,
            series: vec![RangeSeries {
                name: "elasticity".into(),
                colour: 0,
                parts: ["from", "estimate", "to"],
                ranges: of.iter().map(|i| Some([i.elasticity.low, i.elasticity.estimate, i.elasticity.high])).collect(),
            }],
            limits: vec![(0.2, "ruled out below".into()), (0.6, "binds above".into())],
            ..Ranges::default()
        }),
    })
}
