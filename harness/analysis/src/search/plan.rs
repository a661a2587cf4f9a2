//! How much time a search takes and how it spends it.

use redline_model::{Purpose, Rate, Seconds, TrialSpec};

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
    /// How long the warm-up holds `start`.
    pub warm_up: Seconds,
    /// How long a step of the ramp is measured.
    pub ramp_hold: Seconds,
    /// How many slices the saturation throughput is measured in.
    pub slices: u32,
    /// How long a slice is measured, at least and at most.
    pub slice_hold: (Seconds, Seconds),
    /// How long a trial of the bisection is measured.
    pub trial_hold: Seconds,
    /// The relative width at which the bisection ends.
    pub width: f64,
    /// How long the answer must hold.
    pub confirm_hold: Seconds,
    /// How long 1.05 × the answer is measured.
    pub confirm_above: Seconds,
    /// How often the bisection may be opened again by a confirmation that disagrees.
    pub reopenings: u32,
}

impl SearchPlan {
    /// The plan for a precision.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        let s = Seconds;
        let default = Self {
            budget: s(132.0),
            overhead: s(1.0),
            start: Rate(4.0),
            warm_up: s(3.0),
            ramp_hold: s(2.0),
            slices: 3,
            slice_hold: (s(5.0), s(10.0)),
            trial_hold: s(10.0),
            width: 0.02,
            confirm_hold: s(15.0),
            confirm_above: s(10.0),
            reopenings: 2,
        };
        match precision {
            Precision::Default => default,
            Precision::Quick => Self {
                budget: s(53.0),
                warm_up: s(2.0),
                ramp_hold: s(1.0),
                slices: 2,
                slice_hold: (s(4.0), s(4.0)),
                trial_hold: s(5.0),
                width: 0.05,
                confirm_hold: s(6.0),
                confirm_above: s(4.0),
                reopenings: 1,
                ..default
            },
            Precision::Thorough => Self {
                budget: s(600.0),
                slices: 4,
                slice_hold: (s(10.0), s(20.0)),
                trial_hold: s(20.0),
                width: 0.01,
                confirm_hold: s(60.0),
                confirm_above: s(20.0),
                reopenings: 4,
                ..default
            },
        }
    }
    /// What the search is expected to take: five steps of the ramp, and the bisection until its width or
    /// until the budget leaves just the confirmation.
    #[must_use]
    pub fn expected_time(&self) -> Seconds {
        let trial = |settle: f64, hold: Seconds| settle + hold.0 + self.overhead.0;
        let halvings = ((1.02f64 / 0.5).ln() / (1.0 + self.width).ln()).log2().ceil();
        let all = trial(0.0, self.warm_up)
            + 5.0 * trial(1.0, self.ramp_hold)
            + f64::from(self.slices) * trial(1.0, self.slice_hold.1)
            + halvings * trial(1.0, self.trial_hold)
            + self.confirmation().0;
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
    /// The warm-up.
    pub(crate) fn warm_up(&self) -> TrialSpec {
        let (settle, hold) = (Seconds(0.0), self.warm_up);
        TrialSpec { purpose: Purpose::WarmUp, offered: self.start, settle, hold, cap: Some(64) }
    }
}
