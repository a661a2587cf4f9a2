//! Which loads a pair gets: beyond what either carries, and at fixed shares of what the base carries now.
//!
//! The machine's speed wanders while a gate goes on. A load that was 70 % of what the base carried at the start is 90 % of
//! it on a machine that has become a fifth slower, and response times that near to saturation say nothing of the code.

use redline_model::{Purpose, Rate, TrialSpec};

use super::slices::{BASE, Plan, cpu_of_a_request};
use crate::pairs::{Driven, Slice, SliceLengths, held, overdriven};

/// The share of the base's saturation throughput at which response times and CPU are compared.
const SHARE: f64 = 0.7;
/// The share of it at which a page's time tells of its code: at four times as much it is made of waiting for others.
const QUIET_SHARE: f64 = 0.2;
/// So many slices of the base tell how fast the machine is now.
const LATEST: usize = 3;
/// The load follows the machine by this factor at most, either way: beyond it, something else has happened.
const FOLLOWS: f64 = 2.0;

/// See the module.
pub(super) struct Loads {
    /// Where something is driven beyond what it carries.
    over: Option<TrialSpec>,
    /// What the base completed when it was first driven.
    base: Rate,
    plan: Plan,
    lengths: SliceLengths,
}

impl Loads {
    /// From how each of the contenders was driven; nothing where the base could not be, or where one of them could not
    /// and both are to be.
    pub(super) fn new(driven: &[Option<Driven>], plan: &Plan, lengths: SliceLengths) -> Option<Self> {
        let over = if plan.drives() { Some(overdriven(driven, lengths)?) } else { None };
        let base = driven.get(BASE).copied().flatten()?.completed;
        Some(Self { over, base, plan: plan.clone(), lengths })
    }

    /// Those of the next pair, after `slices`.
    pub(super) fn next(&self, slices: &[Slice]) -> Vec<TrialSpec> {
        let held = self.plan.holds().then(|| held(self.now(SHARE, slices), self.lengths));
        let quiet = self.plan.is_quiet().then(|| self.quiet(slices));
        self.over.into_iter().chain(held).chain(quiet).collect()
    }

    /// The one at which pages hardly wait, after `slices`.
    pub(super) fn quiet(&self, slices: &[Slice]) -> TrialSpec {
        TrialSpec { purpose: Purpose::Quiet, ..held(self.now(QUIET_SHARE, slices), self.lengths) }
    }

    fn now(&self, share: f64, slices: &[Slice]) -> Rate {
        Rate(share * self.base.0 * self.speed(slices))
    }

    /// What the base carries now, as a share of what it carried when it was first driven: by its latest slices beyond
    /// saturation, and where there are none by the CPU that a response took of it in the first and in the latest slices.
    /// The latter only lowers the load: the first slice of a stack that is not warm yet makes all others look fast.
    fn speed(&self, slices: &[Slice]) -> f64 {
        let of = |purpose| move |s: &&Slice| s.contender == BASE && s.is_fit() && s.result.spec.purpose == purpose;
        let ratio = if self.over.is_some() {
            let driven = slices.iter().filter(of(Purpose::Overdrive)).map(|s| s.result.completed.0);
            latest(driven).map(|now| now / self.base.0)
        } else {
            let held = slices.iter().filter(of(if self.plan.holds() { Purpose::Hold } else { Purpose::Quiet }));
            let costs: Vec<f64> = held.filter_map(|s| cpu_of_a_request(&s.result)).collect();
            costs.first().zip(latest(costs.iter().copied())).map(|(first, now)| (first / now).min(1.0))
        };
        ratio.filter(|r| r.is_finite() && *r > 0.0).map_or(1.0, |r| r.clamp(1.0 / FOLLOWS, FOLLOWS))
    }
}

