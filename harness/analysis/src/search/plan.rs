//! How much time a search takes and how it spends it.

use redline_model::{Purpose, Rate, Seconds, TrialSpec};

use super::overload;

/// How precise an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// A first look.
    Quick,
    /// What is shown by default.
    #[default]
    Default,
    /// What tight intervals need.
    Thorough,
}

/// The plan of a search. All lengths are multiples of a second, because workers report once a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchPlan {
    /// What all trials together may take, their overheads included.
    pub budget: Seconds,
    /// What a trial costs beyond settling and holding: start and drain.
    pub overhead: Seconds,
    /// The load that is known to be low, in sessions per second: warm-up and the ramp's first step.
    pub start: Rate,
    /// How long one step of the warm-up holds `start`.
    pub warm_up: Seconds,
    /// How many steps the warm-up has at most.
    pub warm_ups: u32,
    /// How long a step of the ramp is measured.
    pub ramp_hold: Seconds,
    /// How many slices the saturation throughput is measured in, at most; two at least. The first one comes before the
    /// bisection, the others are spread over the search.
    pub slices: u32,
    /// How long a slice is measured, at least and at most.
    pub slice_hold: (Seconds, Seconds),
    /// The relative half-width of the saturation throughput's interval that is enough.
    pub slice_width: f64,
    /// How long a trial of the bisection is measured.
    pub trial_hold: Seconds,
    /// The relative width at which the bisection ends.
    pub width: f64,
    /// How long the answer must hold.
    pub confirm_hold: Seconds,
    /// How long 1.05 × the answer is measured.
    pub confirm_above: Seconds,
    /// How long each load beyond the peak is measured; zero leaves them out.
    pub overload_hold: Seconds,
    /// How often the bisection may be opened again by a confirmation that disagrees.
    pub reopenings: u32,
    /// How often the search is replayed against a fitted queue to learn its error; zero: not at all.
    pub replays: u32,
}

impl Precision {
    /// What a search of this precision may take. The default leaves room for proving the bottleneck in the three
    /// minutes that a whole run may last.
    #[must_use]
    pub fn budget(self) -> Seconds {
        Seconds(match self {
            Self::Quick => 53.0,
            Self::Default => 110.0,
            Self::Thorough => 600.0,
        })
    }
}

impl SearchPlan {
    /// The plan for a precision.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        super::budget::scaled(precision.budget())
    }
    /// What does not depend on the time that there is.
    pub(super) fn base() -> Self {
        let s = Seconds;
        Self {
            budget: s(0.0),
            overhead: s(1.0),
            start: Rate(4.0),
            warm_up: s(2.0),
            warm_ups: 5,
            ramp_hold: s(2.0),
            slices: 0,
            slice_hold: (s(0.0), s(0.0)),
            slice_width: 0.0,
            trial_hold: s(0.0),
            width: 0.0,
            confirm_hold: s(0.0),
            confirm_above: s(0.0),
            overload_hold: s(0.0),
            reopenings: 0,
            replays: 10,
        }
    }
    /// What the search is expected to take: two steps of the warm-up, four of the ramp, and the bisection until its
    /// width or until the budget leaves just the confirmation and the overload.
    #[must_use]
    pub fn expected_time(&self) -> Seconds {
        let trial = |settle: f64, hold: Seconds| settle + hold.0 + self.overhead.0;
        // A trial halves what is possible, near the limit hardly: the width shrinks with the root of the time.
        let halvings = ((1.02f64 / 0.5).ln() / (1.0 + self.width).ln()).log2().ceil();
        let noise = (0.1 / self.width).powi(2);
        let all = 2.0 * trial(0.0, self.warm_up)
            + 4.0 * trial(1.0, self.ramp_hold)
            + f64::from(self.slices) * trial(1.0, self.slice_hold.1)
            + (halvings + noise) * trial(1.0, self.trial_hold)
            + self.confirmation().0
            + self.overload().0;
        Seconds(all.min(self.budget.0))
    }
    /// What both confirmations take.
    #[must_use]
    pub fn confirmation(&self) -> Seconds {
        Seconds(self.confirm_hold.0 + self.confirm_above.0 + 2.0 * (1.0 + self.overhead.0))
    }
    /// What a trial takes, its overhead included.
    #[must_use]
    pub fn cost(&self, spec: &TrialSpec) -> Seconds {
        spec.settle + spec.hold + self.overhead
    }
    /// What the trials after the peak take, their drains included.
    #[must_use]
    pub fn overload(&self) -> Seconds {
        overload::all(self).map(|(factor, spec)| overload::cost(self, factor, &spec)).sum()
    }
    /// One step of the warm-up.
    pub(crate) fn warming(&self) -> TrialSpec {
        let (settle, hold) = (Seconds(0.0), self.warm_up);
        TrialSpec { purpose: Purpose::WarmUp, offered: self.start, settle, hold, cap: Some(64) }
    }
}
