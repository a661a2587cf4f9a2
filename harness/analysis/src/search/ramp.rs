//! Ramp: double the load (or more, while nothing waits) in short steps until completions fall behind.

use redline_model::{Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    record::{Record, Want, fell_behind},
    refusals::{failed_share, refuses},
};

/// More steps than any load that can be written down needs.
const MOST_STEPS: u32 = 24;

/// While sessions take less than this times what they took in the warm-up nothing waits, and the load quadruples; then
/// it doubles.
const UNDISTURBED: f64 = 1.15;

#[derive(Debug, Clone)]
pub(crate) struct Ramp {
    rate: Rate,
    duration: Seconds,
    /// The share of sessions that fail at low load.
    failing: f64,
    steps: u32,
    unfit: u32,
    at_ceiling: bool,
    end: Option<Want>,
}

impl Ramp {
    /// Begins where one session after another would be: half of 1 ÷ the warm-up's session duration.
    pub(crate) fn after(record: &Record) -> Self {
        let duration = record.trials.last().map_or(Seconds(0.0), |t| t.session_duration);
        let rate = Rate(record.plan.start.0.max(0.5 / duration.0.max(1e-4)).min(2000.0));
        let failing = record.trials.last().map_or(0.0, failed_share);
        Self { rate, duration, failing, steps: 0, unfit: 0, at_ceiling: false, end: None }
    }

    pub(crate) fn next(&mut self, record: &Record) -> Want {
        if let Some(end) = &self.end {
            return end.clone();
        }
        if let Some(most) = record.most().filter(|most| *most <= self.rate) {
            self.rate = most;
            self.at_ceiling = true;
        }
        let spec = self.spec(record);
        if self.steps >= MOST_STEPS || !record.affords(&spec, Seconds(0.0)) {
            return Want::Limited("the time was over before the server saturated".into());
        }
        Want::Trial(spec)
    }

    /// The cap bounds what must drain when the step turns out to be too much: four times what would be in
    /// flight if sessions took no longer than at low load.
    fn spec(&self, record: &Record) -> TrialSpec {
        let cap = (4.0 * self.rate.0 * self.duration.0).clamp(32.0, 4000.0) as u32;
        let (settle, hold) = (Seconds(self.duration.0.ceil().clamp(1.0, 5.0)), record.plan.ramp_hold);
        TrialSpec { purpose: Purpose::Ramp, offered: self.rate, settle, hold, cap: Some(cap) }
    }

    pub(crate) fn record(&mut self, trial: &TrialResult) {
        self.steps += 1;
        if trial.class == TrialClass::GeneratorLimited {
            self.unfit += 1;
            if self.unfit >= 2 {
                self.end = Some(Want::Limited(trial.reasons.join(" ")));
            }
        } else if fell_behind(trial) || refuses(trial, self.failing) {
            self.end = Some(Want::Over);
        } else if self.at_ceiling {
            let why = "half of what the generator can do was reached and the server kept up";
            self.end = Some(Want::Limited(why.into()));
        } else {
            self.unfit = 0;
            let queueing = trial.session_duration.0 > UNDISTURBED * self.duration.0;
            self.rate = self.rate.scaled(if queueing { 2.0 } else { 4.0 });
        }
    }
}
