//! Bisect: find the load that keeps the SLO, each trial at the middle of what is still possible.
//!
//! Near the knee a trial is noisy, and a bisection that trusts each answer goes astray at the first wrong
//! one. So each trial goes to the median of where the limit may still be, given *all* trials (probabilistic
//! bisection: Horstein 1963; Waeber, Frazier and Henderson 2013). An undecided trial hardly moves the median,
//! so it is repeated by itself.

use redline_model::{Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    curve::{self, Belief},
    record::{Record, Want, fell_behind},
};

/// An SLO that is broken at this share of the saturation throughput does not define a capacity.
const LOWEST: f64 = 0.25;
const MOST_UNFIT: u32 = 3;
const STEP_DOWN: f64 = 0.9;

#[derive(Debug, Clone, Default)]
pub(crate) struct Bisect {
    unfit: u32,
    reopened: bool,
    end: Option<Want>,
}

impl Bisect {
    /// Opened again after a confirmation that disagreed.
    pub(crate) fn reopened() -> Self {
        Self { reopened: true, ..Self::default() }
    }

    /// Whether the budget allows at least one more trial.
    pub(crate) fn affordable(&self, record: &Record) -> bool {
        let spec = spec(record, Rate(1.0));
        record.affords(&spec, self.reserve(record))
    }

    /// What must be left for the confirmation, the later slices of overdrive and the overload; opened again, a better answer comes before its confirmation.
    fn reserve(&self, record: &Record) -> Seconds {
        if only_failures(record) {
            return NO_RESERVE;
        }
        let confirmation = if self.reopened { NO_RESERVE } else { record.plan.confirmation() };
        confirmation + record.pending + record.plan.overload()
    }

    pub(crate) fn next(&mut self, record: &mut Record) -> Want {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let Some(saturation) = record.saturation else { return Want::Over };
        let belief = curve::believe(record);
        let fallen = self.fallen(record);
        if belief.width() <= record.plan.width && fallen.is_none() {
            return Want::Over;
        }
        let low = Rate(LOWEST * saturation.estimate);
        let believed = Rate(fallen.unwrap_or(belief.limit.estimate).max(low.0));
        let spec = spec(record, if only_failures(record) { low } else { believed });
        if record.affords(&spec, self.reserve(record)) {
            return Want::Trial(spec);
        }
        record.note(&too_short(&belief));
        Want::Over
    }

    /// Opened again because the answer broke by more than chance explains: the server may have become slower, and what
    /// was seen before would hold the search up where it no longer belongs. So it steps down until a load is carried.
    fn fallen(&self, record: &Record) -> Option<f64> {
        let last = record.trials.iter().rfind(|t| t.class != TrialClass::GeneratorLimited)?;
        (self.reopened && curve::gross(last)).then_some(last.spec.offered.0 * STEP_DOWN)
    }

    pub(crate) fn record(&mut self, trial: &TrialResult, record: &Record) {
        if trial.class == TrialClass::GeneratorLimited {
            self.unfit += 1;
            if self.unfit >= MOST_UNFIT {
                self.end = Some(Want::Limited(trial.reasons.join(" ")));
            }
            return;
        }
        let lowest = record.saturation.map_or(0.0, |s| s.estimate * LOWEST * 1.001);
        if trial.class == TrialClass::Fail && trial.spec.offered.0 <= lowest {
            let at = format!("already at {}, a quarter of the saturation throughput: ", trial.spec.offered);
            self.end = Some(Want::Undefined(at + &trial.reasons.join("; ")));
        }
    }
}

/// Two trials that failed and none that passed, those of the ramp that the stack kept up with included: the
/// lowest load that would still define a capacity is due.
fn only_failures(record: &Record) -> bool {
    let ramp = record.fit(Purpose::Ramp).filter(|t| !fell_behind(t));
    let made: Vec<TrialClass> =
        ramp.chain(record.fit(Purpose::Bisect)).chain(record.fit(Purpose::ConfirmHolds)).map(|t| t.class).collect();
    let failed = made.iter().filter(|c| **c == TrialClass::Fail).count();
    failed >= 2 && !made.contains(&TrialClass::Pass)
}

fn spec(record: &Record, offered: Rate) -> TrialSpec {
    TrialSpec { purpose: Purpose::Bisect, offered, settle: record.settle(), hold: record.plan.trial_hold, cap: None }
}

fn too_short(belief: &Belief) -> String {
    let percent = 100.0 * belief.width() / 2.0;
    format!("The time sufficed to know the sustainable load to about ± {percent:.0} %; a longer run narrows it.")
}

/// What the bisection leaves for later.
pub(crate) const NO_RESERVE: Seconds = Seconds(0.0);
