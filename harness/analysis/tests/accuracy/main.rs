//! Whole searches in virtual time: how near they come to the truth, and how honest their intervals are.
//!
//! `SEEDS=34 cargo test --release -p redline-analysis --test accuracy -- --nocapture` makes more than 1 000
//! searches and prints the table; `FIRST=…` takes other seeds (7 001 to 7 008 and those from 50 000 on were used for tuning).
//! Without SEEDS a reduced form runs in seconds.

#![expect(clippy::unwrap_used, reason = "tests")]

mod grid;
mod slow;
mod tally;

use grid::{Case, Disturbance, cases};
use redline_analysis::{Ending, Precision, Search, SearchPlan, simulator::Simulator};
use redline_model::{Interval, Purpose, Seconds, TrialResult};
use tally::{Guess, Tally, covered, most, within};

fn guess(of: Interval, truth: f64, known_to: f64) -> Guess {
    Guess {
        off: of.estimate / truth - 1.0,
        covered: of.low <= truth * (1.0 + known_to) && truth * (1.0 - known_to) <= of.high,
        half: (of.high - of.low) / 2.0 / of.estimate,
    }
}

/// The plan that issue 3 grants: 90 s from 2 000/s on, 180 s at 400/s; the default below that.
fn plan(case: &Case) -> SearchPlan {
    match case.capacity {
        x if x >= 2000.0 => SearchPlan::for_budget(Seconds(90.0)).unwrap(),
        x if x >= 400.0 => SearchPlan::for_budget(Seconds(180.0)).unwrap(),
        _ => SearchPlan::new(Precision::Default),
    }
}

fn search(case: &Case, seed: u64, plan: SearchPlan, tally: &mut Tally) {
    let mut simulator = Simulator::new(case.server(), case.slo(), seed);
    let outcome = simulator.search(Search::new(plan, None));
    tally.time.push(simulator.elapsed().0);
    if outcome.ending != Ending::Found {
        tally.other.push(format!("seed {seed}: {:?}", outcome.ending));
        return;
    }
    tally.saturation.push(guess(outcome.saturation.unwrap(), case.capacity, 0.0));
    tally.early.push(guess(early(&simulator.trials), case.capacity, 0.0));
    tally.overdriven.push(overdriven(&simulator.trials));
    // The truth itself is known to about half a percent.
    let truth = case.sustainable * case.capacity;
    tally.sustainable.push(guess(outcome.sustainable.unwrap(), truth, 0.005));
    tally.by_curve.push(guess(outcome.by_curve.unwrap(), truth, 0.005));
}

/// The saturation throughput as it was seen in the first 30 s; nothing where no slice had ended by then.
fn early(trials: &[TrialResult]) -> Interval {
    let seen = |t: &&TrialResult| t.spec.purpose == Purpose::Overdrive && t.to.0 <= 30.0;
    let weighed = |t: &TrialResult| (t.completed.0 * (t.to.0 - t.from.0), t.to.0 - t.from.0);
    let (sum, time) = trials.iter().filter(seen).map(weighed).fold((0.0, 0.0), |a, w| (a.0 + w.0, a.1 + w.1));
    let estimate = if time > 0.0 { sum / time } else { 0.0 };
    Interval { estimate, low: estimate, high: estimate }
}

/// The seconds of the search that went into the saturation throughput, settling included.
fn overdriven(trials: &[TrialResult]) -> f64 {
    let of = |t: &TrialResult| t.spec.settle.0 + t.spec.hold.0;
    trials.iter().filter(|t| t.spec.purpose == Purpose::Overdrive).map(of).sum()
}

/// Every case with every seed, on two threads.
fn run(cases: &[Case], seeds: std::ops::Range<u64>, plan: fn(&Case) -> SearchPlan) -> Vec<Tally> {
    let of = |case: &Case| {
        let mut tally = Tally::default();
        seeds.clone().for_each(|seed| search(case, seed, plan(case), &mut tally));
        tally
    };
    let half = |odd: usize| cases.iter().skip(odd).step_by(2).map(of).collect::<Vec<_>>();
    let (even, odd) = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        (half(0), other.join().unwrap())
    });
    let mut odd = odd.into_iter();
    even.into_iter().flat_map(|tally| std::iter::once(tally).chain(odd.next())).collect()
}

/// What issue 3 wants: relative errors of both capacities.
fn wanted(case: &Case) -> (f64, f64) {
    match case.capacity {
        x if x >= 2000.0 => (0.02, 0.03),
        x if x >= 400.0 => (0.02, 0.05),
        _ => (0.05, 0.08),
    }
}

