//! What a simulated server does in the long run: the truth that searches are compared with.

use rand::{SeedableRng, rngs::SmallRng};
use redline_model::{Arrivals, Outcome, Rate, Seconds, Slo, SloLimit, TrialSpec};

use super::{
    arrivals::schedule,
    engine::Engine,
    server::{SimServer, Step},
    speed::SpeedPath,
    watch::Watch,
};

/// Counts bad steps after the settling time and nothing else, so that millions of steps cost little.
struct Tally<'a> {
    slo: &'a Slo,
    from: f64,
    to: f64,
    counts: Vec<(u64, u64)>,
}

impl Watch for Tally<'_> {
    fn advance(&mut self, _now: f64) {}
    fn cancelled(&mut self, _n: u64) {}
    fn finish(&mut self, _end: f64) {}
    fn arrival(&mut self, _turned_away: bool) {}
    fn in_flight(&mut self, _n: u64) {}
    fn busy(&mut self, _stage: usize, _from: f64, _length: f64) {}
    fn session(&mut self, _took: f64, _finished: bool) {}
    fn step(&mut self, now: f64, step: &Step, took: f64, outcome: Outcome) {
        if now < self.from || now > self.to {
            return;
        }
        for (term, (bad, all)) in self.slo.0.iter().zip(&mut self.counts) {
            if term.step.as_ref().is_none_or(|name| *name == step.name) {
                *all += 1;
                *bad += u64::from(match term.limit {
                    SloLimit::Latency { below, .. } => took > below.0,
                    SloLimit::Errors { .. } => outcome != Outcome::Ok,
                });
            }
        }
    }
}

/// The share of bad steps of each promise under a load of Poisson arrivals, over `sessions` sessions.
#[must_use]
pub fn long_run(server: &SimServer, slo: &Slo, offered: Rate, sessions: f64, seed: u64) -> Vec<f64> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let hold = Seconds(sessions / offered.0);
    let settle = Seconds(0.05 * hold.0);
    let arrivals = schedule(&mut rng, Arrivals::Poisson, offered.0, settle.0 + hold.0);
    let mut speed = SpeedPath::new(server.speed, seed);
    let spec = TrialSpec { purpose: redline_model::Purpose::Hold, offered, settle, hold, cap: None };
    let mut tally = Tally { slo, from: settle.0, to: settle.0 + hold.0, counts: vec![(0, 0); slo.0.len()] };
    Engine::new(server, &mut rng, &mut speed, 0.0, &mut tally).run(&spec, &arrivals);
    tally.counts.iter().map(|(bad, all)| *bad as f64 / (*all).max(1) as f64).collect()
}

/// By how much the worst promise is broken: the largest share of bad steps ÷ what is allowed.
#[must_use]
pub fn strain(server: &SimServer, slo: &Slo, offered: Rate, sessions: f64, seed: u64) -> f64 {
    let shares = long_run(server, slo, offered, sessions, seed);
    shares.iter().zip(&slo.0).map(|(bad, term)| bad / term.allowed().0).fold(0.0, f64::max)
}
