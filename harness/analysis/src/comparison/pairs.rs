//! Pairs from slices: how one contender did against another in the same round.

use std::collections::BTreeMap;

use redline_model::{RunReport, TrialResult};

use crate::{
    adjusted::FOLLOWS,
    checks::cpu_exhausted,
    paired::{SAME_BYTES, fit_to_be_paired},
};

/// One slice of one contender.
#[derive(Debug, Clone, Copy)]
pub struct Sliced<'a> {
    /// The round: slices of one round make pairs.
    pub round: u32,
    /// The contender, by its place.
    pub contender: usize,
    /// Which load of the round, by its place.
    pub load: usize,
    /// What was measured.
    pub result: &'a TrialResult,
}

impl Sliced<'_> {
    fn is_fit(&self) -> bool {
        fit_to_be_paired(self.result)
    }
}

/// Work that was completed per second: the steps that succeeded, each by its weight (1 where it has none). Sessions per
/// second say the same on average, and have the luck of which visitors came as noise on top.
#[must_use]
pub fn work(trial: &TrialResult, weights: &BTreeMap<String, f64>) -> f64 {
    let span = trial.to.0 - trial.from.0;
    let of = |s: &redline_model::StepSummary| {
        let good = s.outcomes.total() - s.outcomes.errors().min(s.outcomes.total());
        good as f64 * weights.get(&s.step).copied().unwrap_or(1.0)
    };
    if span > 0.0 { trial.steps.iter().map(of).sum::<f64>() / span } else { 0.0 }
}

/// CPU time of all components per unit of [`work`]; absent where a component was not read or nothing was completed.
pub(super) fn cpu_per_work(trial: &TrialResult, weights: &BTreeMap<String, f64>) -> Option<f64> {
    let work = work(trial, weights);
    // What a server uses as a whole is told beside its components.
    let cores: Vec<f64> =
        trial.components.iter().filter(|c| c.component != c.server).map(|c| c.cpu).collect::<Option<_>>()?;
    (work > 0.0 && !cores.is_empty()).then(|| cores.iter().sum::<f64>() / work)
}

/// ln(value of `contender` ÷ value of the first) for each round that has both at the load, both fit and both with a value
/// above zero; in the order of the rounds.
#[must_use]
pub fn log_ratios(
    slices: &[Sliced<'_>],
    load: usize,
    contender: usize,
    value: impl Fn(&TrialResult) -> Option<f64>,
) -> Vec<f64> {
    let of = |who: usize| {
        let fit = slices.iter().filter(move |s| s.contender == who && s.load == load && s.is_fit());
        fit.filter_map(|s| Some((s.round, value(s.result).filter(|v| *v > 0.0)?))).collect::<BTreeMap<u32, f64>>()
    };
    let (first, other) = (of(0), of(contender));
    other.iter().filter_map(|(round, v)| Some((v / first.get(round)?).ln())).collect()
}

/// How a figure goes with the machine's speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A faster machine has more of it.
    Faster,
    /// A faster machine has less of it.
    Slower,
    /// It is not known to go with it.
    Alone,
}

impl Sense {
    /// What takes the machine's speed in that slice out of the figure; absent where it is not known.
    pub(super) fn factor(self, trial: &TrialResult) -> Option<f64> {
        let speed = trial.machine_speed.filter(|s| *s > 0.0);
        match self {
            Self::Faster => speed.map(|s| s.powf(-FOLLOWS)),
            Self::Slower => speed.map(|s| s.powf(FOLLOWS)),
            Self::Alone => Some(1.0),
        }
    }
}

/// Whether the generator's CPU time for a response tells the machine's speed with both stacks alike: they have the same
/// components and answers of the same size, and in every slice their CPUs were exhausted and the time is known.
pub(super) fn comparable_speed(
    first: &RunReport,
    other: &RunReport,
    slices: &[Sliced<'_>],
    load: usize,
    contender: usize,
) -> bool {
    let components = |run: &RunReport| {
        let all = run.fingerprint.servers.iter().flat_map(|s| s.components.iter().map(|c| c.component.clone()));
        all.collect::<Vec<_>>()
    };
    let of = |who: usize| slices.iter().filter(move |s| s.load == load && s.contender == who && s.is_fit());
    let bytes = |who: usize| {
        let (sum, n) = of(who).fold((0.0, 0u32), |(sum, n), s| {
            (sum + s.result.bytes_per_session / s.result.requests_per_session.max(1e-9), n + 1)
        });
        sum / f64::from(n.max(1))
    };
    let told = |s: Sliced<'_>| cpu_exhausted(s.result) && s.result.machine_speed.is_some_and(|speed| speed > 0.0);
    components(first) == components(other)
        && (bytes(contender) / bytes(0).max(1e-9)).ln().abs() <= SAME_BYTES
        && of(0).chain(of(contender)).all(|s| told(*s))
}
