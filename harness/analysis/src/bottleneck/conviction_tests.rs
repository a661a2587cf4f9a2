//! Interventions with known elasticities, and what is concluded from them.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use redline_model::{
    Bottleneck, BottleneckStatus, Interval, Intervention, InterventionPeriod, Mono, Outcome, OutcomeCounts, StepTick,
    Tick,
};
use rstest::rstest;

use super::*;

const START: Mono = Mono(1_000_000_000_000);

fn at(second: u64) -> Mono {
    START.plus(Duration::from_secs(second))
}

/// ABBAABBA in stretches of three seconds, the first second after each toggle left out.
fn periods(changed: f64) -> Vec<InterventionPeriod> {
    let factors = [1.0, changed, changed, 1.0, 1.0, changed, changed, 1.0];
    let settle = |i: usize| u64::from(i == 0 || factors[i] != factors[i - 1]);
    let stretch = |i: usize| InterventionPeriod {
        from: at(3 * i as u64 + settle(i)),
        to: at(3 * i as u64 + 3),
        factor: factors[i],
    };
    (0..factors.len()).map(stretch).collect()
}

fn tick(second: u64, steps: &[(&str, u64)]) -> Tick {
    let step = |(name, n): &(&str, u64)| {
        let outcomes = OutcomeCounts(BTreeMap::from([(Outcome::Ok, *n)]));
        StepTick { step: (*name).to_owned(), outcomes, ..StepTick::default() }
    };
    Tick { from: at(second), to: at(second + 1), steps: steps.iter().map(step).collect(), ..Tick::default() }
}

fn measured(ticks: &[Tick], periods: &[InterventionPeriod]) -> Option<Intervention> {
    let weights = BTreeMap::from([("login".to_owned(), 10.0), ("page".to_owned(), 1.0)]);
    let (component, resource, done) = ("server", "cpu", "a thief took 20 %");
    measure_intervention(&InterventionInput { component, resource, done, ticks, periods, weights: &weights })
}

/// The same lever once more, a minute later, in the other direction of luck.
#[test]
fn two_experiments_with_one_lever_are_eight_pairs_and_tell_more() {
    let noise = |s: u64| if (s / 3).is_multiple_of(2) { 1.1 } else { 0.9 };
    let noisy = |first: u64, turned: f64| {
        (0..24).map(move |s| tick(first + s, &[("page", (rate_in(s, 0.75, 0.9) * f64::powf(noise(s), turned)) as u64)]))
    };
    let later: Vec<InterventionPeriod> = periods(0.75)
        .into_iter()
        .map(|p| InterventionPeriod {
            from: p.from.plus(Duration::from_secs(60)),
            to: p.to.plus(Duration::from_secs(60)),
            ..p
        })
        .collect();
    let once = measured(&noisy(0, 1.0).collect::<Vec<_>>(), &periods(0.75)).unwrap();
    let ticks: Vec<Tick> = noisy(0, 1.0).chain(noisy(60, -1.0)).collect();
    let twice = measured(&ticks, &[periods(0.75), later].concat()).unwrap();
    let width = |i: &Intervention| i.elasticity.high - i.elasticity.low;
    assert_eq!((once.pairs, twice.pairs), (4, 8));
    assert!(!is_decided(&once), "{once:?}");
    assert!(width(&twice) < 0.8 * width(&once), "{twice:?}");
    assert!((twice.elasticity.estimate - 0.9).abs() < 0.1, "{twice:?}");
}

