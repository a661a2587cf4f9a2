//! How many sessions keep a stack busy, and how long until they are a steady mixture.
//!
//! Most stacks serve what is in flight within a second. One that serves a few sessions a second takes so long for them
//! that each one more is paid for in settling; there fewer must do, and whether they were enough is seen afterwards.

use redline_model::{Seconds, TrialResult};

use super::record::Record;

/// What is in flight is usually served twice within this time.
const SETTLED: Seconds = Seconds(5.0);
/// Where it is not, so many are in flight as are served within this time.
const SERVED: Seconds = Seconds(5.0);
/// What is in flight after a trial is waited for no longer than this.
const DRAINED: Seconds = Seconds(4.0);
/// No stack is settled for longer than this.
const LONGEST: Seconds = Seconds(40.0);
/// So much of the settling must have been there when it is seen what the stack carries.
const ENOUGH: f64 = 0.7;
/// Sessions that take less than this times what they take unhindered hardly wait: more could be in flight.
const WAITED: f64 = 1.7;
/// What is thought too few in flight is raised by this.
const MORE: f64 = 1.5;

/// How hard a stack is driven, by what is thought of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    /// What it carries, in sessions a second.
    pub(crate) expected: f64,
    /// How long sessions take where they do not wait.
    pub(crate) duration: f64,
}

impl Level {
    /// How many may be in flight: four times what would be without waiting. Where it takes long until as many were served
    /// twice, fewer must do: twice what would be in flight, and no fewer than are served in 5 s, or 24.
    pub(crate) fn cap(&self) -> u32 {
        let in_flight = self.duration * self.expected;
        let usual = (4.0 * in_flight).clamp(24.0, 4000.0);
        let fewer = (2.0 * in_flight).max(f64::min(24.0, SERVED.0 * self.expected)).max(3.0);
        let cap = if 2.0 * usual / self.expected > SETTLED.0 { fewer.min(usual) } else { usual };
        cap.ceil() as u32
    }

    /// How long until what is in flight at the beginning was served twice.
    pub(crate) fn settle(&self) -> Seconds {
        Seconds((2.0 * f64::from(self.cap()) / self.expected).ceil().max(1.0))
    }

    /// Whether that takes longer than stacks usually need.
    pub(crate) fn is_slow(&self) -> bool {
        self.settle() > SETTLED
    }

    /// Whether it takes longer than anybody waits.
    pub(crate) fn is_too_slow(&self) -> bool {
        self.settle() > LONGEST
    }

    /// What is waited for after a trial, where that is long.
    pub(crate) fn drain(&self) -> Seconds {
        if self.is_slow() { Seconds((self.settle().0 / 2.0).min(DRAINED.0)) } else { Seconds(0.0) }
    }

    /// Whether a trial that carried so much had settled for long enough, and had so many in flight that they waited.
    pub(crate) fn was_reached(&self, trial: &TrialResult, carried: f64, record: &Record) -> bool {
        let cap = trial.spec.cap.map_or(0.0, f64::from);
        trial.spec.settle.0 * carried >= ENOUGH * 2.0 * cap && self.waited(trial, record)
    }

    /// What is thought of the stack after a trial that did not reach the level.
    pub(crate) fn after(self, trial: &TrialResult, carried: f64, record: &Record) -> Self {
        let duration = if self.waited(trial, record) { self.duration } else { MORE * self.duration };
        Self { expected: carried.max(0.02), duration }
    }

    fn waited(&self, trial: &TrialResult, record: &Record) -> bool {
        record.session_by_steps(trial).0 >= WAITED * self.duration
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::fast(2000.0, 0.01, 80, 1.0)]
    #[case::of_a_few_sessions(50.0, 0.02, 24, 1.0)]
    #[case::one_after_the_other(3.0, 0.33, 15, 10.0)]
    #[case::long_sessions(10.0, 4.0, 80, 16.0)]
    fn what_takes_long_to_be_served_is_less(
        #[case] expected: f64,
        #[case] duration: f64,
        #[case] cap: u32,
        #[case] settle: f64,
    ) {
        let level = Level { expected, duration };
        assert_eq!((level.cap(), level.settle().0), (cap, settle));
        assert_eq!(level.is_slow(), settle > 5.0);
    }
}
