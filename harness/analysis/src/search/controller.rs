//! The step controller: warm up → ramp → overdrive → bisect → confirm, and back where they disagree.

use redline_model::{Interval, Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    Ending, SearchOutcome, SearchPlan,
    after_peak::after_peak,
    bisect::Bisect,
    confirm::Confirm,
    curve::{self, Belief},
    overdrive::Overdrive,
    overload::Overload,
    ramp::Ramp,
    record::{Record, Want, fell_behind},
    replay::replayed,
    warm_up::WarmUp,
};

/// Below this κ the share of bad steps barely reacts to load (DESIGN.md, rule 5).
const LEAST_KAPPA: f64 = 5.0;

/// What a search wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// A trial; its result is to be given to [`Search::record`].
    Trial(TrialSpec),
    /// Nothing: the search is over.
    Done(Box<SearchOutcome>),
}

#[derive(Debug, Clone)]
enum Phase {
    WarmUp(WarmUp),
    Ramp(Ramp),
    Overdrive(Overdrive),
    Bisect(Bisect),
    Confirm(Confirm),
    Overload(Overload),
    Over(Ending),
}

/// A search under way.
#[derive(Debug, Clone)]
pub struct Search {
    record: Record,
    phase: Phase,
    /// How the stack is driven beyond what it carries, once that was done: further slices follow later in the run.
    drive: Option<Overdrive>,
    reopened: u32,
    confirmed: bool,
    /// The answer with its interval by replays, once there is one.
    replayed: Option<Interval>,
}

impl Search {
    /// A search by `plan`. `ceiling` is what the generator alone can do, in requests per second: no capacity
    /// above half of it is stated.
    #[must_use]
    pub fn new(plan: SearchPlan, ceiling: Option<Rate>) -> Self {
        let (trials, notes) = (Vec::new(), Vec::new());
        let (spent, pending) = (Seconds(0.0), Seconds(0.0));
        let record = Record { plan, ceiling, trials, spent, pending, saturation: None, notes };
        let phase = Phase::WarmUp(WarmUp::default());
        Self { record, phase, drive: None, reopened: 0, confirmed: false, replayed: None }
    }