fn rate_in(second: u64, changed: f64, elasticity: f64) -> f64 {
    let low = [1, 2, 5, 6].contains(&(second / 3));
    if low { 1e6 * changed.powf(elasticity) } else { 1e6 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_elasticity_is_found_and_drift_cancels(e in 0.0f64..1.0, changed in 0.5f64..0.9, drift in -0.01f64..0.01) {
        let ticks: Vec<Tick> = (0..24)
            .map(|s| tick(s, &[("page", (rate_in(s, changed, e) * (drift * s as f64).exp()) as u64)]))
            .collect();
        let found = measured(&ticks, &periods(changed)).unwrap();
        prop_assert_eq!(found.pairs, 4);
        prop_assert!((found.factor - changed).abs() < 1e-9);
        prop_assert!((found.elasticity.estimate - e).abs() < 1e-3, "{:?}", found);
        prop_assert!(found.elasticity.low <= e + 1e-3 && e - 1e-3 <= found.elasticity.high);
        prop_assert!((found.throughput.estimate - changed.powf(e)).abs() < 1e-3);
    }

    #[test]
    fn workers_and_merged_stretches_change_nothing(e in 0.0f64..1.0) {
        let share = |s: u64| (rate_in(s, 0.8, e) / 2.0) as u64;
        let one: Vec<Tick> = (0..24).map(|s| tick(s, &[("page", 2 * share(s))])).collect();
        let two: Vec<Tick> = (0..24).flat_map(|s| [tick(s, &[("page", share(s))]), tick(s, &[("page", share(s))])]).collect();
        let mut merged = periods(0.8);
        for i in [1, 2, 3] {
            merged[i].to = merged[i + 1].to;
            merged.remove(i + 1);
        }
        let (a, b) = (measured(&one, &periods(0.8)).unwrap(), measured(&two, &merged).unwrap());
        prop_assert_eq!(b.pairs, 4);
        prop_assert!((a.elasticity.estimate - b.elasticity.estimate).abs() < 1e-6);
    }

    /// Whatever was measured: what is called confirmed is supported by its interval and by the others'.
    #[test]
    fn nothing_is_confirmed_without_support(
        es in prop::collection::vec((-0.5f64..1.5, 0.0f64..1.0), 0..4),
        nominee in 0usize..5,
    ) {
        let all: Vec<Intervention> = es.iter().enumerate().map(|(i, (e, half))| intervention(&format!("r{i}"), *e, *half)).collect();
        let found = convict(nominated(&format!("r{nominee}")), all.clone(), Vec::new());
        let convicted = all.iter().find(|i| i.resource == found.resource);
        match found.status {
            BottleneckStatus::Confirmed => {
                let convicted = convicted.unwrap();
                prop_assert!(convicted.elasticity.estimate >= 0.6 && convicted.elasticity.low > 0.3);
                prop_assert!(all.len() > 1);
                prop_assert!(all.iter().filter(|i| *i != convicted).all(|i| i.elasticity.estimate <= 0.2 && i.elasticity.high < 0.6));
            }
            BottleneckStatus::Joint => prop_assert!(all.iter().filter(|i| i.elasticity.low >= 0.3).count() >= 2),
            BottleneckStatus::Suspected | BottleneckStatus::Unknown => prop_assert!(found.advice.is_none()),
        }
    }
}

#[test]
fn the_luck_of_the_mix_is_no_change() {
    let mix =
        |s: u64| if s.is_multiple_of(2) { [("login", 50), ("page", 500)] } else { [("login", 0), ("page", 1000)] };
    let ticks: Vec<Tick> = (0..24).map(|s| tick(s, &mix(s))).collect();
    let e = measured(&ticks, &periods(0.8)).unwrap().elasticity;
    assert_eq!((e.estimate, e.low, e.high), (0.0, 0.0, 0.0));
}

#[test]
fn too_few_pairs_or_no_throughput_tell_nothing() {
    let ticks: Vec<Tick> = (0..24).map(|s| tick(s, &[("page", 100)])).collect();
    assert!(measured(&ticks, &periods(0.8)[..5]).is_none());
    assert!(measured(&ticks, &periods(0.8)).is_some() && measured(&ticks[..20], &periods(0.8)).is_none());
    let dead: Vec<Tick> = (0..24).map(|s| tick(s, &[("page", u64::from(s < 12))])).collect();
    assert!(measured(&dead, &periods(0.8)).is_none());
    assert!(measured(&ticks, &periods(1.0)).is_none());
}

fn intervention(resource: &str, e: f64, half: f64) -> Intervention {
    let component = if resource == "cpu" { "server" } else { "php-fpm" };
    let x = |e: f64| 0.8f64.powf(e);
    Intervention {
        component: component.into(),
        resource: resource.into(),
        done: "20 % taken".into(),
        factor: 0.8,
        throughput: Interval { estimate: x(e), low: x(e + half), high: x(e - half) },
        elasticity: Interval { estimate: e, low: e - half, high: e + half },
        pairs: 4,
    }
}

fn nominated(resource: &str) -> Bottleneck {
    let unknown = resource == "unknown";
    Bottleneck {
        component: if unknown { "none" } else { "php-fpm" }.into(),
        resource: resource.into(),
        status: if unknown { BottleneckStatus::Unknown } else { BottleneckStatus::Suspected },
        elasticity: None,
        evidence: vec!["its signal".into()],
        others: Vec::new(),
        interventions: Vec::new(),
        untested: Vec::new(),
        advice: None,
    }
}

use BottleneckStatus::{Confirmed, Joint, Suspected, Unknown};

#[rstest]
#[case::confirmed("cpu", &[("cpu", 0.9, 0.2), ("pool", 0.05, 0.2)], "cpu", Confirmed)]
#[case::by_quota("cpu-quota", &[("cpu", 0.9, 0.2), ("pool", 0.05, 0.2)], "cpu-quota", Confirmed)]
#[case::another("cpu", &[("cpu", 0.1, 0.2), ("pool", 0.95, 0.2)], "pool", Confirmed)]
#[case::not_nominated("unknown", &[("cpu", 0.1, 0.2), ("pool", 0.95, 0.2)], "pool", Confirmed)]
#[case::joint("cpu", &[("cpu", 0.9, 0.2), ("pool", 0.8, 0.2)], "cpu", Joint)]
#[case::too_wide("cpu", &[("cpu", 0.9, 0.7), ("pool", 0.0, 0.2)], "cpu", Suspected)]
#[case::rival_too_wide("cpu", &[("cpu", 0.9, 0.2), ("pool", 0.1, 0.7)], "cpu", Suspected)]
#[case::half("cpu", &[("cpu", 0.4, 0.1), ("pool", 0.1, 0.1)], "unknown", Unknown)]
#[case::both_out("pool", &[("cpu", 0.0, 0.1), ("pool", 0.1, 0.1)], "unknown", Unknown)]
#[case::locks("row-locks", &[("cpu", 0.0, 0.1), ("pool", 0.1, 0.1)], "row-locks", Suspected)]
#[case::locks_untried_but_pool_binds("row-locks", &[("cpu", 0.0, 0.1), ("pool", 0.9, 0.1)], "pool", Suspected)]
#[case::no_rival("cpu", &[("cpu", 1.0, 0.1)], "cpu", Suspected)]
#[case::nothing_tried("cpu", &[], "cpu", Suspected)]
#[case::nothing_at_all("unknown", &[], "unknown", Unknown)]
fn the_rule(
    #[case] nominee: &str,
    #[case] all: &[(&str, f64, f64)],
    #[case] resource: &str,
    #[case] status: BottleneckStatus,
) {
    let all = all.iter().map(|(r, e, half)| intervention(r, *e, *half)).collect();
    let found = convict(nominated(nominee), all, Vec::new());
    assert_eq!((found.resource.as_str(), found.status), (resource, status), "{found:#?}");
    assert_eq!(found.advice.is_some(), matches!(status, Confirmed | Joint), "{found:#?}");
}

#[test]
fn the_advice_tells_the_gain_and_what_was_measured() {
    let all = vec![intervention("cpu", 0.9, 0.05), intervention("pool", 0.0, 0.02)];
    let found = convict(nominated("cpu"), all, Vec::new());
    assert_eq!(
        found.advice.unwrap(),
        "php-fpm is CPU-bound: 25 % more CPU is worth about +22 % (21 to 24 %) throughput; a bigger pool 0 %; \
         measured was taking away 20 %, which made the throughput × 0.82 (0.81 to 0.83)."
    );
    let sure =
        convict(nominated("cpu"), vec![intervention("cpu", 1.4, 0.1), intervention("pool", 0.0, 0.0)], Vec::new());
    assert!(sure.advice.unwrap().contains("+25 % (25 to 25 %)"));
}

#[test]
fn what_could_not_be_tried_is_told_with_its_reason() {
    let locks = Untested {
        component: "php-fpm".into(),
        resource: "row-locks".into(),
        reason: "a lock has no size that could be changed".into(),
    };
    let found = convict(nominated("row-locks"), vec![intervention("cpu", 0.0, 0.1)], vec![locks]);
    assert_eq!(found.untested, ["row-locks of php-fpm: a lock has no size that could be changed"]);
    let last = found.evidence.last().unwrap();
    assert!(last.contains("no size that could be changed") && last.contains("Ruled out: cpu of server"), "{last}");
}

#[test]
fn a_rival_that_is_not_ruled_out_is_named() {
    let found = convict(nominated("cpu"), vec![intervention("cpu", 1.0, 0.3), intervention("pool", 0.3, 0.4)], vec![]);
    assert_eq!(found.status, Suspected);
    let last = found.evidence.last().unwrap();
    assert!(last.contains("follows cpu of server, but whether also pool of php-fpm"), "{last}");
}

#[test]
fn the_advice_on_a_quota_goes_by_the_quota() {
    let all = vec![intervention("cpu", 0.0, 0.1), intervention("cpu-quota", 1.0, 0.1), intervention("pool", 0.0, 0.1)];
    let found = convict(nominated("cpu-quota"), all, vec![]);
    assert_eq!((found.resource.as_str(), found.status, found.elasticity), ("cpu-quota", Confirmed, Some(1.0)));
    assert!(found.advice.unwrap().contains("+25 %"));
}
