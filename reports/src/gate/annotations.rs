//! Workflow commands that GitHub shows beside the lines of a change.

use redline_model::{Finding, GateOutcome, GateReport};

/// A line for each finding that is no pass, and one for a gate that says nothing. Empty where all is well.
#[must_use]
pub fn gate_annotations(gate: &GateReport) -> String {
    let findings = gate.findings.iter().chain(&gate.suspects).filter(|f| f.outcome != GateOutcome::Pass);
    let mut lines: Vec<String> = findings.map(of_finding).collect();
    if lines.is_empty() && gate.outcome != GateOutcome::Pass {
        lines.push(command(gate.outcome, "", "redline gate", &gate.sentence));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn of_finding(finding: &Finding) -> String {
    let place = finding
        .place
        .as_ref()
        .map_or_else(String::new, |place| format!("file={},line={},", property(&place.file), place.line));
    let told = format!("{}: {} (limit: {}). {}", finding.name, finding.found, finding.limit, finding.detail);
    command(finding.outcome, &place, &format!("redline: {}", finding.outcome.as_str()), &told)
}

fn command(outcome: GateOutcome, place: &str, title: &str, message: &str) -> String {
    let level = match outcome {
        GateOutcome::Fail | GateOutcome::Invalid => "error",
        GateOutcome::Inconclusive => "warning",
        GateOutcome::Pass => "notice",
    };
    format!("::{level} {place}title={}::{}", property(title), data(message))
}

/// A message is one line; what would end it is written as a number.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property the separators are numbers, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_can_begin_another_command() {
        let line = command(GateOutcome::Fail, "", "a,b:c", "100 %\n::set-output name=x::y");
        assert_eq!(line, "::error title=a%2Cb%3Ac::100 %25%0A::set-output name=x::y");
        assert_eq!(line.lines().count(), 1);
    }
}
