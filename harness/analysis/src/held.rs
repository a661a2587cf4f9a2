//! The verdict on a load that the user asked for: it is reported, no capacity is searched.

use redline_model::{Check, TrialClass, TrialResult, Verdict, VerdictKind};

use crate::{
    checks::{Fitness, judge},
    verdict::invalid,
};

/// What became of a load that was held.
#[must_use]
pub fn held(trial: &TrialResult, run_checks: &[Check]) -> Verdict {
    let checks: Vec<Check> = trial.checks.iter().chain(run_checks).cloned().collect();
    let mut caveats = match judge(&checks) {
        Fitness::Invalid(reasons) => return invalid(reasons),
        Fitness::Limited(reasons) => reasons,
        Fitness::Fit => Vec::new(),
    };
    let outcome = match trial.class {
        TrialClass::Pass => "with every promise kept".to_owned(),
        TrialClass::Fail => format!("but not as promised: {}", trial.reasons.join("; ")),
        TrialClass::Undecided => format!("but it is too short to judge: {}", trial.reasons.join("; ")),
        TrialClass::GeneratorLimited => "but the generator or the machine was not fit".to_owned(),
    };
    if trial.sessions.turned_away > 0 {
        caveats.push(format!("{} arrivals were turned away.", trial.sessions.turned_away));
    }
    let (offered, completed) = (trial.offered, trial.completed);
    let sentence = format!(
        "{offered} sessions offered, {completed} completed ({} responses), {outcome}. Response time p50 {}, p95 {}, p99 {}.",
        trial.responses, trial.response.p50, trial.response.p95, trial.response.p99
    );
    Verdict::without_capacity(VerdictKind::Held, sentence, caveats)
}
