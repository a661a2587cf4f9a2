//! Stacks that are the same, and stacks that are not, compared in virtual time on a machine whose speed wanders.
//!
//! `SEEDS=300 cargo test --release -p redline-analysis --test comparisons -- --nocapture` prints the figures;
//! `FIRST=…` takes other seeds; without `SEEDS` a few comparisons of each kind are made.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use redline_analysis::{
    Rounds, Sliced, log_ratios, paired_answer,
    simulator::{SimServer, Simulator, Speed, Step},
};
use redline_model::{Answer, Purpose, Rate, Seconds, Slo, TrialResult, TrialSpec};

/// As many rounds as `redline compare` makes.
const ROUNDS: u32 = 16;

/// A shop on one core: pages of different weight, a drift, and a noise that is forgotten within 8 s. Pairs scatter by about
/// as much as those of the real stack do where slices are adjusted for the machine's speed (seven pairs: by 3.0 %).
fn shop(capacity: f64, slower: f64) -> SimServer {
    let step = |name: &str, weight: f64, share: f64| Step { name: name.into(), weight, requests: 6, share };
    let steps = vec![
        step("home", 1.0, 1.0),
        step("category", 0.8, 0.9),
        step("product", 0.9, 1.0),
        step("cart", 1.5, 0.3),
        step("login", 10.0, 0.04),
        step("order", 2.0, 0.1),
    ];
    let weight: f64 = steps.iter().map(|s| s.weight * s.share).sum();
    let mut server = SimServer::with_capacity(Rate(capacity / slower), 1, 1, 0.3);
    server.stages[0].demand = Seconds(slower / (capacity * weight));
    server.steps = steps;
    server.speed = Speed { noise: 0.02, memory: Seconds(8.0), drift: 0.01, centre: Seconds(150.0) };
    server
}

/// A whole comparison of two stacks; the second is `slower` times as slow.
fn compared(slower: f64, seed: u64) -> (Answer, f64, f64) {
    let slo = || Slo::parse(["p95<500ms"]).unwrap();
    let of = |slower, own: u64| Simulator::new(shop(50.0, slower), slo(), seed * 1000 + own).on_machine(seed);
    let mut stacks = [of(1.0, 1), of(slower, 2)];
    let spec = TrialSpec {
        purpose: Purpose::Overdrive,
        offered: Rate(75.0),
        settle: Seconds(2.0),
        hold: Seconds(6.0),
        cap: Some(24),
    };
    let mut rounds = Rounds::new(2, ROUNDS, seed);
    let mut made: Vec<(u32, usize, TrialResult)> = Vec::new();
    let mut now = Seconds(0.0);
    while let Some(turn) = rounds.turn() {
        let stack = &mut stacks[turn.contender];
        stack.wait_until(now);
        let result = stack.trial(spec);
        now = stack.elapsed() + Seconds(0.5);
        rounds.record(true);
        made.push((turn.round, turn.contender, result));
    }
    let slices: Vec<Sliced> = made
        .iter()
        .map(|(round, contender, result)| Sliced { round: *round, contender: *contender, load: 0, result })
        .collect();
    let weights: BTreeMap<String, f64> = shop(50.0, 1.0).steps.iter().map(|s| (s.name.clone(), s.weight)).collect();
    let ratios = log_ratios(&slices, 0, 1, |t| Some(redline_analysis::work(t, &weights)));
    let found = paired_answer("base", "other", ratios);
    let ratio = found.ratio.unwrap();
    (found.answer, ratio.estimate, found.detectable.unwrap().0)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|s| s.parse().ok())
}

/// Answers to one question with many seeds.
fn all(slower: f64, few: u64) -> Vec<(Answer, f64, f64)> {
    let first = number("FIRST").unwrap_or(1);
    (first..first + number("SEEDS").unwrap_or(few)).map(|seed| compared(slower, seed)).collect()
}

fn told(name: &str, found: &[(Answer, f64, f64)]) -> (usize, usize) {
    let count = |answer| found.iter().filter(|(a, ..)| *a == answer).count();
    let (better, worse) = (count(Answer::Better), count(Answer::Worse));
    let mean = |of: fn(&(Answer, f64, f64)) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
    println!(
        "{name}: {} compared, {better} called better, {worse} worse; mean ratio {:.4}, {:.1} % would have been seen",
        found.len(),
        mean(|f| f.1),
        100.0 * mean(|f| f.2)
    );
    (better, worse)
}

#[test]
fn a_stack_against_itself_is_hardly_ever_called_different() {
    let found = all(1.0, 10);
    let (better, worse) = told("the same", &found);
    // One in twenty is what is allowed; the rule is stricter.
    assert!((better + worse) * 20 <= found.len(), "{better} better, {worse} worse of {}", found.len());
}

#[test]
fn a_stack_slowed_by_five_per_cent_is_found_worse() {
    let found = all(1.05, 10);
    let (better, worse) = told("5 % slower", &found);
    assert_eq!(better, 0);
    assert!(worse * 20 >= found.len() * 19, "{worse} of {}", found.len());
}

#[test]
fn a_stack_slowed_by_fifteen_per_cent_is_always_found_worse() {
    let found = all(1.15, 3);
    assert_eq!(told("15 % slower", &found).1, found.len());
}