fn print(cases: &[Case], tallies: &[Tally]) {
    for (case, tally) in cases.iter().zip(tallies) {
        let (x, y) = wanted(case);
        let (kind, disturbance) = (if case.shop { "shop" } else { "    " }, format!("{:?}", case.disturbance));
        println!("{kind} {:5} cv {:3} {disturbance:12} {}", case.capacity, case.variation, tally.told(x, y));
    }
    for (name, of) in groups() {
        println!("{name}: {}", sum(cases, tallies, of).told(0.02, if name.contains("2000") { 0.03 } else { 0.05 }));
    }
}

type Of = fn(&Case) -> bool;

fn groups() -> [(&'static str, Of); 6] {
    [
        ("all               ", |_| true),
        ("undisturbed       ", |c| c.disturbance == Disturbance::None),
        ("disturbed         ", |c| c.disturbance != Disturbance::None),
        ("2000/s and more   ", |c| c.capacity >= 2000.0),
        ("400/s             ", |c| c.capacity == 400.0),
        ("100/s and the shop", |c| c.capacity <= 100.0),
    ]
}

fn sum(cases: &[Case], tallies: &[Tally], of: Of) -> Tally {
    let mut all = Tally::default();
    cases.iter().zip(tallies).filter(|(case, _)| of(case)).for_each(|(_, tally)| all.add(tally));
    all
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|s| s.parse().ok())
}

#[test]
fn searches_come_near_the_truth_and_their_intervals_hold_it() {
    // Reduced: the cases that a debug build simulates in seconds.
    let (cases, seeds) = match number("SEEDS") {
        Some(seeds) => (cases(), seeds),
        None => (cases().into_iter().filter(|c| c.capacity <= 100.0).collect(), 2),
    };
    let first = number("FIRST").unwrap_or(1000);
    let tallies = run(&cases, first..first + seeds, plan);
    print(&cases, &tallies);
    let all = sum(&cases, &tallies, |_| true);
    assert!(all.other.len() as f64 <= 0.01 * all.time.len() as f64, "{:?}", all.other);
    let least = if all.time.len() >= 1000 { 0.93 } else { 0.85 };
    assert!(covered(&all.saturation) >= least && covered(&all.sustainable) >= least);
    // Of the searches at 100/s and less 96 % came within 5 % and 99 % within 8 % (144 on seeds of their own).
    let slow = sum(&cases, &tallies, |c| c.capacity <= 100.0);
    assert!(within(&slow.saturation, 0.05) >= 0.80 && within(&slow.saturation, 0.10) >= 0.95);
    assert!(within(&slow.sustainable, 0.08) >= 0.90);
    if number("SEEDS").is_some_and(|seeds| seeds >= 10) {
        let (fast, middle) =
            (sum(&cases, &tallies, |c| c.capacity >= 2000.0), sum(&cases, &tallies, |c| c.capacity == 400.0));
        assert!(within(&fast.saturation, 0.02) >= 0.90 && within(&middle.saturation, 0.02) >= 0.90);
        assert!(within(&fast.sustainable, 0.03) >= 0.83 && within(&middle.sustainable, 0.05) >= 0.93);
    }
    assert!(most(&all.time) <= 190.0);
}

#[test]
fn a_quick_search_is_honest() {
    let cases: Vec<Case> = cases().into_iter().filter(|c| c.capacity <= 100.0).collect();
    let seeds = number("SEEDS").unwrap_or(2);
    let first = number("FIRST").unwrap_or(2000);
    let tallies = run(&cases, first..first + seeds, |_| SearchPlan::new(Precision::Quick));
    print(&cases, &tallies);
    let all = sum(&cases, &tallies, |_| true);
    assert!(covered(&all.saturation) >= 0.85 && covered(&all.sustainable) >= 0.85);
    assert!(within(&all.saturation, 0.10) >= 0.85 && within(&all.sustainable, 0.15) >= 0.85);
    assert!(most(&all.time) <= 62.0, "{:?}", all.time);
}

#[test]
#[ignore = "minutes; recomputes the constants of the grid"]
fn the_truth() {
    let sessions = number("SESSIONS").map_or(1_000_000.0, |n| n as f64);
    let half = |odd: usize| {
        for case in cases().iter().skip(odd).step_by(2) {
            let truth = case.truth(sessions, 77);
            println!("{} {} cv {:.1} {:?}: {truth:.4}", case.shop, case.capacity, case.variation, case.disturbance);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| half(1));
        half(0);
    });
}
