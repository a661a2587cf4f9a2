//! Overdrive: more than can be served, a bounded number in flight, to count completions.
//!
//! Open overdrive would let the sessions in flight grow without bound, and the requests completed would be
//! those of first pages more often than whole sessions make them. With a cap it is stationary.

use redline_model::{Interval, Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::record::{Record, Want, turned_away};
use crate::interval::{Slice, combine};

/// Load over the ramp's estimate. Rule 4's 1.25 and the noise of two seconds: what is too much is turned away
/// by the generator and costs the server nothing.
const OVER: f64 = 1.5;
/// Fewer turned away than this and the cap was not reached all the time.
const FULL: f64 = 0.05;
const MOST_ATTEMPTS: u32 = 5;
/// A server's own speed wanders slowly by about this much (standard error), which slices made one right after the
/// other do not show. Calibrated on the simulator with noise of 1 to 3 % and drift.
pub(crate) const WANDER: f64 = 0.01;

#[derive(Debug, Clone)]
pub(crate) struct Overdrive {
    offered: Rate,
    cap: u32,
    slices: Vec<Slice>,
    attempts: u32,
    unfit: u32,
    end: Option<Want>,
}

impl Overdrive {
    /// After the ramp's last step, which the stack did not keep up with.
    pub(crate) fn after(record: &Record) -> Self {
        let throughput = record.fit(Purpose::Ramp).map(|t| t.completed.0).fold(0.1, f64::max);
        // What would be in flight at this throughput if sessions took no longer than at a load that was kept up with.
        let in_flight = record.last_kept_up().map_or(0.0, |t| t.session_duration.0 * throughput);
        let cap = (4.0 * in_flight).clamp(24.0, 4000.0) as u32;
        let offered = Rate(throughput * OVER);
        Self { offered, cap, slices: Vec::new(), attempts: 0, unfit: 0, end: None }
    }

    pub(crate) fn next(&self, record: &Record) -> Want {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let spec = self.spec(record);
        let wanted = self.slices.len() < record.plan.slices as usize && !self.sharp(record);
        let first = self.slices.is_empty();
        if wanted && (first || record.affords(&spec, Seconds(0.0))) {
            return Want::Trial(spec);
        }
        match (record.most(), combine(&self.slices)) {
            (Some(most), Some(x)) if x.estimate > most.0 => {
                Want::Limited("the server carries more than half of what the generator can do".into())
            }
            _ => Want::Over,
        }
    }

    /// Whether two slices or more tell the throughput as sharply as is wanted.
    fn sharp(&self, record: &Record) -> bool {
        let half = |x: Interval| (x.high - x.low) / 2.0 / x.estimate.max(1e-9);
        self.slices.len() >= 2 && combine(&self.slices).is_some_and(|x| half(x) <= record.plan.slice_width)
    }

    /// Settles twice as long as what is in flight takes to be served; measures 4 300 sessions (± 3 % at a
    /// coefficient of variation of one, rule 4) within the plan's bounds.
    fn spec(&self, record: &Record) -> TrialSpec {
        let throughput = self.offered.0 / OVER;
        let settle = Seconds((2.0 * f64::from(self.cap) / throughput).ceil().clamp(1.0, 5.0));
        let (least, most) = record.plan.slice_hold;
        let hold = Seconds((4300.0 / throughput).ceil().clamp(least.0, most.0));
        TrialSpec { purpose: Purpose::Overdrive, offered: self.offered, settle, hold, cap: Some(self.cap) }
    }

    pub(crate) fn record(&mut self, trial: &TrialResult, record: &mut Record) {
        self.attempts += 1;
        if trial.class == TrialClass::GeneratorLimited {
            self.unfit += 1;
            if self.unfit >= 2 {
                self.end = Some(Want::Limited(trial.reasons.join(" ")));
            }
            return;
        }
        if turned_away(trial) < FULL {
            self.offered = self.offered.scaled(OVER);
            if self.attempts >= MOST_ATTEMPTS {
                self.end = Some(Want::Limited("the server could not be driven beyond what it carries".into()));
            }
            return;
        }
        let seconds = trial.to.0 - trial.from.0;
        // Completions are counts: their error is not taken below half of that of independent events.
        let counting = 0.5 * (trial.completed.0 / seconds.max(1e-9)).sqrt();
        let error = trial.completed_error.0.max(counting.min(0.02 * trial.completed.0));
        self.slices.push(Slice { value: trial.completed.0, error, seconds });
        self.unfit = 0;
        record.saturation = combine(&self.slices).map(with_wander);
    }
}

/// An interval with the slow wandering of the speed added.
fn with_wander(x: Interval) -> Interval {
    let wider = |half: f64| half.hypot(crate::interval::Z * WANDER * x.estimate);
    Interval {
        low: (x.estimate - wider(x.estimate - x.low)).max(0.0),
        high: x.estimate + wider(x.high - x.estimate),
        ..x
    }
}
