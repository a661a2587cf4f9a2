//! Makes trials and whole searches against a simulated server.

use std::time::Duration;

use rand::{SeedableRng, rngs::SmallRng};
use redline_model::{Arrivals, Mono, Sample, Seconds, Slo, Tick, TrialResult, TrialSpec};

use super::{
    arrivals::schedule,
    engine::Engine,
    recorder::Recorder,
    server::{Change, SimServer},
    speed::SpeedPath,
};
use crate::{Limits, Next, Search, SearchOutcome, TrialInput, assemble, checks::AccessLog};

/// A simulated stack with its load generator.
#[derive(Debug, Clone)]
pub struct Simulator {
    server: SimServer,
    arrivals: Arrivals,
    slo: Slo,
    rng: SmallRng,
    speed: SpeedPath,
    clock: f64,
    /// Every trial that was made.
    pub trials: Vec<TrialResult>,
    /// Every sample that was taken.
    pub samples: Vec<Sample>,
    /// The ticks of the last trial.
    pub ticks: Vec<Tick>,
}

const RUN_START: Mono = Mono(1_000_000_000_000);

impl Simulator {
    /// A server with Poisson arrivals; everything random follows from `seed`.
    #[must_use]
    pub fn new(server: SimServer, slo: Slo, seed: u64) -> Self {
        let rng = SmallRng::seed_from_u64(seed);
        let speed = SpeedPath::new(server.speed, seed);
        Self {
            server,
            arrivals: Arrivals::Poisson,
            slo,
            rng,
            speed,
            clock: 0.0,
            trials: Vec::new(),
            samples: Vec::new(),
            ticks: Vec::new(),
        }
    }
    /// The same with other arrivals.
    #[must_use]
    pub fn arriving(mut self, arrivals: Arrivals) -> Self {
        self.arrivals = arrivals;
        self
    }
    /// The same on a machine whose speed takes the course of `machine`: simulators of one machine share its luck.
    #[must_use]
    pub fn on_machine(mut self, machine: u64) -> Self {
        self.speed = SpeedPath::new(self.server.speed, machine);
        self
    }
    /// Lets time pass until `moment`, while another simulator of the same machine is at work.
    pub fn wait_until(&mut self, moment: Seconds) {
        self.clock = self.clock.max(moment.0);
    }
    /// When the run started, on the samples' clock.
    #[must_use]
    pub fn run_start(&self) -> Mono {
        RUN_START
    }
    /// The seconds that have passed.
    #[must_use]
    pub fn elapsed(&self) -> Seconds {
        Seconds(self.clock)
    }
    /// From the next trial on everything takes `factor` times as long as the server's description says: another version
    /// of the same site, on the same machine.
    pub fn slowed(&mut self, factor: f64) {
        self.server.change = Some(Change { at: Seconds(self.clock), factor });
    }
    /// The same visitors with the same wishes come in the next trial as after any other call with this seed.
    pub fn reseed(&mut self, seed: u64) {
        self.rng = SmallRng::seed_from_u64(seed);
    }
    /// Makes one trial.
    pub fn trial(&mut self, spec: TrialSpec) -> TrialResult {
        let start = RUN_START.plus(Duration::from_secs_f64(self.clock));
        let length = spec.settle.0 + spec.hold.0;
        let limited = self.server.generator_limit.is_some_and(|limit| spec.offered.0 > limit.0);
        let lag = if limited { Duration::from_millis(5) } else { Duration::from_micros(80) };
        let arrivals = schedule(&mut self.rng, self.arrivals, spec.offered.0, length);
        let mut recorder = Recorder::new(start, &self.slo, &self.server, lag);
        Engine::new(&self.server, &mut self.rng, &mut self.speed, self.clock, &mut recorder).run(&spec, &arrivals);
        let samples = recorder.samples();
        let result = assemble(&TrialInput {
            number: self.trials.len() as u32 + 1,
            spec,
            run_start: RUN_START,
            start,
            ticks: &recorder.ticks,
            samples: &samples,
            memory_limits: &[],
            access_log: Some(log(&recorder)),
            slo: &self.slo,
            limits: Limits::for_slo(&self.slo),
        });
        self.clock += recorder.ticks.len() as f64 + 0.5;
        self.samples.extend(samples);
        self.ticks = recorder.ticks;
        self.trials.push(result.clone());
        result
    }
    /// Makes a whole search.
    pub fn search(&mut self, mut search: Search) -> SearchOutcome {
        loop {
            match search.next() {
                Next::Trial(spec) => {
                    let result = self.trial(spec);
                    search.record(&result);
                    search.spent(self.elapsed());
                }
                Next::Done(outcome) => return *outcome,
            }
        }
    }
}

/// What a server would have logged.
fn log(recorder: &Recorder) -> AccessLog {
    let requests = recorder.ticks.iter().map(|t| &t.requests);
    let time = Seconds(requests.clone().map(|r| r.service_sum.0).sum());
    let lines = requests.map(|r| r.outcomes.responses()).sum();
    AccessLog { lines, limited: 0, request_time: time, upstream_time: time }
}
