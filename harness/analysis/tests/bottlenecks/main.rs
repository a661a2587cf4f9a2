//! Bottlenecks that are known, through interventions in virtual time to a conviction.
//!
//! `SEEDS=3 cargo test --release -p redline-analysis --test bottlenecks -- --nocapture` prints the figures of
//! all cases; without `SEEDS` every 61st case is made.

#![expect(clippy::unwrap_used, reason = "tests")]

mod cases;
mod proof;

use cases::{Case, RESOURCES, joint, single};
use proof::{Effort, component, prove};
use redline_model::{Bottleneck, BottleneckStatus};

#[derive(Default)]
struct Tally {
    right: usize,
    open: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn all(&self) -> usize {
        self.right + self.open + self.wrong.len()
    }
    fn share(&self) -> f64 {
        self.right as f64 / self.all() as f64
    }
    fn print(&self, name: &str) {
        let (all, percent) = (self.all(), 100.0 * self.share());
        println!("{name}: {percent:.1} % of {all} right, {} open, {} confidently wrong", self.open, self.wrong.len());
        self.wrong.iter().for_each(|w| println!("    {w}"));
    }
    fn note(&mut self, verdict: Verdict, case: &Case, found: &Bottleneck) {
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::Open => self.open += 1,
            Verdict::Wrong => {
                self.wrong.push(format!("{case:?}: {:?} {} {:?}", found.status, found.resource, found.evidence))
            }
        }
    }
}

enum Verdict {
    Right,
    Open,
    Wrong,
}

/// (seeds, every how many cases)
fn extent() -> (u64, usize) {
    std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).map_or((1, 61), |seeds| (seeds, 1))
}

/// What limits alone: confirmed where it can be changed; a lock that cannot, nominated, stays suspected.
fn judged_single(limit: usize, found: &Bottleneck) -> Verdict {
    let named = found.resource == RESOURCES[limit] && found.component == component(limit);
    match (found.status, RESOURCES[limit]) {
        (BottleneckStatus::Confirmed, _) if named => Verdict::Right,
        (BottleneckStatus::Suspected, "row-locks") if named => Verdict::Right,
        (BottleneckStatus::Confirmed | BottleneckStatus::Joint, _) => Verdict::Wrong,
        (BottleneckStatus::Suspected | BottleneckStatus::Unknown, _) => Verdict::Open,
    }
}

/// Every second time a neighbour is nominated, as a full pool behind a lock would be; the lock never: it
/// cannot be tried, so nothing could be confirmed beside it.
fn nominee(limit: usize, number: usize) -> usize {
    if limit < 2 && number % 2 == 1 { 1 - limit } else { limit }
}

fn singles(effort: Effort) -> Tally {
    let (seeds, every) = extent();
    let mut tally = Tally::default();
    for (number, (limit, case)) in single().into_iter().enumerate().step_by(every) {
        for seed in 0..seeds {
            let found = prove(&case, nominee(limit, number), 1000 * seed + 10 * number as u64, effort);
            tally.note(judged_single(limit, &found), &case, &found);
        }
    }
    tally
}

fn joints(effort: Effort) -> Tally {
    let (seeds, every) = extent();
    let mut tally = Tally::default();
    for (number, case) in joint().into_iter().enumerate().step_by(every) {
        for seed in 0..seeds {
            let found = prove(&case, number % 2, 500_000 + 1000 * seed + 10 * number as u64, effort);
            let verdict = match found.status {
                BottleneckStatus::Joint => Verdict::Right,
                BottleneckStatus::Confirmed => Verdict::Wrong,
                BottleneckStatus::Suspected | BottleneckStatus::Unknown => Verdict::Open,
            };
            tally.note(verdict, &case, &found);
        }
    }
    tally
}

#[test]
fn limits_are_convicted_and_nothing_is_confidently_wrong() {
    let tried = |name: &str, effort| {
        let (one, two) = (singles(effort), joints(effort));
        one.print(&format!("{name} a resource, one limit"));
        two.print(&format!("{name} a resource, two limits"));
        (one, two)
    };
    // In 24 s the slowest servers with the widest service times complete too little to tell; 48 s are enough.
    let short = tried("24 s", Effort { blocks: 2 });
    let long = tried("48 s", Effort { blocks: 4 });
    for (one, two) in [&short, &long] {
        assert!(one.wrong.is_empty() && two.wrong.is_empty());
    }
    assert!(long.0.share() >= 0.95, "{}", long.0.share());
    assert!(long.1.share() >= 0.90, "{}", long.1.share());
}
