//! The most that a model completes per second, in closed form.
//!
//! A stage with `c` slots that each request keeps for `h` seconds completes at most `c ÷ h` a second (the
//! utilisation law). `h` is the stage's own mean demand, and for a stage that is held while others are passed
//! through, the sum of theirs as well: the application is held through database and lock, the accept limit
//! through everything. The least of these is the capacity.
//!
//! It is exact where nobody waits *inside* a stage that is held: then `h` has no waiting time in it. Where
//! requests do wait inside (fewer database slots than application slots, or a lock), the bound is approached
//! but not reached, and [`crate::simulate::saturation`] is the truth. Stages that burn CPU share the server's
//! cores: `cores ÷ Σ demands`, without what HTTP itself costs.

use redline_model::Rate;

use crate::{Model, Pool, StageName, Work};

/// Whether a capacity in closed form is what is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// It is.
    Exact,
    /// It is an upper bound: requests wait for one another inside a stage that is held, or for CPU.
    Bound,
}

/// A capacity and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Requests of weight 1 per second.
    pub rate: Rate,
    /// The stage that has the least; `None` for the CPUs that burning stages share.
    pub stage: Option<StageName>,
    /// Whether that is what is completed.
    pub exactness: Exactness,
}

/// The capacity for requests of this mean weight; a token is taken by each, whatever its weight.
#[must_use]
pub fn capacity(model: &Model, weight: f64) -> Capacity {
    let mean = |stage| model.mean(stage).0 * weight;
    let inside = mean(StageName::Database) + mean(StageName::Lock);
    let held = mean(StageName::Application) + inside;
    let slots = |pool: Option<Pool>| pool.map(|p| f64::from(p.slots));
    let of = |name, slots: Option<f64>, time: f64| slots.map(|c| (Some(name), c / time.max(1e-12)));
    let bounds = [
        of(StageName::Web, slots(model.web), mean(StageName::Web)),
        of(StageName::Application, slots(model.application), held),
        of(StageName::Database, slots(model.database), mean(StageName::Database)),
        of(StageName::Lock, model.lock.map(|_| 1.0), mean(StageName::Lock)),
        model.bucket.map(|b| (Some(StageName::Bucket), b.rate.0)),
        of(StageName::Accept, model.accept.map(f64::from), mean(StageName::Web) + held),
        cores(model, weight).map(|rate| (None, rate)),
    ];
    let least = bounds.into_iter().flatten().min_by(|a, b| a.1.total_cmp(&b.1));
    let (stage, rate) = least.unwrap_or((None, f64::INFINITY));
    let exactness = if waits_inside(model) || burns(model) { Exactness::Bound } else { Exactness::Exact };
    Capacity { rate: Rate(rate), stage, exactness }
}

fn demands(model: &Model) -> impl Iterator<Item = (f64, Work)> {
    let pools = [model.web, model.application, model.database].into_iter().flatten().map(|p| p.demand);
    pools.chain(model.lock).map(|d| (d.mean.0, d.work))
}

fn burns(model: &Model) -> bool {
    demands(model).any(|(_, work)| work == Work::Burn)
}

fn cores(model: &Model, weight: f64) -> Option<f64> {
    let burnt: f64 = demands(model).filter(|(_, work)| *work == Work::Burn).map(|(mean, _)| mean).sum();
    (burnt > 0.0).then(|| f64::from(model.cpus) / (burnt * weight))
}

/// Whether a request that holds a slot may have to wait for another stage meanwhile.
fn waits_inside(model: &Model) -> bool {
    let holders = model.application.map_or(u32::MAX, |p| p.slots);
    let short = |slots: u32| slots < holders;
    let in_application = model.application.is_some()
        && (model.database.is_some_and(|p| short(p.slots)) || (model.lock.is_some() && short(1)));
    // Whoever waits for the application or the web pool holds a place inside the accept limit.
    let in_house = model.accept.is_some_and(|limit| {
        let pools = [model.web, model.application, model.database];
        pools.into_iter().flatten().any(|p| p.slots < limit) || model.lock.is_some() || model.bucket.is_some()
    });
    in_application || (in_house && accept_is_near(model))
}

/// An accept limit of at least ten times the slots inside never keeps any of them idle.
fn accept_is_near(model: &Model) -> bool {
    let inside: u32 = [model.web, model.application].into_iter().flatten().map(|p| p.slots).sum();
    model.accept.is_some_and(|limit| limit < inside.saturating_mul(10))
}

#[cfg(test)]
mod tests {
    use redline_model::Seconds;

    use super::*;
    use crate::{Demand, Distribution};

    fn pool(slots: u32, ms: f64) -> Option<Pool> {
        Some(Pool { slots, demand: demand(ms) })
    }
    fn demand(ms: f64) -> Demand {
        Demand { mean: Seconds(ms / 1e3), distribution: Distribution::Exponential, work: Work::Sleep }
    }

    #[test]
    fn the_least_stage_decides() {
        let model = Model { web: pool(4, 10.0), application: pool(8, 40.0), ..Model::empty("m") };
        let found = capacity(&model, 1.0);
        assert!((found.rate.0 - 200.0).abs() < 1e-9);
        assert_eq!((found.stage, found.exactness), (Some(StageName::Application), Exactness::Exact));
        assert!((capacity(&model, 2.0).rate.0 - 100.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_held_counts_and_waiting_inside_makes_a_bound() {
        let mut model = Model { application: pool(8, 40.0), database: pool(8, 10.0), ..Model::empty("m") };
        assert!((capacity(&model, 1.0).rate.0 - 160.0).abs() < 1e-9);
        assert_eq!(capacity(&model, 1.0).exactness, Exactness::Exact);
        model.lock = Some(demand(10.0));
        let locked = capacity(&model, 1.0);
        assert!((locked.rate.0 - 100.0).abs() < 1e-9);
        assert_eq!((locked.stage, locked.exactness), (Some(StageName::Lock), Exactness::Bound));
    }

    #[test]
    fn burning_stages_share_the_cores() {
        let mut model = Model { application: pool(8, 5.0), ..Model::empty("m") };
        model.application = model.application.map(|p| Pool { demand: Demand { work: Work::Burn, ..p.demand }, ..p });
        let found = capacity(&model, 1.0);
        assert!((found.rate.0 - 200.0).abs() < 1e-9);
        assert_eq!((found.stage, found.exactness), (None, Exactness::Bound));
    }
}
