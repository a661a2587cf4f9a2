//! What all trials together say about the load at which the SLO breaks.
//!
//! The share of bad steps is taken to rise with the load as logit(bad) = logit(allowed) + β·ln(load ÷ limit),
//! the usual psychometric curve (Watson and Pelli, 1983, place their trials by it likewise). Every trial adds
//! a binomial likelihood with its effective number of steps; limit and β are laid out on a grid; the
//! posterior of the limit gives the estimate (median) and the 95 % interval. At the limit
//! κ = d ln(bad) ÷ d ln(load) = β·(1 − allowed).

use redline_model::{Interval, Purpose, SloLimit, SloTerm, TrialClass, TrialResult};

use super::{
    prior::ExpectedRoom,
    record::{Record, fell_behind},
};
use crate::classify::promise;

const LIMITS: usize = 360;
const STEEPNESSES: usize = 14;
/// Limits from this share of the saturation throughput to a little over its upper end are thought possible.
const LOWEST: f64 = 0.1;
const HIGHEST: f64 = 1.02;
const STEEPEST: f64 = 150.0;
/// A trial counts as one observation for this many steps at most: a queue near saturation forgets only after
/// about 1 ÷ (1 − √ρ)² services (Cox and Smith, 1961), so slow steps come in bursts longer than the seconds
/// that the effective number is taken from. Calibrated on the simulator.
const STEPS_PER_OBSERVATION: f64 = 400.0;
const OBSERVATIONS: (f64, f64) = (4.0, 200.0);
/// The curve is fitted where it matters: a trial counts less by this distance of ln(load) from the limit.
const NEAR: f64 = 0.12;
const FAR: f64 = 0.03;

/// Where the limit may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Belief {
    /// In sessions per second.
    pub(crate) limit: Interval,
    /// How sharply the share of bad steps reacts to load.
    pub(crate) kappa: Interval,
}

impl Belief {
    /// The relative width of the limit's interval.
    pub(crate) fn width(&self) -> f64 {
        (self.limit.high - self.limit.low) / self.limit.estimate.max(1e-9)
    }
}

/// One trial as one term sees it.
#[derive(Debug, Clone, Copy)]
struct Observation {
    ln_load: f64,
    bad: f64,
    n: f64,
}

/// What a promise allows, and what is thought of its limit beforehand.
#[derive(Debug, Clone, Copy)]
struct Promise {
    /// The share of steps that may break it.
    allowed: f64,
    saturation: Interval,
    room: ExpectedRoom,
}

/// The limit by the promise that breaks first.
pub(crate) fn believe(record: &Record) -> Belief {
    let saturation = record.saturation.unwrap_or_default();
    let believed =
        |observations: &[Observation], allowed, room| nearby(observations, &Promise { allowed, saturation, room });
    let trials = remembered(&record.trials);
    let terms: Vec<SloTerm> = trials.first().map_or(vec![], |t| t.slo.iter().map(|o| o.term.clone()).collect());
    let any_strained = (0..terms.len()).any(|i| strained(&trials, i));
    let mut beliefs: Vec<Belief> = terms
        .iter()
        .enumerate()
        .filter(|(i, _)| !any_strained || strained(&trials, *i))
        .filter(|(i, term)| matches!(term.limit, SloLimit::Latency { .. }) || broken(&trials, *i))
        .map(|(i, term)| {
            let allowed = term.allowed().0;
            believed(&of_term(&trials, i, allowed), allowed, expected_room(record, term))
        })
        .collect();
    if beliefs.is_empty() {
        beliefs.push(believed(&of_backlog(&trials), BACKLOG, ExpectedRoom::UNKNOWN));
    }
    let first = |a: Belief, b: Belief| if b.limit.estimate < a.limit.estimate { b } else { a };
    beliefs.into_iter().reduce(first).unwrap_or_else(|| unreachable!("one was pushed"))
}

/// By the saturation throughput in steps, and the time that a promise leaves beyond what its steps take at a load that
/// the stack kept up with.
fn expected_room(record: &Record, term: &SloTerm) -> ExpectedRoom {
    let (SloLimit::Latency { below, .. }, Some(saturation), Some(low)) =
        (&term.limit, record.saturation, record.lowest_kept_up())
    else {
        return ExpectedRoom::UNKNOWN;
    };
    let takes = match &term.step {
        Some(step) => low.steps.iter().find(|s| s.step == *step).map(|s| s.response.mean),
        None => Some(low.response.mean),
    };
    let steps = saturation.estimate * low.steps_per_session;
    takes.map_or(ExpectedRoom::UNKNOWN, |takes| ExpectedRoom::of(term.allowed().0, below.0 - takes.0, steps))
}

