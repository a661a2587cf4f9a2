//! The page that a gate prints.

use redline_model::{Finding, GateKind, GateOutcome, GateReport};

use crate::Layout;

/// The answer first, then each limit or metric, then what the reader must know.
#[must_use]
pub fn gate_terminal(gate: &GateReport, layout: Layout) -> String {
    let answer = gate.outcome.as_str().to_uppercase();
    let answer = match gate.outcome {
        GateOutcome::Pass => layout.good(&answer),
        _ => layout.bad(&answer),
    };
    let mut parts = vec![format!("{answer}  {}", gate.subject), layout.prose("", &gate.sentence)];
    parts.push(match gate.kind {
        GateKind::Budget => limits(gate, layout),
        GateKind::Regression => metrics(&gate.findings, layout),
    });
    if !gate.suspects.is_empty() {
        let heading = layout.heading("What got slower, most first");
        parts.push(format!("{heading}\n{}", metrics(&gate.suspects, layout)));
    }
    parts.extend(
        (!gate.caveats.is_empty())
            .then(|| gate.caveats.iter().map(|c| layout.prose("  • ", c)).collect::<Vec<_>>().join("\n")),
    );
    let seed = gate.seed.map_or_else(String::new, |seed| format!(" · seed {seed}"));
    parts.push(format!("{} · took {}{seed}", gate.machine_class, gate.took));
    parts.join("\n\n") + "\n"
}

fn limits(gate: &GateReport, layout: Layout) -> String {
    let row = |f: &Finding| {
        let line = layout.prose(&format!("  {:<13}", f.outcome.as_str()), &format!("{}   {}", f.name, f.found));
        format!("{line}\n{}", layout.prose("               ", &f.detail))
    };
    gate.findings.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn metrics(findings: &[Finding], layout: Layout) -> String {
    let row = |f: &Finding| {
        let worse = f.value.map_or_else(
            || "–".to_owned(),
            |v| format!("{} ({} to {})", signed(v.estimate), signed(v.low), signed(v.high)),
        );
        let seen = f.detectable.map_or_else(|| "–".into(), percent);
        vec![f.name.clone(), f.outcome.as_str().into(), worse, seen, f.detail.clone()]
    };
    layout.table(&["", "", "worse by", "could have seen", "how"], findings.iter().map(row).collect())
}

/// `+3.1 %`.
pub(super) fn signed(share: f64) -> String {
    format!("{:+.1} %", 100.0 * share)
}

/// `3.1 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
