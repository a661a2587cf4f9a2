//! The answer, what points to it, and what the reader must know.

use redline_model::{RunReport, VerdictKind};

use super::page::Layout;
use crate::words::certainty;

/// The name of the run and the answer.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let title = format!(
        "redline · {} on {} · {} · seed {}",
        report.fingerprint.scenario, report.fingerprint.topology, report.started, report.seed
    );
    let sentence = layout.prose("  ", &report.verdict.sentence);
    let sentence = match report.verdict.kind {
        VerdictKind::Invalid => layout.bad(&sentence),
        VerdictKind::Saturated | VerdictKind::AtLeast | VerdictKind::SloUndefined | VerdictKind::Held => {
            layout.heading(&sentence)
        }
    };
    let mut lines = vec![layout.heading(&title), String::new(), sentence];
    if let Some(why) = &report.interrupted {
        lines.push(
            layout.bad(&layout.prose(
                "  ",
                &format!("The run was ended early: {why}. What follows is what was measured until then."),
            )),
        );
    }
    lines.join("\n")
}

/// What gave out first and what points to it.
pub(super) fn evidence(report: &RunReport, layout: Layout) -> String {
    let Some(bottleneck) = &report.verdict.bottleneck else { return String::new() };
    let status = certainty(bottleneck);
    let mut lines = vec![layout.heading("What gives out first")];
    lines.push(layout.prose("  ", &format!("{} of {} ({status})", bottleneck.resource, bottleneck.component)));
    lines.extend(bottleneck.evidence.iter().map(|e| layout.prose("  • ", e)));
    lines.extend(bottleneck.others.iter().map(|e| layout.prose("  also seen: ", e)));
    lines.join("\n")
}

/// What the reader must know to read the figures right.
pub(super) fn caveats(report: &RunReport, layout: Layout) -> String {
    if report.verdict.caveats.is_empty() {
        return String::new();
    }
    let mut lines = vec![layout.heading("To read this right")];
    lines.extend(report.verdict.caveats.iter().map(|c| layout.prose("  • ", c)));
    lines.join("\n")
}