/// What stands for "allowed" where only the backlog decides.
const BACKLOG: f64 = 0.05;

/// The trials that speak of the limit.
fn speaking(trials: &[TrialResult]) -> Vec<&TrialResult> {
    let speaks = |t: &&TrialResult| {
        let open = matches!(t.spec.purpose, Purpose::Bisect | Purpose::ConfirmHolds | Purpose::ConfirmFails);
        t.class != TrialClass::GeneratorLimited && (open || (t.spec.purpose == Purpose::Ramp && !fell_behind(t)))
    };
    trials.iter().filter(speaks).collect()
}

/// Whether two trials in a row failed grossly at a load that `old`, before them, had not failed at.
fn outdated(old: &TrialResult, later: &[&TrialResult]) -> bool {
    let fails = |t: &TrialResult| gross(t) && t.spec.offered.0 <= old.spec.offered.0 * 1.001;
    !gross(old) && later.windows(2).any(|two| fails(two[0]) && fails(two[1]))
}

/// The trials that still speak of the limit: what is outdated is forgotten, the server has become slower.
fn remembered(trials: &[TrialResult]) -> Vec<&TrialResult> {
    let all = speaking(trials);
    (0..all.len()).filter(|i| !outdated(all[*i], &all[i + 1..])).map(|i| all[i]).collect()
}

/// Whether the server became slower during the run.
pub(crate) fn became_slower(trials: &[TrialResult]) -> bool {
    remembered(trials).len() < speaking(trials).len()
}

/// Whether a trial fails by so much that a burst does not explain it.
pub(crate) fn gross(trial: &TrialResult) -> bool {
    trial.class == TrialClass::Fail
        && trial.slo.iter().any(|o| o.low.0 > 2.0 * o.term.allowed().0 && o.bad.0 > 5.0 * o.term.allowed().0)
}

/// Whether a promise came near what it allows in any trial; one that did not is not what breaks first, however little
/// is known of it.
fn strained(trials: &[&TrialResult], term: usize) -> bool {
    trials.iter().any(|t| t.slo.get(term).is_some_and(|o| o.bad.0 >= 0.5 * o.term.allowed().0))
}

fn broken(trials: &[&TrialResult], term: usize) -> bool {
    trials.iter().any(|t| t.slo.get(term).is_some_and(|o| promise(o) == TrialClass::Fail))
}

fn of_term(trials: &[&TrialResult], term: usize, allowed: f64) -> Vec<Observation> {
    let of = |t: &&TrialResult| {
        let outcome = t.slo.get(term).filter(|o| o.count > 0)?;
        let (least, most) = OBSERVATIONS;
        let n = outcome.effective.min((outcome.count as f64 / STEPS_PER_OBSERVATION).clamp(least, most));
        let kept = promise(outcome) != TrialClass::Fail;
        let bad = outcome.bad.0;
        // A trial that failed by its backlog, and not yet by this promise, would have if it had gone on.
        let bad = if t.class == TrialClass::Fail && kept && fell_behind(t) { bad.max(3.0 * allowed) } else { bad };
        Some(Observation { ln_load: load(t).ln(), bad, n })
    };
    trials.iter().filter_map(of).collect()
}

fn of_backlog(trials: &[&TrialResult]) -> Vec<Observation> {
    let of = |t: &&TrialResult| {
        let bad = if t.class == TrialClass::Fail { 3.0 * BACKLOG } else { 0.0 };
        Observation { ln_load: load(t).ln(), bad, n: 60.0 }
    };
    trials.iter().map(of).collect()
}

/// The load that a trial really had: its arrivals are counted, and their share by chance is known.
fn load(trial: &TrialResult) -> f64 {
    let (planned, real) = (trial.spec.offered.0, trial.offered.0);
    if real > 0.0 { (planned * real).sqrt() } else { planned }
}

/// The posterior from the trials near the limit: once to find it, once more with the far ones weakened.
fn nearby(observations: &[Observation], promise: &Promise) -> Belief {
    let first = posterior(observations, promise);
    let centre = first.limit.estimate.ln();
    let weakened = |o: &Observation| {
        let nearness = (-0.5 * ((o.ln_load - centre) / NEAR).powi(2)).exp();
        Observation { n: o.n * nearness.max(FAR), ..*o }
    };
    posterior(&observations.iter().map(weakened).collect::<Vec<_>>(), promise)
}

