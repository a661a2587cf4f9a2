//! How well each promise was kept in a window.

use redline_model::{Outcome, Share, Slo, SloLimit, SloOutcome, SloTerm, StepTick};

use crate::{
    interval::{ratio_error, wilson},
    trial::Batch,
};

/// The share of errors that is allowed where the SLO says nothing about errors (DESIGN.md, rule 5).
pub(crate) const DEFAULT_ERRORS: Share = Share(0.001);

/// Judges each promise over the seconds of a window, adding the default one about errors where none is made.
pub(crate) fn judge_promises(slo: &Slo, window: &[Batch]) -> Vec<SloOutcome> {
    let says_errors = slo.0.iter().any(|t| t.step.is_none() && matches!(t.limit, SloLimit::Errors { .. }));
    let default = (!says_errors).then_some(SloTerm { limit: SloLimit::Errors { below: DEFAULT_ERRORS }, step: None });
    slo.0.iter().cloned().chain(default).map(|term| judge_promise(term, window)).collect()
}

/// The share of bad steps with a 95 % interval: Wilson's, with the number of steps divided by how much
/// more the seconds differ than independent steps would (the design effect; Kish, 1965).
fn judge_promise(term: SloTerm, window: &[Batch]) -> SloOutcome {
    let (bad, all): (Vec<f64>, Vec<f64>) = window
        .iter()
        .map(|batch| {
            let counts = batch.steps().filter(|s| term.step.as_ref().is_none_or(|name| *name == s.step));
            counts.map(|s| count(&term.limit, s)).fold((0.0, 0.0), |a, b| (a.0 + b.0 as f64, a.1 + b.1 as f64))
        })
        .unzip();
    let n: f64 = all.iter().sum();
    let share = if n > 0.0 { bad.iter().sum::<f64>() / n } else { 0.0 };
    let effective = n / design_effect(share, n, ratio_error(&bad, &all));
    let (low, high) = wilson(share, effective);
    SloOutcome { term, bad: Share(share), low: Share(low), high: Share(high), count: n as u64, effective }
}

fn design_effect(share: f64, n: f64, error: f64) -> f64 {
    let independent = share * (1.0 - share) / n.max(1.0);
    if independent > 0.0 { (error * error / independent).max(1.0) } else { 1.0 }
}

/// Bad and judged steps. For latency a step that timed out was slow; one that failed otherwise was not
/// answered at all and counts among the errors only.
fn count(limit: &SloLimit, step: &StepTick) -> (u64, u64) {
    match limit {
        SloLimit::Latency { below, .. } => {
            let late = step.outcomes.get(Outcome::Timeout) + step.outcomes.get(Outcome::ConnectTimeout);
            (step.response.slower_than(*below) + late, step.response.count() + late)
        }
        SloLimit::Errors { .. } => {
            (step.outcomes.errors(), step.outcomes.total() - step.outcomes.get(Outcome::Cancelled))
        }
    }
}
