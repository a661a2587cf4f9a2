//! Warm up: a low load in short steps until the response time no longer falls.
//!
//! What is low for most stacks is more than a slow one can serve. Where most of those that came are still there at the
//! end of a step, the next ones come at a quarter of the rate.

use redline_model::{Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::record::{Record, Want};

/// A step whose median is at least this share of the one before is as warm as that one: the median of a few
/// dozen steps is known to about a tenth.
const STEADY: f64 = 0.9;

/// The load of a stack that is swamped by the first step, in units of that step's.
const LOWER: f64 = 0.25;

/// Whether most of those that came were still there at the end: sessions are longer than the step, or wait.
pub(crate) fn swamped(trial: &TrialResult) -> bool {
    2 * trial.in_flight.at_end > trial.sessions.started
}

#[derive(Debug, Clone, Default)]
pub(crate) struct WarmUp {
    /// Instead of the plan's.
    rate: Option<Rate>,
    last: Option<Seconds>,
    steps: u32,
    steady: bool,
}

impl WarmUp {
    pub(crate) fn next(&self, record: &mut Record) -> Want {
        if self.steady {
            return Want::Over;
        }
        if self.steps >= record.plan.warm_ups {
            record.note("The response time still fell when the warm-up ended.");
            return Want::Over;
        }
        let spec = record.plan.warming();
        Want::Trial(TrialSpec { offered: self.rate.unwrap_or(spec.offered), ..spec })
    }

    pub(crate) fn record(&mut self, trial: &TrialResult) {
        self.steps += 1;
        let now = trial.response.p50;
        // What the generator was not fit for says nothing of the server, and neither does a step that nobody came in.
        if trial.class == TrialClass::GeneratorLimited || now.0 <= 0.0 {
            return;
        }
        if swamped(trial) && self.rate.is_none() {
            self.rate = Some(trial.spec.offered.scaled(LOWER));
            return;
        }
        // Of two or three sessions the median is chance.
        self.steady = self.last.is_some_and(|last| now.0 >= STEADY * last.0 || self.rate.is_some());
        self.last = Some(now);
    }
}