fn posterior(observations: &[Observation], promise: &Promise) -> Belief {
    let Promise { allowed, saturation, room: expected } = *promise;
    let (from, to) = ((LOWEST * saturation.estimate).max(1e-6).ln(), (HIGHEST * saturation.high).max(2e-6).ln());
    let spread = ((saturation.high - saturation.low) / (2.0 * crate::interval::Z)).max(0.005 * saturation.estimate);
    // No load above the saturation throughput is sustainable, and that is itself known only so well.
    let sustained = |limit: f64| room(saturation.estimate, spread.max(1e-9), limit.exp());
    let at = |i: usize, n: usize, from: f64, to: f64| from + (to - from) * (i as f64 + 0.5) / n as f64;
    let base = (allowed / (1.0 - allowed)).ln();
    let mut logs = Vec::with_capacity(LIMITS * STEEPNESSES);
    for i in 0..LIMITS {
        let limit = at(i, LIMITS, from, to);
        let prior = expected.ln_density(limit.exp() / saturation.estimate.max(1e-9), sustained(limit));
        for j in 0..STEEPNESSES {
            let steepness = at(j, STEEPNESSES, 0.0, STEEPEST.ln()).exp();
            let likelihood: f64 =
                observations.iter().map(|o| o.likelihood(base + steepness * (o.ln_load - limit))).sum();
            logs.push(likelihood + prior);
        }
    }
    let top = logs.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let weights: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
    let limits: Vec<f64> = weights.chunks(STEEPNESSES).map(|row| row.iter().sum()).collect();
    let steepnesses: Vec<f64> = (0..STEEPNESSES).map(|j| weights.iter().skip(j).step_by(STEEPNESSES).sum()).collect();
    Belief {
        limit: quantiles(&limits, from, to),
        kappa: quantiles(&steepnesses, 0.0, STEEPEST.ln()).scaled(1.0 - allowed),
    }
}

/// The expected room between a load and a saturation throughput that is known with a standard error, nothing where the
/// load is above it; as a share of the throughput.
fn room(saturation: f64, error: f64, load: f64) -> f64 {
    let z = (saturation - load) / error;
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    let below = 0.5 * statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2);
    error * (density + z * below) / saturation.max(1e-9)
}

impl Observation {
    /// The logarithm of the binomial likelihood at a logit, without its constant.
    fn likelihood(&self, logit: f64) -> f64 {
        let logit = logit.clamp(-14.0, 14.0);
        // ln p = −ln(1 + e^−x), ln(1 − p) = ln p − x
        let ln_p = -(-logit).exp().ln_1p();
        self.n * (self.bad * ln_p + (1.0 - self.bad) * (ln_p - logit))
    }
}

/// Median and 95 % interval of weights laid evenly over ln from `from` to `to`, as plain values.
fn quantiles(weights: &[f64], from: f64, to: f64) -> Interval {
    let sum: f64 = weights.iter().sum();
    let at = |q: f64| {
        let mut left = q * sum;
        for (i, weight) in weights.iter().enumerate() {
            if *weight >= left {
                let part = if *weight > 0.0 { left / weight } else { 0.5 };
                return (from + (to - from) * (i as f64 + part) / weights.len() as f64).exp();
            }
            left -= weight;
        }
        to.exp()
    };
    Interval { estimate: at(0.5), low: at(0.025), high: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn promise(allowed: f64) -> Promise {
        let saturation = Interval { estimate: 100.0, low: 98.0, high: 102.0 };
        Promise { allowed, saturation, room: ExpectedRoom::UNKNOWN }
    }

    fn observed(load: f64, bad: f64, n: f64) -> Observation {
        Observation { ln_load: load.ln(), bad, n }
    }

    #[test]
    fn a_limit_between_two_clear_trials_is_found() {
        let all = [observed(80.0, 0.005, 200.0), observed(95.0, 0.3, 200.0)];
        let belief = posterior(&all, &promise(0.05));
        assert!((80.0..95.0).contains(&belief.limit.estimate), "{belief:?}");
        assert!(belief.kappa.estimate > 5.0, "{belief:?}");
    }

    #[test]
    fn a_share_that_does_not_react_to_load_is_flat() {
        let all = [30.0, 60.0, 80.0, 95.0].map(|load| observed(load, 0.06, 250.0));
        assert!(posterior(&all, &promise(0.05)).kappa.estimate < 5.0);
    }

    proptest! {
        #[test]
        fn a_bad_trial_below_the_limit_never_raises_it(load in 20.0f64..75.0, bad in 0.5f64..1.0) {
            let before = posterior(&[observed(50.0, 0.0, 50.0)], &promise(0.05));
            let after = posterior(&[observed(50.0, 0.0, 50.0), observed(load, bad, 50.0)], &promise(0.05));
            prop_assert!(after.limit.estimate <= before.limit.estimate + 0.5);
            prop_assert!(after.limit.low <= after.limit.estimate && after.limit.estimate <= after.limit.high);
        }
    }
}