/// The median of the latest; nothing where there is none.
fn latest(all: impl DoubleEndedIterator<Item = f64>) -> Option<f64> {
    let mut last: Vec<f64> = all.rev().take(LATEST).collect();
    last.sort_unstable_by(f64::total_cmp);
    last.get(last.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use redline_model::{Seconds, TrialResult};

    use super::*;
    use crate::{args::Metric, gate::slices::CANDIDATE};

    const LENGTHS: SliceLengths = SliceLengths { settle: Seconds(2.0), hold: Seconds(5.0) };

    fn spec() -> TrialSpec {
        TrialSpec {
            purpose: Purpose::Overdrive,
            offered: Rate(150.0),
            settle: Seconds(2.0),
            hold: Seconds(5.0),
            cap: Some(30),
        }
    }
    fn slice(result: &TrialResult, contender: usize, spec: TrialSpec, completed: f64) -> Slice {
        let result = TrialResult { spec, completed: Rate(completed), ..result.clone() };
        Slice { round: 0, contender, result }
    }
    fn result() -> TrialResult {
        use redline_analysis::simulator::{SimServer, Simulator};
        let server = SimServer::with_capacity(Rate(60.0), 1, 6, 1.0);
        let mut world = Simulator::new(server, redline_model::Slo::parse(["p95<500ms"]).unwrap(), 5);
        world.trial(held(Rate(40.0), LENGTHS))
    }
    fn loads(metrics: &[Metric]) -> Loads {
        let driven = Some(Driven { spec: spec(), completed: Rate(100.0) });
        Loads::new(&[driven, driven], &Plan { metrics: metrics.to_vec() }, LENGTHS).unwrap()
    }
    fn offered(specs: &[TrialSpec]) -> Vec<f64> {
        specs.iter().map(|s| s.offered.0).collect()
    }

    #[test]
    fn the_load_that_is_held_follows_what_the_base_completes() {
        let (loads, result) = (loads(&Metric::USUAL), result());
        assert_eq!(offered(&loads.next(&[])), [150.0, 70.0]);
        let mut slices = vec![slice(&result, BASE, spec(), 100.0), slice(&result, CANDIDATE, spec(), 10.0)];
        slices.extend([60.0, 90.0, 80.0].map(|completed| slice(&result, BASE, spec(), completed)));
        assert_eq!(offered(&loads.next(&slices)), [150.0, 56.0], "the median of the latest three, and the base's");
    }

    #[test]
    fn only_who_is_compared_by_it_has_to_be_driven() {
        let driven = Some(Driven { spec: spec(), completed: Rate(100.0) });
        let of = |driven: [_; 2], metric| Loads::new(&driven, &Plan { metrics: vec![metric] }, LENGTHS).is_some();
        assert!(of([driven, None], Metric::Cpu) && !of([driven, None], Metric::Saturation));
        assert!(!of([None, driven], Metric::Cpu));
    }

    #[test]
    fn pages_are_looked_at_where_they_hardly_wait() {
        let loads = loads(&[Metric::Cpu, Metric::Steps]);
        let next = loads.next(&[]);
        assert_eq!(offered(&next), [70.0, 20.0]);
        assert_eq!((next[0].purpose, next[1].purpose), (Purpose::Hold, Purpose::Quiet));
        assert_eq!(loads.quiet(&[]), next[1]);
    }

    #[test]
    fn without_overdrive_it_follows_what_a_response_takes() {
        let (loads, result) = (loads(&[Metric::Cpu]), result());
        let slower = |times: f64| {
            let mut slower = result.clone();
            slower.components.iter_mut().for_each(|c| c.cpu = c.cpu.map(|cpu| times * cpu));
            slice(&slower, BASE, held(Rate(70.0), LENGTHS), 70.0)
        };
        assert_eq!(offered(&loads.next(&[slower(1.0)])), [70.0]);
        let now = offered(&loads.next(&[slower(1.0), slower(1.25), slower(1.25), slower(1.25)]));
        assert!((now[0] - 56.0).abs() < 1e-9, "{now:?}");
        assert_eq!(offered(&loads.next(&[slower(1.0), slower(0.5), slower(0.5)])), [70.0], "a cold first slice");
        let now = offered(&loads.next(&[slower(1.0), slower(9.0), slower(9.0)]));
        assert!((now[0] - 35.0).abs() < 1e-9, "{now:?}");
    }
}
