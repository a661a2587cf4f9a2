//! Searches on slow stacks: a few sessions a second, each of which takes a good part of a second or some of them.
//!
//! A blog that compiles every page anew is one. Steps are few there and queues long-lived: what is measured is coarse,
//! and the answer must say so and not be wrong.

use redline_analysis::{
    Ending, Precision, Search, SearchPlan,
    simulator::{SimServer, Simulator, Speed, strain},
};
use redline_model::{Rate, Seconds, Slo};

use super::{
    guess, number,
    tally::{Tally, covered, within},
};

/// Steps of each session.
const STEPS: u32 = 8;

/// One slow server.
pub struct Slow {
    /// Sessions per second.
    pub capacity: f64,
    /// How many steps are served at the same time.
    pub servers: u32,
    /// By how much its speed wanders.
    pub noise: f64,
    /// The load in units of its capacity at which the SLO breaks; from the ignored test `the_truth_about_slow_stacks`.
    pub sustainable: f64,
}

impl Slow {
    fn server(&self) -> SimServer {
        let mut server = SimServer::with_capacity(Rate(self.capacity), self.servers, STEPS, 1.0);
        if self.noise > 0.0 {
            server.speed = Speed { noise: self.noise, memory: Seconds(10.0), ..Speed::CONSTANT };
        }
        server
    }
    /// So many times the mean service time, and what is left to wait for with one server.
    fn slo(&self) -> Slo {
        let demand = f64::from(self.servers) / (self.capacity * f64::from(STEPS));
        let times = if self.servers >= 8 { 4.0 } else { 8.0 };
        Slo::parse([format!("p95<{:.0}ms", 1e3 * demand * times)]).unwrap()
    }
    fn truth(&self, sessions: f64) -> f64 {
        let (mut low, mut high) = (0.3, 0.99);
        for i in 0..9 {
            let at = (low + high) / 2.0;
            let kept = strain(&self.server(), &self.slo(), Rate(at * self.capacity), sessions, 77 + i) <= 1.0;
            if kept { low = at } else { high = at }
        }
        (low + high) / 2.0
    }
}

pub fn cases() -> Vec<Slow> {
    let case = |capacity, servers, noise, sustainable| Slow { capacity, servers, noise, sustainable };
    vec![
        case(1.0, 1, 0.0, 0.6255),
        case(1.0, 2, 0.0, 0.8047),
        case(2.0, 1, 0.0, 0.6255),
        case(3.0, 1, 0.03, 0.6201),
        case(3.0, 4, 0.0, 0.9017),
        case(5.0, 2, 0.0, 0.8047),
        case(6.0, 8, 0.0, 0.8586),
        case(10.0, 1, 0.03, 0.6201),
        case(10.0, 16, 0.0, 0.9233),
        case(10.0, 40, 0.0, 0.9664),
        case(20.0, 2, 0.0, 0.8047),
        case(100.0, 1, 0.0, 0.6255),
    ]
}

fn search(case: &Slow, plan: SearchPlan, seeds: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut simulator = Simulator::new(case.server(), case.slo(), seed);
        let outcome = simulator.search(Search::new(plan, None));
        tally.time.push(simulator.elapsed().0);
        if let Some(x) = outcome.saturation {
            tally.saturation.push(guess(x, case.capacity, 0.0));
        }
        if outcome.ending != Ending::Found {
            tally.other.push(format!("seed {seed}: {:?}", outcome.ending));
        } else if let Some(y) = outcome.sustainable {
            tally.sustainable.push(guess(y, case.sustainable * case.capacity, 0.01));
        }
    }
    tally
}

/// With 12 seeds for each case 133 of 144 default searches found an answer; all intervals of the saturation throughput
/// held the truth, and 98 % of those of the sustainable load.
#[test]
fn a_slow_stack_gets_a_coarse_answer_and_no_wrong_one() {
    let first = number("FIRST").unwrap_or(3000);
    let (cases, seeds, precisions) = match number("SEEDS") {
        Some(seeds) => (cases(), seeds, vec![Precision::Quick, Precision::Default, Precision::Thorough]),
        None => (cases().into_iter().filter(|c| c.capacity <= 3.0).collect(), 1, vec![Precision::Default]),
    };
    for precision in precisions {
        let mut all = Tally::default();
        for case in &cases {
            let tally = search(case, SearchPlan::new(precision), first..first + seeds);
            let Slow { capacity, servers, noise, .. } = case;
            println!("{precision:?} {capacity:4} by {servers:2} noise {noise}: {}", tally.told(0.1, 0.15));
            all.add(&tally);
        }
        println!("{precision:?}: {}", all.told(0.1, 0.15));
        assert!(covered(&all.saturation) >= 0.93 && covered(&all.sustainable) >= 0.80);
        // A quick look at one session a second may be further off, and says so.
        assert!(within(&all.saturation, if precision == Precision::Quick { 0.5 } else { 0.35 }) >= 0.99);
        // What is too slow for the time is told as such.
        let least = if precision == Precision::Quick { 0.4 } else { 0.8 };
        assert!(all.saturation.len() as f64 >= least * all.time.len() as f64, "{:?}", all.other);
    }
}

#[test]
#[ignore = "a minute; recomputes the constants of the slow stacks"]
fn the_truth_about_slow_stacks() {
    let sessions = number("SESSIONS").map_or(200_000.0, |n| n as f64);
    for case in cases() {
        println!("{} by {}, noise {}: {:.4}", case.capacity, case.servers, case.noise, case.truth(sessions));
    }
}
