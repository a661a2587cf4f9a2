//! What is simulated: stages in a row, a session's steps, and what goes wrong.

use redline_model::{Rate, Seconds};

use super::{speed::Speed, toggle::Toggle};

/// One stage: `servers` that serve one step each, first come first served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// How many serve at the same time.
    pub servers: u32,
    /// Mean service time of a step of weight 1.
    pub demand: Seconds,
    /// Coefficient of variation of the service time (lognormal; 0 is constant).
    pub variation: f64,
}

/// One step of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Its demand at every stage, relative to the stage's mean.
    pub weight: f64,
    /// Requests that it stands for.
    pub requests: u64,
    /// The share of sessions that make it.
    pub share: f64,
}

/// From a moment of the run on, everything takes `factor` times as long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Since the start of the run.
    pub at: Seconds,
    /// Of the service times.
    pub factor: f64,
}

/// A server.
#[derive(Debug, Clone, PartialEq)]
pub struct SimServer {
    /// The stages that each step passes.
    pub stages: Vec<Stage>,
    /// The steps of each session.
    pub steps: Vec<Step>,
    /// The share of steps that fail at once.
    pub errors: f64,
    /// The share of steps that take `stall` longer without keeping anyone else.
    pub stalls: f64,
    /// How much longer.
    pub stall: Seconds,
    /// What changes during the run.
    pub change: Option<Change>,
    /// Stages that are made scarcer for a while.
    pub toggles: Vec<Toggle>,
    /// The factor on all service times in each second of the run, the last one for good; empty: 1.
    pub slowness: Vec<f64>,
    /// So many steps a second are let in, and the others fail at once; absent: all are.
    pub limiter: Option<Rate>,
    /// How its speed wanders.
    pub speed: Speed,
    /// Sessions per second beyond which the generator's own lag grows; absent: it has no limit.
    pub generator_limit: Option<Rate>,
}

impl SimServer {
    /// One stage with `servers`, `steps` equal steps a session, and `capacity` sessions per second.
    #[must_use]
    pub fn with_capacity(capacity: Rate, servers: u32, steps: u32, variation: f64) -> Self {
        let demand = Seconds(f64::from(servers) / (capacity.0 * f64::from(steps)));
        let step = Step { name: "page".into(), weight: 1.0, requests: 4, share: 1.0 };
        Self {
            stages: vec![Stage { servers, demand, variation }],
            steps: vec![step; steps as usize],
            errors: 0.0,
            stalls: 0.0,
            stall: Seconds(0.0),
            change: None,
            toggles: Vec::new(),
            slowness: Vec::new(),
            limiter: None,
            speed: Speed::CONSTANT,
            generator_limit: None,
        }
    }
    /// Saturation throughput in closed form: the least of servers ÷ demand of a session over the stages.
    #[must_use]
    pub fn capacity(&self) -> Rate {
        let weight: f64 = self.steps.iter().map(|s| s.weight * s.share).sum();
        let of = |s: &Stage| f64::from(s.servers) / (s.demand.0 * weight);
        Rate(self.stages.iter().map(of).fold(f64::INFINITY, f64::min))
    }
}
