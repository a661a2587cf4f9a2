//! Whole searches in virtual time: how near they come to the truth, and how honest their intervals are.

#![expect(clippy::unwrap_used, reason = "tests")]

mod grid;

use grid::{Case, cases};
use redline_analysis::{Ending, Precision, Search, SearchPlan, simulator::Simulator};

#[derive(Default)]
struct Tally {
    saturation: Vec<(f64, bool)>,
    sustainable: Vec<(f64, bool)>,
    spent: Vec<f64>,
    other: usize,
}

fn share(of: &[(f64, bool)], within: f64) -> f64 {
    of.iter().filter(|(off, _)| off.abs() <= within).count() as f64 / of.len() as f64
}

fn covered(of: &[(f64, bool)]) -> f64 {
    of.iter().filter(|(_, covered)| *covered).count() as f64 / of.len() as f64
}

fn spread(of: &[(f64, bool)]) -> String {
    let mut off: Vec<f64> = of.iter().map(|(off, _)| 100.0 * off).collect();
    off.sort_by(f64::total_cmp);
    let at = |q: f64| off[((off.len() - 1) as f64 * q).round() as usize];
    format!("{:+.1} {:+.1} {:+.1} {:+.1} {:+.1}", at(0.0), at(0.05), at(0.5), at(0.95), at(1.0))
}

fn search(case: &Case, seed: u64, precision: Precision, tally: &mut Tally) {
    let mut simulator = Simulator::new(case.server(), case.slo(), seed);
    let plan = SearchPlan::new(precision);
    let outcome = simulator.search(Search::new(plan, None));
    tally.spent.push(simulator.elapsed().0);
    if outcome.ending != Ending::Found {
        tally.other += 1;
        println!("    {} cv {} seed {seed}: {:?}", case.capacity, case.variation, outcome.ending);
        return;
    }
    let x = outcome.saturation.unwrap();
    let y = outcome.sustainable.unwrap();
    let truth = case.sustainable * case.capacity;
    tally.saturation.push((x.estimate / case.capacity - 1.0, x.low <= case.capacity && case.capacity <= x.high));
    // The truth itself is known to about half a percent.
    tally.sustainable.push((y.estimate / truth - 1.0, y.low <= truth * 1.005 && truth * 0.995 <= y.high));
}

fn run(seeds: std::ops::Range<u64>, precision: Precision) -> Tally {
    let mut all = Tally::default();
    for case in cases() {
        let mut tally = Tally::default();
        for seed in seeds.clone() {
            search(&case, seed, precision, &mut tally);
        }
        println!(
            "{:6} cv {:3}: X {:3.0} % in 5 %, covered {:3.0} % [{}]; L {:3.0} % in 8 %, covered {:3.0} % [{}]; {:.0} s",
            case.capacity,
            case.variation,
            100.0 * share(&tally.saturation, 0.05),
            100.0 * covered(&tally.saturation),
            spread(&tally.saturation),
            100.0 * share(&tally.sustainable, 0.08),
            100.0 * covered(&tally.sustainable),
            spread(&tally.sustainable),
            tally.spent.iter().copied().fold(0.0, f64::max),
        );
        all.saturation.extend(tally.saturation);
        all.sustainable.extend(tally.sustainable);
        all.spent.extend(tally.spent);
        all.other += tally.other;
    }
    println!(
        "all: X {:.1} % in 5 %, covered {:.1} %; L {:.1} % in 8 %, covered {:.1} %; {} others",
        100.0 * share(&all.saturation, 0.05),
        100.0 * covered(&all.saturation),
        100.0 * share(&all.sustainable, 0.08),
        100.0 * covered(&all.sustainable),
        all.other
    );
    all
}

/// Seeds per case; `SEEDS=25 cargo test --release -p redline-analysis --test accuracy -- --nocapture` for the table.
fn seeds() -> u64 {
    std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(2)
}

#[test]
fn a_default_search_comes_near_the_truth() {
    let all = run(100..100 + seeds(), Precision::Default);
    assert_eq!(all.other, 0);
    assert!(share(&all.saturation, 0.05) >= 0.95);
    assert!(covered(&all.saturation) >= 0.90);
    assert!(share(&all.sustainable, 0.08) >= 0.90);
    assert!(covered(&all.sustainable) >= 0.90);
    assert!(all.spent.iter().all(|s| *s <= 138.0), "{:?}", all.spent);
}

#[test]
fn a_quick_search_is_honest() {
    let all = run(200..200 + seeds(), Precision::Quick);
    assert_eq!(all.other, 0);
    assert!(share(&all.saturation, 0.10) >= 0.90);
    assert!(covered(&all.saturation) >= 0.85);
    assert!(share(&all.sustainable, 0.15) >= 0.90);
    assert!(covered(&all.sustainable) >= 0.85);
    assert!(all.spent.iter().all(|s| *s <= 58.0), "{:?}", all.spent);
}

#[test]
#[ignore = "minutes; recomputes the constants of the grid"]
fn the_truth() {
    for case in cases() {
        println!("{} cv {}: {:.4}", case.capacity, case.variation, case.truth(150_000.0));
    }
}
