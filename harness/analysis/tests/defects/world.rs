//! A sound measurement, and what may be done to it before it is assembled.

use redline_analysis::{
    AccessLog, Limits, TrialInput, assemble,
    simulator::{SimServer, Simulator},
};
use redline_model::{Mono, Purpose, Rate, Sample, Seconds, Slo, Tick, TrialResult, TrialSpec};

/// What a trial leaves behind.
#[derive(Clone)]
pub struct World {
    pub ticks: Vec<Tick>,
    pub samples: Vec<Sample>,
    pub log: AccessLog,
    spec: TrialSpec,
    start: Mono,
}

fn slo() -> Slo {
    Slo::parse(["p95<100ms"]).unwrap()
}

/// Servers at a low, a high and more than the full load, in a few sizes.
pub fn sound(seeds: u64) -> Vec<World> {
    let sizes = [(40.0, 2, 4, 0.5), (120.0, 8, 6, 1.0)];
    let loads = [(0.3, None, Purpose::Hold), (0.8, None, Purpose::Hold), (1.5, Some(40), Purpose::Overdrive)];
    let mut all = Vec::new();
    for seed in 0..seeds {
        for (capacity, servers, steps, variation) in sizes {
            for (load, cap, purpose) in loads {
                let server = SimServer::with_capacity(Rate(capacity), servers, steps, variation);
                let (offered, settle, hold) = (Rate(load * capacity), Seconds(2.0), Seconds(10.0));
                let mut simulator = Simulator::new(server, slo(), 31 * seed + servers as u64);
                let spec = TrialSpec { purpose, offered, settle, hold, cap };
                simulator.trial(spec);
                all.push(World::of(&simulator, spec));
            }
        }
    }
    all
}

impl World {
    fn of(simulator: &Simulator, spec: TrialSpec) -> Self {
        let mut ticks = simulator.ticks.clone();
        // The simulator's steps have no assets: the page is the step.
        ticks.iter_mut().flat_map(|t| &mut t.steps).for_each(|s| s.service = s.response.clone());
        let lines = ticks.iter().map(|t| t.requests.outcomes.responses()).sum();
        let time = Seconds(ticks.iter().map(|t| t.requests.service_sum.0).sum());
        let log = AccessLog { lines, limited: 0, request_time: time, upstream_time: time };
        Self { ticks, samples: simulator.samples.clone(), log, spec, start: simulator.run_start() }
    }
    /// The trial as it would be reported.
    pub fn assembled(&self) -> TrialResult {
        let slo = slo();
        assemble(&TrialInput {
            number: 1,
            spec: self.spec,
            run_start: self.start,
            start: self.start,
            ticks: &self.ticks,
            samples: &self.samples,
            memory_limits: &[],
            access_log: Some(self.log),
            slo: &slo,
            limits: Limits::for_slo(&slo),
        })
    }
    /// The checks that fail.
    pub fn failed(&self) -> Vec<String> {
        self.assembled().checks.into_iter().filter(|c| !c.passed).map(|c| c.check).collect()
    }
}
