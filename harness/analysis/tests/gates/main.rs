//! Gates in virtual time: how often the same thing is called slower, how often a slower one is found, and what it takes.
//!
//! `GATES=1000 cargo test --release -p redline-analysis --test gates -- --nocapture` makes 1 000 A/A gates and a quarter of
//! that of each slowdown, and prints the table; `FIRST=…` takes other seeds. Without GATES a reduced form runs.

#![expect(clippy::unwrap_used, reason = "tests")]

mod world;

use redline_analysis::GateRule;
use redline_model::GateOutcome::{self, Fail, Inconclusive, Pass};
use world::{Ended, gate};

fn from_environment(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// `n` gates of a candidate that takes `factor` times as long, on two threads.
fn many(n: u64, factor: f64) -> Vec<Ended> {
    let first = from_environment("FIRST", 9_001);
    let half = move |odd: u64| -> Vec<Ended> {
        (0..n).filter(|i| i % 2 == odd).map(|i| gate(first + i, factor, &GateRule::default())).collect()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(move || half(1));
        let mut all = half(0);
        all.extend(other.join().unwrap());
        all
    })
}

fn share(of: &[Ended], outcome: GateOutcome) -> f64 {
    of.iter().filter(|e| e.outcome == outcome).count() as f64 / of.len() as f64
}

/// A line of the table.
fn tell(what: &str, of: &[Ended]) {
    let mean = |value: fn(&Ended) -> f64| of.iter().map(value).sum::<f64>() / of.len() as f64;
    println!(
        "{what:<6} {:>5} gates: {:>5.1} % fail, {:>5.1} % pass, {:>5.1} % inconclusive; {:>4.1} pairs, {:>4.1} min",
        of.len(),
        100.0 * share(of, Fail),
        100.0 * share(of, Pass),
        100.0 * share(of, Inconclusive),
        mean(|e| e.pairs as f64),
        mean(|e| e.seconds / 60.0)
    );
}

#[test]
fn the_same_is_not_called_slower_and_slower_is_found() {
    let gates = from_environment("GATES", 24);
    let slower = (gates / 4).max(12);
    let same = many(gates, 1.0);
    tell("A/A", &same);
    let (five, twenty) = (many(slower, 1.05), many(slower, 1.20));
    tell("+5 %", &five);
    tell("+20 %", &twenty);
    // In the reduced form one in 24 may be: its chance is 1 % each.
    assert!(share(&same, Fail) <= f64::max(0.01, 1.0 / gates as f64), "{same:?}");
    assert!(share(&five, Fail) >= 0.95 - if gates < 200 { 0.15 } else { 0.0 });
    assert!(five.iter().all(|e| e.outcome != Pass), "5 % slower must not pass");
    assert_eq!(share(&twenty, Fail), 1.0);
}
