//! How busy each component was.

use redline_model::{ComponentUsage, RunReport};

use super::page::Layout;
use crate::{
    figure::figure,
    select::{at_saturation, held},
};

/// The components at saturation, or at the load held.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let (name, trial) = match (at_saturation(report), held(report)) {
        (Some(trial), _) => ("at saturation", trial),
        (None, Some(trial)) => ("at the load held", trial),
        (None, None) => return String::new(),
    };
    if trial.components.is_empty() {
        return String::new();
    }
    let head = ["component", "CPU", "CPU a session", "memory", "its own figures"];
    let rows = trial.components.iter().map(row).collect();
    [layout.heading(&format!("Components {name}")), layout.text_table(&head, rows)].join("\n")
}

fn row(usage: &ComponentUsage) -> Vec<String> {
    let memory = match usage.memory_limit {
        Some(limit) => format!("{} of {limit}", usage.memory),
        None => usage.memory.to_string(),
    };
    let figures: Vec<String> = usage.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
    vec![
        format!("{} / {}", usage.server, usage.component),
        usage.cpu.map_or_else(|| "–".into(), |c| format!("{} cores", figure(c))),
        usage.cpu_per_session.map_or_else(|| "–".into(), |c| c.to_string()),
        memory,
        figures.join(", "),
    ]
}
