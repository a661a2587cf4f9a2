//! Overdrive: more than can be served, a bounded number in flight, to count completions.
//!
//! Open overdrive would let the sessions in flight grow without bound, and the requests completed would be
//! those of first pages more often than whole sessions make them. With a cap it is stationary.
//!
//! A machine's own speed wanders, so slices made one right after the other all see the same luck. After the first one,
//! which the bisection needs, the others are spread over the search: between its trials, the last one after the
//! confirmation.

use redline_model::{Interval, Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    level::Level,
    record::{Record, Want, turned_away},
    refusals::{failed_share, mostly_whole, refuses, throughput},
};
use crate::interval::{Slice, combine_wandering};

/// Load over the ramp's estimate. Rule 4's 1.25 and the noise of two seconds: what is too much is turned away
/// by the generator and costs the server nothing.
const OVER: f64 = 1.5;
/// Fewer turned away than this and the cap was not reached all the time.
const FULL: f64 = 0.05;
const MOST_ATTEMPTS: u32 = 5;
/// The relative standard error that a slice should come to by chance alone.
const SHARP: f64 = 0.012;
/// The first slice is no longer than this: the bisection waits for it, and the later ones make up for it.
const FIRST: Seconds = Seconds(6.0);
/// The coefficient of variation that steps are taken to have together, where so few are counted that it is not seen.
const STEPS_VARY: f64 = 1.3;
/// All slices together take no more of the time than this.
const MOST_SHARE: f64 = 0.5;
/// Slices that differ by more than this share, and by more than this many standard errors, are of a stack that changed.
const CHANGED: (f64, f64) = (0.15, 4.0);
/// A server's own speed wanders slowly by about this much, which no trial shows by itself. Calibrated on the
/// simulator with noise of 1 to 3 % and drift.
pub(crate) const WANDER: f64 = 0.01;

/// What the reader must know of a stack that fails what it cannot serve.
const REFUSES: &str = "Driven beyond what it carries, the stack makes requests fail. The saturation throughput counts the steps that succeeded, in whole sessions, not the sessions that ended by an error.";

#[derive(Debug, Clone)]
pub(crate) struct Overdrive {
    /// How hard.
    level: Level,
    offered: Rate,
    slices: Vec<Slice>,
    attempts: u32,
    unfit: u32,
    end: Option<Want>,
    /// When the first phase ended: the later slices are due in even steps from then on.
    since: Seconds,
}

impl Overdrive {
    /// After the ramp's last step, which the stack did not keep up with.
    pub(crate) fn after(record: &Record) -> Self {
        let expected = record.fit(Purpose::Ramp).map(|t| throughput(t, record)).fold(0.1, f64::max);
        let steps = record.fit(Purpose::Ramp).map(|t| record.by_steps(t).0).fold(0.1, f64::max);
        // Sessions that take no longer than at a load that was kept up with.
        let duration = record.last_kept_up().map_or(0.0, |t| t.session_duration.0);
        let offered = Rate(expected * OVER);
        let (slices, end) = (Vec::new(), None);
        let level = Level { expected, duration };
        let mut drive = Self { level, offered, slices, attempts: 0, unfit: 0, end, since: Seconds(0.0) };
        if level.is_slow() {
            let duration = record.shortest_session().map_or(duration, |d| d.0);
            drive.level = Level { expected: steps, duration };
            // A throughput of a few sessions is hardly known, a load that was too much is.
            let last = record.fit(Purpose::Ramp).next_back().map_or(0.0, |t| t.spec.offered.0);
            drive.offered = Rate(drive.offered.0.max(last));
        }
        drive
    }

    pub(crate) fn next(&self, record: &Record) -> Want {
        if let Some(end) = &self.end {
            return end.clone();
        }
        if self.slices.is_empty() {
            if self.level.is_too_slow() {
                let drained = self.level.settle().0 / 2.0;
                return Want::Limited(format!(
                    "the server takes {drained:.0} s to serve what saturates it, too long to be measured in this time"
                ));
            }
            if self.level.is_slow() && self.attempts > 0 && !self.affordable(record) {
                return Want::Limited("the time was over before the server was saturated for long enough".into());
            }
            return Want::Trial(self.spec(record));
        }
        match (record.most(), combine_wandering(&self.slices)) {
            (Some(most), Some(x)) if x.estimate > most.0 => {
                Want::Limited("the server carries more than half of what the generator can do".into())
            }
            _ => Want::Over,
        }
    }

    /// The same, with its later slices due from now on.
    pub(crate) fn since(self, record: &Record) -> Self {
        Self { since: record.spent, unfit: 0, attempts: 0, ..self }
    }

    /// How many slices are still wanted: none where they are sharp enough or the last attempts came to nothing.
    fn wanted(&self, record: &Record) -> u32 {
        let made = self.slices.len() as u32;
        let affordable = (MOST_SHARE * record.plan.budget.0 / self.cost(record).0) as u32;
        let half = |x: Interval| (x.high - x.low) / 2.0 / x.estimate.max(1e-9);
        let sharp = made >= 3 && combine_wandering(&self.slices).is_some_and(|x| half(x) <= record.plan.slice_width);
        if sharp || self.end.is_some() { 0 } else { record.plan.slices.min(affordable).saturating_sub(made) }
    }

    /// What a slice takes, with the drain of what is in flight at its end where that is long.
    fn cost(&self, record: &Record) -> Seconds {
        record.plan.cost(&self.spec(record)) + self.level.drain()
    }

    fn affordable(&self, record: &Record) -> bool {
        record.spent.0 + self.cost(record).0 <= record.plan.budget.0
    }

