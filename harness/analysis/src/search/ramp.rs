//! Ramp: double the load (or more, while nothing waits) in short steps until completions fall behind.

use redline_model::{Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    record::{Record, Want},
    refusals::{failed_share, refuses},
    warm_up::swamped,
};

/// More steps than any load that can be written down needs.
const MOST_STEPS: u32 = 24;

/// The first step's rate where the warm-up's load was already more than the stack can serve, in sessions per second.
const LEAST_RATE: f64 = 0.5;
/// Sessions that a step is to see, as far as that takes no longer than this.
const SESSIONS: f64 = 6.0;
const LONGEST: Seconds = Seconds(8.0);

/// While sessions take less than this times what they took in the warm-up nothing waits, and the load quadruples; then
/// it doubles.
const UNDISTURBED: f64 = 1.15;
/// The same where a step sees half a dozen sessions.
const ROUGHLY_UNDISTURBED: f64 = 1.4;

#[derive(Debug, Clone)]
pub(crate) struct Ramp {
    rate: Rate,
    duration: Seconds,
    /// Sessions completed in the last step, a second.
    completed: Rate,
    /// Whether sessions are so long or so slow that the warm-up swamped the stack.
    slow: bool,
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
        let slow = record.trials.iter().any(swamped);
        let least = if slow { LEAST_RATE } else { record.plan.start.0 };
        let rate = Rate(least.max(0.5 / duration.0.max(1e-4)).min(2000.0));
        let failing = record.trials.last().map_or(0.0, failed_share);
        let completed = rate;
        Self { rate, duration, completed, slow, failing, steps: 0, unfit: 0, at_ceiling: false, end: None }
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
    /// flight if sessions took no longer than at low load. A slow stack takes long to drain: there it is four times what
    /// was completed in the step before, at a half or a quarter of this rate.
    fn spec(&self, record: &Record) -> TrialSpec {
        let (expected, least) = if self.slow { (self.completed, 16.0) } else { (self.rate, 32.0) };
        let cap = (4.0 * expected.0 * self.duration.0).clamp(least, 4000.0) as u32;
        let settle = Seconds(self.duration.0.ceil().clamp(1.0, 5.0));
        let hold = Seconds((SESSIONS / self.rate.0).ceil().clamp(record.plan.ramp_hold.0, LONGEST.0));
        TrialSpec { purpose: Purpose::Ramp, offered: self.rate, settle, hold, cap: Some(cap) }
    }

    pub(crate) fn record(&mut self, trial: &TrialResult, record: &Record) {
        self.steps += 1;
        if trial.class == TrialClass::GeneratorLimited {
            self.unfit += 1;
            if self.unfit >= 2 {
                self.end = Some(Want::Limited(trial.reasons.join(" ")));
            }
        } else if record.behind(trial) || refuses(trial, self.failing) {
            self.end = Some(Want::Over);
        } else if self.at_ceiling {
            let why = "half of what the generator can do was reached and the server kept up";
            self.end = Some(Want::Limited(why.into()));
        } else {
            self.unfit = 0;
            if self.slow {
                self.duration = record.shortest_session().unwrap_or(self.duration);
                self.completed = record.by_steps(trial);
            }
            let undisturbed = if self.slow { ROUGHLY_UNDISTURBED } else { UNDISTURBED };
            let taken = if self.slow { record.session_by_steps(trial) } else { trial.session_duration };
            let queueing = taken.0 > undisturbed * self.duration.0;
            self.rate = self.rate.scaled(if queueing { 2.0 } else { 4.0 });
        }
    }
}
