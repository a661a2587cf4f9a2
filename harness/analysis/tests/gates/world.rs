//! Two versions of one site on one machine whose speed wanders, drifts and has spikes, in virtual time.

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use redline_analysis::{
    Gate, GateRule,
    simulator::{SimServer, Simulator, Speed},
};
use redline_model::{GateOutcome, Purpose, Rate, Seconds, Slo, TrialResult, TrialSpec};

/// Sessions per second that the base completes.
const CAPACITY: f64 = 60.0;

/// How a gate ended.
#[derive(Debug)]
pub struct Ended {
    pub outcome: GateOutcome,
    pub pairs: usize,
    pub seconds: f64,
}

/// A server for longer than any gate lasts: noise of 3 % that is kept for half a minute, a drift of half a percent a
/// minute, and in one of fifty seconds something that makes all 1.2 to 2 times as slow for one to three seconds.
fn server(rng: &mut SmallRng) -> SimServer {
    let mut slowness = vec![1.0; 4_000];
    let mut at = 0;
    while at < slowness.len() {
        if rng.random::<f64>() < 0.02 {
            let (length, factor) = (rng.random_range(1..=3), rng.random_range(1.2..2.0));
            slowness.iter_mut().skip(at).take(length).for_each(|s| *s = factor);
            at += length;
        }
        at += 1;
    }
    let drift = 0.005 * if rng.random::<bool>() { 1.0 } else { -1.0 };
    let speed = Speed { noise: 0.03, memory: Seconds(30.0), drift, centre: Seconds(300.0) };
    SimServer { slowness, speed, ..SimServer::with_capacity(Rate(CAPACITY), 1, 6, 1.0) }
}

/// A gate of a candidate that takes `factor` times as long as the base, by the three metrics of `redline gate --base`.
pub fn gate(seed: u64, factor: f64, rule: &GateRule) -> Ended {
    let mut rng = SmallRng::seed_from_u64(seed);
    let server = server(&mut rng);
    let mut world = Simulator::new(server, Slo::parse(["p95<500ms"]).unwrap(), seed);
    let mut gate = Gate::new(rule.clone(), ["saturation", "cpu", "p95"]);
    loop {
        let mut slowdowns = driven(&mut world, &mut rng, factor);
        slowdowns.push(held(&mut world, &mut rng, factor));
        if let Some(judgement) = gate.record(&slowdowns) {
            return Ended { outcome: judgement.outcome, pairs: gate.pairs(), seconds: world.elapsed().0 };
        }
    }
}

/// One slice of each in random order with the same visitors: (base, candidate).
fn pair(world: &mut Simulator, rng: &mut SmallRng, factor: f64, spec: TrialSpec) -> (TrialResult, TrialResult) {
    let visitors = rng.random();
    let mut slice = |factor| {
        world.slowed(factor);
        world.reseed(visitors);
        let result = world.trial(spec);
        // Ten thousands of slices: what is not needed again is let go.
        world.trials.clear();
        world.samples.clear();
        result
    };
    if rng.random() {
        let base = slice(1.0);
        (base, slice(factor))
    } else {
        let candidate = slice(factor);
        (slice(1.0), candidate)
    }
}

/// Saturation throughput, then CPU time of a request.
fn driven(world: &mut Simulator, rng: &mut SmallRng, factor: f64) -> Vec<f64> {
    let spec = TrialSpec {
        purpose: Purpose::Overdrive,
        offered: Rate(1.5 * CAPACITY),
        settle: Seconds(2.0),
        hold: Seconds(6.0),
        cap: Some(24),
    };
    let (base, candidate) = pair(world, rng, factor, spec);
    let cpu = |t: &TrialResult| t.components.iter().filter_map(|c| c.cpu).sum::<f64>() / t.responses.0;
    vec![(base.completed.0 / candidate.completed.0).ln(), (cpu(&candidate) / cpu(&base)).ln()]
}

/// The 95th percentile at 70 % of what the base completes.
fn held(world: &mut Simulator, rng: &mut SmallRng, factor: f64) -> f64 {
    let spec = TrialSpec {
        purpose: Purpose::Hold,
        offered: Rate(0.7 * CAPACITY),
        settle: Seconds(2.0),
        hold: Seconds(6.0),
        cap: None,
    };
    let (base, candidate) = pair(world, rng, factor, spec);
    (candidate.response.p95.0 / base.response.p95.0).ln()
}
