//! What a worker is told to do: the first and only JSON line on its standard input.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Mono, Rate, Seconds, Share, Slo, Target, Trace};

/// How the moments at which sessions are meant to start are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// Evenly spaced.
    Constant,
    /// A Poisson process: independent visitors.
    Poisson,
}

/// A piece of the schedule: the rate goes linearly from `from` to `to` in `length`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stage {
    /// The rate at its beginning, in sessions per second.
    pub from: Rate,
    /// The rate at its end, in sessions per second.
    pub to: Rate,
    /// How long it lasts.
    pub length: Seconds,
}

/// Who decides when sessions start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadModel {
    /// Sessions arrive by a schedule, whatever became of earlier ones. With a think scale above zero
    /// this is the partly-open model.
    Open {
        /// How arrivals are spaced.
        arrivals: Arrivals,
        /// The rate over time, for all shards together.
        stages: Vec<Stage>,
    },
    /// A fixed number of users, each starting its next session when the last one has ended.
    Closed {
        /// Users of all shards together.
        users: u32,
        /// For how long sessions are started.
        length: Seconds,
    },
}

/// What happens to an arrival when as many sessions as allowed are in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenFull {
    /// It waits, and its waiting counts as its user's latency and as slot exhaustion.
    Wait,
    /// It is turned away and counted. For overdriving: more load than can be served, a bounded number
    /// in flight, so that the mix of steps stays the one of complete sessions.
    TurnAway,
}

/// By how much the scenario's think times are multiplied; 0 leaves them out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ThinkScale(pub f64);

/// What visitors do when a page fails.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Retries {
    /// How often one tries again at most, 0.1 s after each failure; 0: never.
    pub most: u32,
    /// Retries of all visitors together are at most this share of their first tries, and ten more; absent: no bound.
    #[serde(default)]
    pub budget: Option<Share>,
}

/// Which part of the schedule this worker carries: arrivals whose index modulo `count` is `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// This worker, from 0.
    pub index: u32,
    /// All workers.
    pub count: u32,
}

/// What a scenario needs to know beyond its name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct JourneyOptions {
    /// The path that scenario `url` gets.
    #[serde(default)]
    pub path: Option<String>,
    /// For scenario `calibration`: requests a session.
    #[serde(default)]
    pub requests_per_session: Option<u32>,
}

/// Everything that a worker needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadPlan {
    /// The name of the scenario.
    pub scenario: String,
    /// What the scenario needs to know beyond its name.
    pub options: JourneyOptions,
    /// Where the load goes.
    pub target: Target,
    /// Who decides when sessions start.
    pub model: LoadModel,
    /// Think time scale.
    pub think: ThinkScale,
    /// How many sessions of this worker may be in flight.
    pub slots: u32,
    /// What happens beyond that.
    pub when_full: WhenFull,
    /// When the schedule begins, on the machine's monotonic clock; at least 0.2 s ahead.
    pub start: Mono,
    /// How long sessions in flight may take after the schedule has ended before they are cancelled.
    pub drain: Seconds,
    /// Which part of the schedule this worker carries.
    pub shard: Shard,
    /// The run's seed; everything random follows from it and the index of the session.
    pub seed: u64,
    /// What the identifiers of orders and accounts come from: another one in each trial, so that two trials with
    /// the same seed and sessions do not place the same orders.
    pub order_seed: u64,
    /// The index of the plan's first session: keeps sessions of successive trials different.
    pub first_session: u64,
    /// What decides whether a step was good.
    pub slo: Slo,
    /// What visitors do when a page fails.
    #[serde(default)]
    pub retries: Retries,
    /// Whether every single step is reported.
    #[serde(default)]
    pub trace: Trace,
    /// From so long after the schedule's start on, the first few sessions are told with all their requests; absent:
    /// none is.
    #[serde(default)]
    pub watch: Option<Seconds>,
    /// Goes into each request's `X-Redline` header, so that the access log can be counted by trial.
    pub tag: String,
    /// The CPUs that the worker may use; empty: any.
    pub cpus: Vec<usize>,
}
