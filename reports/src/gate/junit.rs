//! JUnit XML: each limit or metric is a test case.

use quick_junit::{NonSuccessKind, Report};
use redline_model::{Finding, GateOutcome, GateReport};

use crate::{
    RenderError,
    junit::{broken, case, known_attributes, passed, skipped, suite},
};

/// Limits that fail are failures, what is not valid is an error, what cannot be told is skipped with its reason.
///
/// # Errors
/// Where the XML could not be written.
pub fn gate_junit(gate: &GateReport) -> Result<String, RenderError> {
    let mut all = Report::new(format!("redline gate {}", gate.subject));
    let cases = |findings: &[Finding], class: &str| findings.iter().map(|f| of(f, class)).collect::<Vec<_>>();
    all.add_test_suite(suite("gate", cases(&gate.findings, "redline.gate")));
    if !gate.suspects.is_empty() {
        all.add_test_suite(suite("slower", cases(&gate.suspects, "redline.slower")));
    }
    Ok(known_attributes(all.to_string()?))
}

fn of(finding: &Finding, class: &str) -> quick_junit::TestCase {
    let told = format!("{} (limit: {}). {}", finding.found, finding.limit, finding.detail);
    let status = match finding.outcome {
        GateOutcome::Pass => passed(),
        GateOutcome::Fail => broken(NonSuccessKind::Failure, "limit-broken", &told),
        GateOutcome::Invalid => broken(NonSuccessKind::Error, "invalid", &told),
        GateOutcome::Inconclusive => skipped(&format!("inconclusive: {told}")),
    };
    let mut case = case(class, &finding.name, status);
    case.set_system_out(&told);
    case
}
