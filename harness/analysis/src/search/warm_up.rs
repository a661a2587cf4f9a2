//! Warm up: a low load in short steps until the response time no longer falls.

use redline_model::{Seconds, TrialClass, TrialResult};

use super::record::{Record, Want};

/// A step whose median is at least this share of the one before is as warm as that one: the median of a few
/// dozen steps is known to about a tenth.
const STEADY: f64 = 0.9;

#[derive(Debug, Clone, Default)]
pub(crate) struct WarmUp {
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
        Want::Trial(record.plan.warming())
    }

    pub(crate) fn record(&mut self, trial: &TrialResult) {
        self.steps += 1;
        let now = trial.response.p50;
        // What the generator was not fit for says nothing of the server.
        if trial.class == TrialClass::GeneratorLimited || now.0 <= 0.0 {
            return;
        }
        self.steady = self.last.is_some_and(|last| now.0 >= STEADY * last.0);
        self.last = Some(now);
    }
}
