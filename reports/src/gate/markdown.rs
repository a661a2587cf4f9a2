//! A summary for a pull request.

use redline_model::{Finding, GateOutcome, GateReport};

use super::terminal::{percent, signed};
use crate::markdown::{table, text};

/// The answer, a row for each limit or metric, what got slower, and what the reader must know.
#[must_use]
pub fn gate_markdown(gate: &GateReport) -> String {
    let mut parts = vec![
        format!("### {} redline gate: {} – {}", mark(gate.outcome), text(&gate.subject), gate.outcome.as_str()),
        format!("**{}**", text(&gate.sentence)),
        rows(&gate.findings),
    ];
    if !gate.suspects.is_empty() {
        parts.push(format!("**What got slower**\n\n{}", rows(&gate.suspects)));
    }
    if !gate.caveats.is_empty() {
        parts.push(gate.caveats.iter().map(|c| format!("- {}", text(c))).collect::<Vec<_>>().join("\n"));
    }
    let seed = gate.seed.map_or_else(String::new, |seed| format!("; seed {seed}"));
    let made = format!("<sub>{}; took {}{seed}; {}</sub>", text(&gate.started), gate.took, text(&gate.machine_class));
    parts.push(made);
    parts.join("\n\n") + "\n"
}

fn rows(findings: &[Finding]) -> String {
    let row = |f: &Finding| {
        let mut cells = vec![
            format!("{} {}", mark(f.outcome), text(&f.name)),
            text(&f.found).to_string(),
            text(&f.limit).to_string(),
            f.detectable.map_or_else(|| "–".into(), percent),
            text(&f.detail).to_string(),
        ];
        if let (Some(value), Some(_)) = (f.value, f.detectable) {
            cells[1] = format!("{} ({} to {})", signed(value.estimate), signed(value.low), signed(value.high));
        }
        cells
    };
    let head = ["limit or metric", "found", "limit", "could have been seen", "how"];
    table(&head, &findings.iter().map(row).collect::<Vec<_>>())
}

fn mark(outcome: GateOutcome) -> &'static str {
    match outcome {
        GateOutcome::Pass => "✅",
        GateOutcome::Fail => "❌",
        GateOutcome::Inconclusive => "❔",
        GateOutcome::Invalid => "⚠️",
    }
}