    /// The next trial, or the end. Asking again without recording gives the same.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "the step controller's word (Nighthawk); it ends with an outcome, not with None"
    )]
    pub fn next(&mut self) -> Next {
        loop {
            if let Some(spec) = self.later_slice() {
                return Next::Trial(spec);
            }
            let want = match &mut self.phase {
                Phase::WarmUp(warm_up) => warm_up.next(&mut self.record),
                Phase::Ramp(ramp) => ramp.next(&self.record),
                Phase::Overdrive(overdrive) => overdrive.next(&self.record),
                Phase::Bisect(bisect) => bisect.next(&mut self.record),
                Phase::Confirm(confirm) => confirm.next(&self.record),
                Phase::Overload(overload) => overload.next(&mut self.record),
                Phase::Over(_) => return Next::Done(Box::new(self.outcome())),
            };
            match want {
                Want::Trial(spec) => return Next::Trial(spec),
                Want::Over => self.phase = self.after(),
                Want::Limited(why) => self.phase = Phase::Over(Ending::AtLeast(why)),
                Want::Undefined(why) => self.phase = Phase::Over(Ending::SloUndefined(why)),
            }
        }
    }

    /// Takes the result of the trial that was asked for last.
    pub fn record(&mut self, trial: &TrialResult) {
        self.record.spent = self.record.spent + self.record.plan.cost(&trial.spec);
        self.record.trials.push(trial.clone());
        if let (Some(drive), Purpose::Overdrive) = (&mut self.drive, trial.spec.purpose) {
            drive.record(trial, &mut self.record);
            self.record.pending = drive.pending(&self.record);
            return;
        }
        match &mut self.phase {
            Phase::WarmUp(warm_up) => warm_up.record(trial),
            Phase::Ramp(ramp) => ramp.record(trial, &self.record),
            Phase::Overdrive(overdrive) => overdrive.record(trial, &mut self.record),
            Phase::Bisect(bisect) => bisect.record(trial, &self.record),
            Phase::Confirm(confirm) => confirm.record(trial),
            Phase::Overload(overload) => overload.record(trial),
            Phase::Over(_) => {}
        }
    }

    /// Tells how long the search has really taken so far, which then counts instead of the plan's overheads.
    pub fn spent(&mut self, since_start: Seconds) {
        self.record.spent = since_start;
    }

    /// What the search is doing, in two words at most.
    #[must_use]
    pub fn phase(&self) -> &'static str {
        match self.phase {
            _ if self.later_slice().is_some() => "overdrive",
            Phase::WarmUp(_) => "warm-up",
            Phase::Ramp(_) => "ramp",
            Phase::Overdrive(_) => "overdrive",
            Phase::Bisect(_) => "bisection",
            Phase::Confirm(_) => "confirmation",
            Phase::Overload(_) => "overload",
            Phase::Over(_) => "over",
        }
    }

    /// A slice of overdrive that is due between the trials of the bisection, or after the confirmation.
    fn later_slice(&self) -> Option<TrialSpec> {
        let drive = self.drive.as_ref()?;
        match &self.phase {
            Phase::Bisect(_) => drive.due(&self.record),
            Phase::Overload(overload) if overload.is_fresh() => drive.left(&self.record),
            _ => None,
        }
    }

    fn after(&mut self) -> Phase {
        match &self.phase {
            Phase::WarmUp(_) => Phase::Ramp(Ramp::after(&self.record)),
            Phase::Ramp(_) => Phase::Overdrive(Overdrive::after(&self.record)),
            Phase::Overdrive(drive) => {
                let drive = drive.clone().since(&self.record);
                self.record.pending = drive.pending(&self.record);
                self.drive = Some(drive);
                Phase::Bisect(Bisect::default())
            }
            Phase::Bisect(_) => Phase::Confirm(Confirm::of(Rate(self.belief().limit.estimate))),
            Phase::Confirm(confirm) => {
                let confirm = confirm.clone();
                self.after_confirmation(&confirm)
            }
            Phase::Overload(_) => {
                self.replayed = replayed(&self.record, self.belief().limit);
                Phase::Over(Ending::Found)
            }
            Phase::Over(ending) => Phase::Over(ending.clone()),
        }
    }

    fn after_confirmation(&mut self, confirm: &Confirm) -> Phase {
        self.confirmed = confirm.agrees();
        if confirm.disagrees() && self.reopened < self.record.plan.reopenings {
            let reopened = Bisect::reopened();
            if reopened.affordable(&self.record) {
                self.reopened += 1;
                return Phase::Bisect(reopened);
            }
        }
        if confirm.disagrees() {
            let what = if confirm.held == Some(TrialClass::Fail) {
                "The answer did not hold in the confirmation; its interval takes that into account."
            } else {
                "1.05 × the answer did not fail in the confirmation; its interval takes that into account."
            };
            self.record.note(what);
        } else if !self.confirmed {
            self.record.note("The time did not suffice to confirm the answer from above and below.");
        }
        let kappa = self.belief().kappa;
        if kappa.high < LEAST_KAPPA && self.seen_broken() {
            let why = format!(
                "the share of bad steps barely reacts to load (κ {:.1}, at least {LEAST_KAPPA} is needed)",
                kappa.estimate
            );
            return Phase::Over(Ending::SloUndefined(why));
        }
        Phase::Overload(Overload::default())
    }

    /// Whether any open trial broke the SLO; where none did, nothing is known about its steepness.
    fn seen_broken(&self) -> bool {
        let open = |t: &&TrialResult| t.spec.cap.is_none();
        self.record.trials.iter().filter(open).filter(|t| t.class == TrialClass::Fail).count() >= 2
    }

    fn belief(&self) -> Belief {
        curve::believe(&self.record)
    }

    fn outcome(&self) -> SearchOutcome {
        let ending = match &self.phase {
            Phase::Over(ending) => ending.clone(),
            _ => Ending::Stopped,
        };
        let found = ending == Ending::Found;
        let limited = matches!(ending, Ending::AtLeast(_));
        let belief = (self.record.saturation.is_some() && !limited).then(|| self.belief());
        let by_curve = belief.map(|b| self.capped(b.limit));
        let answer = self.answered(by_curve);
        let mut notes = self.record.notes.clone();
        if curve::became_slower(&self.record.trials) {
            let what = "The server became slower during the run; the saturation throughput is partly from before that.";
            notes.push(what.into());
        }
        notes.extend(self.drive.as_ref().and_then(Overdrive::change));
        if self.record.unfit() > 0 {
            let unfit = self.record.unfit();
            notes.push(format!("{unfit} trials were left out because the generator or the machine was not fit."));
        }
        SearchOutcome {
            saturation: self.record.saturation.filter(|_| !limited),
            sustainable: if limited { self.carried() } else { answer.filter(|_| found) },
            by_curve: by_curve.filter(|_| found),
            after_peak: after_peak(&self.record),
            kappa: belief.map(|b| b.kappa),
            confirmed: self.confirmed,
            reopened: self.reopened,
            spent: self.record.spent,
            ending,
            notes,
        }
    }

    /// The interval by replays takes the limit that was found for the truth, so it is too sure of an answer
    /// that comes from the prior more than from the trials. Unless the limit was confirmed from above and below,
    /// it is therefore not narrower than the curve's.
    fn answered(&self, by_curve: Option<Interval>) -> Option<Interval> {
        match (self.replayed.map(|i| self.capped(i)), by_curve) {
            (Some(replayed), Some(curve)) if !self.confirmed => {
                Some(Interval { low: replayed.low.min(curve.low), high: replayed.high.max(curve.high), ..replayed })
            }
            (replayed, by_curve) => replayed.or(by_curve),
        }
    }

    /// A sustainable load is never stated above the saturation throughput, nor its interval above that one's upper end.
    fn capped(&self, limit: Interval) -> Interval {
        let most = self.record.saturation.map_or(f64::INFINITY, |s| s.high);
        let estimate = limit.estimate.min(self.record.saturation.map_or(f64::INFINITY, |s| s.estimate));
        let low = limit.low.min(estimate).min(self.contradicted().unwrap_or(f64::INFINITY));
        Interval { estimate, low, high: limit.high.min(most).max(estimate) }
    }

    /// Where the last confirmation broke the SLO by more than a burst explains and no time was left to search again, the
    /// server may have become slower: what it completed then is all that is known to be carried.
    fn contradicted(&self) -> Option<f64> {
        let last = self.record.fit(Purpose::ConfirmHolds).next_back()?;
        let searched_again = self.record.fit(Purpose::Bisect).next_back().is_some_and(|t| t.number > last.number);
        let carried = last.completed.0.min(last.offered.0) - 2.0 * last.completed_error.0;
        (curve::gross(last) && !searched_again).then_some(carried.max(0.0))
    }

    /// The highest load that was carried with the SLO kept and the generator fit; no higher one is implied.
    fn carried(&self) -> Option<Interval> {
        let carried =
            |t: &&TrialResult| t.class == TrialClass::Pass && t.spec.purpose != Purpose::Overdrive && !fell_behind(t);
        let best = self.record.trials.iter().filter(carried).map(|t| t.completed.0.min(t.spec.offered.0));
        best.reduce(f64::max).map(|x| Interval { estimate: x, low: x, high: x })
    }

    /// What was found so far, for a run that is stopped early.
    #[must_use]
    pub fn stop(&self) -> SearchOutcome {
        let mut outcome = self.outcome();
        outcome.notes.push("The search was stopped before its end.".into());
        outcome
    }
}
