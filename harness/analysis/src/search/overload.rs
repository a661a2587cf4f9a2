//! After the peak: drive on with open arrivals and see what becomes of the goodput.
//!
//! Nobody is turned away, as on a day when more come than can be served. What waits grows by the load minus the
//! throughput every second, so the trials are short: (factor − 1) × saturation throughput × length sessions are in
//! flight at their end (15 000 at 5 000/s, 2 × and three seconds) and take (factor − 1) × length to drain.

use redline_model::{Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::{
    SearchPlan,
    record::{Record, Want},
};

/// Loads in units of the saturation throughput.
const FACTORS: [f64; 2] = [1.5, 2.0];
const SETTLE: Seconds = Seconds(1.0);

#[derive(Debug, Clone, Default)]
pub(crate) struct Overload {
    made: usize,
}

impl Overload {
    pub(crate) fn next(&self, record: &mut Record) -> Want {
        let Some((x, (factor, spec))) = record.saturation.zip(all(&record.plan).nth(self.made)) else {
            return Want::Over;
        };
        let offered = Rate(x.estimate * factor);
        if record.most().is_some_and(|most| offered.0 > most.0) {
            record.note(&format!("{factor} × the saturation throughput was not driven: it is more than half of what the generator can do."));
            return Want::Over;
        }
        if record.spent.0 + cost(&record.plan, factor, &spec).0 > record.plan.budget.0 {
            record.note("The time did not suffice to drive on beyond the peak.");
            return Want::Over;
        }
        Want::Trial(TrialSpec { offered, ..spec })
    }

    /// Whether no trial was made yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.made == 0
    }

    /// A trial for which the generator was not fit ends it: more load would not be easier.
    pub(crate) fn record(&mut self, trial: &TrialResult) {
        self.made = if trial.class == TrialClass::GeneratorLimited { FACTORS.len() } else { self.made + 1 };
    }
}

/// The trials of a plan with their factors; the loads are not known yet.
pub(crate) fn all(plan: &SearchPlan) -> impl Iterator<Item = (f64, TrialSpec)> + use<> {
    let hold = plan.overload_hold;
    let spec = TrialSpec { purpose: Purpose::Overload, offered: Rate(0.0), settle: SETTLE, hold, cap: None };
    FACTORS.into_iter().filter(move |_| hold.0 > 0.0).map(move |factor| (factor, spec))
}

/// What a trial takes with the drain of what it left behind.
pub(crate) fn cost(plan: &SearchPlan, factor: f64, spec: &TrialSpec) -> Seconds {
    plan.cost(spec) + Seconds((factor - 1.0) * (spec.settle.0 + spec.hold.0))
}
