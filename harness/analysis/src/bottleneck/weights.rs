//! How much work a step is, relative to the others: a login may cost ten pages.

use std::collections::BTreeMap;

use redline_model::{Purpose, StepSummary, TrialClass, TrialResult};

/// The work of each step relative to the mean step, from its mean service time where little queues: in the
/// trials up to half of the highest throughput, else in the one with the lowest. Empty without trials.
#[must_use]
pub fn step_weights(trials: &[TrialResult]) -> BTreeMap<String, f64> {
    let usable: Vec<&TrialResult> = trials.iter().filter(|t| plain(t)).collect();
    let top = usable.iter().fold(0.0f64, |a, t| a.max(t.completed.0));
    let least = usable.iter().fold(f64::INFINITY, |a, t| a.min(t.completed.0));
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for step in usable.iter().filter(|t| t.completed.0 <= (0.5 * top).max(least)).flat_map(|t| &t.steps) {
        let (count, mean) = service(step);
        let sum = sums.entry(&step.step).or_default();
        *sum = (sum.0 + count, sum.1 + count * mean);
    }
    let (count, time) = sums.values().fold((0.0, 0.0), |a, s| (a.0 + s.0, a.1 + s.1));
    if time <= 0.0 {
        return BTreeMap::new();
    }
    let weight = |(n, t): (f64, f64)| (t / n) / (time / count);
    sums.into_iter().filter(|(_, s)| s.0 > 0.0 && s.1 > 0.0).map(|(name, s)| (name.to_owned(), weight(s))).collect()
}

/// A trial that tells what a step costs by itself.
fn plain(trial: &TrialResult) -> bool {
    let queues = matches!(
        trial.spec.purpose,
        Purpose::Overdrive | Purpose::Intervene | Purpose::Overload | Purpose::Calibration | Purpose::WarmUp
    );
    !queues && trial.class != TrialClass::GeneratorLimited && trial.completed.0 > 0.0
}

/// Steps and their mean service time in seconds; where the service time was not taken, the response time.
fn service(step: &StepSummary) -> (f64, f64) {
    let of = if step.service.count > 0 { &step.service } else { &step.response };
    (of.count as f64, of.mean.0)
}
