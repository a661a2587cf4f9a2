//! How long each step took, at the sustainable load and at saturation.

use redline_model::{RunReport, StepSummary, TrialResult};

use super::page::Layout;
use crate::{
    figure::count,
    select::{at_saturation, at_sustainable, held},
};

/// One table for each of the two loads, or for the load that was held.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let loads = [
        ("at the sustainable load", at_sustainable(report)),
        ("at saturation", at_saturation(report)),
        ("at the load held", held(report)),
    ];
    let tables: Vec<String> =
        loads.into_iter().filter_map(|(name, trial)| trial.map(|t| table(name, t, layout))).collect();
    tables.join("\n\n")
}

fn table(name: &str, trial: &TrialResult, layout: Layout) -> String {
    let head = ["step", "n", "p50", "p95", "p99", "max", "page alone p50", "failed"];
    let mut rows: Vec<Vec<String>> = trial.steps.iter().map(row).collect();
    let all = &trial.response;
    let failed: u64 = trial.steps.iter().map(|s| s.outcomes.errors()).sum();
    rows.push(vec![
        "all steps".into(),
        count(all.count),
        all.p50.to_string(),
        all.p95.to_string(),
        all.p99.to_string(),
        all.max.to_string(),
        String::new(),
        count(failed),
    ]);
    let heading = format!("Response times {name} ({} sessions offered)", trial.offered);
    [layout.heading(&heading), layout.table(&head, rows)].join("\n")
}

fn row(step: &StepSummary) -> Vec<String> {
    vec![
        step.step.clone(),
        count(step.outcomes.total()),
        step.response.p50.to_string(),
        step.response.p95.to_string(),
        step.response.p99.to_string(),
        step.response.max.to_string(),
        step.service.p50.to_string(),
        count(step.outcomes.errors()),
    ]
}