    /// What the slices that are still wanted take.
    pub(crate) fn pending(&self, record: &Record) -> Seconds {
        Seconds(self.cost(record).0 * f64::from(self.wanted(record)))
    }

    /// The next slice if it is due in the bisection; the last one is left for later. The bisection lasts until only the
    /// confirmation and what comes after it can be afforded.
    pub(crate) fn due(&self, record: &Record) -> Option<TrialSpec> {
        let (wanted, later) = (self.wanted(record), record.plan.slices.saturating_sub(1));
        let rest = record.plan.confirmation() + record.pending + record.plan.overload();
        let length = record.plan.budget.0 - rest.0 - self.since.0;
        let made = f64::from(record.plan.slices.saturating_sub(wanted));
        let at = self.since.0 + length * made / f64::from(later.max(1));
        (wanted >= 2 && record.spent.0 >= at).then(|| self.left(record)).flatten()
    }

    /// The next slice if one is wanted and can be afforded.
    pub(crate) fn left(&self, record: &Record) -> Option<TrialSpec> {
        let spec = self.spec(record);
        (self.wanted(record) > 0 && record.affords(&spec, record.plan.overload())).then_some(spec)
    }

    /// What the slices say of the stack's own speed, where they differ by more than chance explains.
    pub(crate) fn change(&self) -> Option<String> {
        let by_value = |a: &&Slice, b: &&Slice| a.value.total_cmp(&b.value);
        let (least, most) = (self.slices.iter().min_by(by_value)?, self.slices.iter().max_by(by_value)?);
        let (apart, error) = (most.value - least.value, most.error.hypot(least.error));
        (apart > CHANGED.0 * most.value && apart > CHANGED.1 * error).then(|| {
            format!(
                "The stack's own speed changed during the run: driven to saturation, it completed from {:.1} to {:.1} sessions a second.",
                least.value, most.value
            )
        })
    }

    /// Settles until what is in flight was served twice; measures 4 300 sessions (± 3 % at a
    /// coefficient of variation of one, rule 4) or, once it is seen how noisy a slice is, until it is sharp, within the
    /// plan's bounds.
    fn spec(&self, record: &Record) -> TrialSpec {
        let settle = self.level.settle();
        let (least, most) = record.plan.slice_hold;
        let sharp = |s: &Slice| s.seconds * (s.error / s.value.max(1e-9) / SHARP).powi(2);
        let enough = self.slices.last().map_or((4300.0 / self.level.expected).min(FIRST.0), sharp);
        let hold = if self.level.is_slow() {
            // What took long to settle is measured longer than that, as far as there is time.
            let left = record.plan.budget.0 - record.spent.0 - settle.0 - self.level.drain().0;
            (1.5 * settle.0).max(most.0).min(left).max(least.0)
        } else {
            enough.clamp(least.0, most.0)
        };
        let hold = Seconds(hold.ceil());
        TrialSpec { purpose: Purpose::Overdrive, offered: self.offered, settle, hold, cap: Some(self.level.cap()) }
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
        let refused = record.lowest_kept_up().is_some_and(|low| refuses(trial, failed_share(low)));
        if turned_away(trial) < FULL && !refused {
            self.offered = self.offered.scaled(OVER);
            self.level.expected = self.level.expected.max(throughput(trial, record));
            if self.attempts >= MOST_ATTEMPTS {
                self.end = Some(Want::Limited("the server could not be driven beyond what it carries".into()));
            }
            return;
        }
        let few = self.level.is_slow() && !refused;
        let carried = if few { record.by_steps(trial).0 } else { throughput(trial, record) };
        if self.level.is_slow() && !self.level.was_reached(trial, carried, record) {
            self.level = self.level.after(trial, carried, record);
            if self.attempts >= MOST_ATTEMPTS {
                self.end = Some(Want::Limited("the server could not be kept at saturation for long enough".into()));
            }
            return;
        }
        self.slices.push(if few { slice_by_steps(trial, carried) } else { slice(trial, carried) });
        if refused {
            record.note(REFUSES);
        }
        self.unfit = 0;
        record.saturation = combine_wandering(&self.slices);
    }
}

/// The same by its steps: what they were and how far chance may move their count.
fn slice_by_steps(trial: &TrialResult, completed: f64) -> Slice {
    let seconds = trial.to.0 - trial.from.0;
    let steps = trial.steps_per_second.0 * seconds;
    Slice { value: completed, error: STEPS_VARY * completed / steps.max(1.0).sqrt(), seconds }
}

fn slice(trial: &TrialResult, completed: f64) -> Slice {
    let seconds = trial.to.0 - trial.from.0;
    // Completions are counts: their error is not taken below half of that of independent events.
    let counting = 0.5 * (completed / seconds.max(1e-9)).sqrt();
    let error = trial.completed_error.0.max(counting.min(0.02 * completed));
    Slice { value: completed, error, seconds }
}

/// What the search's slices say together with the slices that were made after it, in sessions a second; absent where
/// there are no later ones, or where sessions are not whole and completions say nothing.
pub(crate) fn with_later(trials: &[TrialResult], later: &[TrialResult]) -> Option<Interval> {
    let fit = |t: &&TrialResult| {
        t.spec.purpose == Purpose::Overdrive && t.class != TrialClass::GeneratorLimited && turned_away(t) >= FULL
    };
    let all: Vec<&TrialResult> = trials.iter().filter(fit).chain(later).collect();
    let usable = !later.is_empty() && all.iter().all(|t| mostly_whole(t));
    usable.then(|| combine_wandering(&all.iter().map(|t| slice(t, t.completed.0)).collect::<Vec<_>>())).flatten()
}
