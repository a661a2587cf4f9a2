//! What redline concludes, always with its interval and its evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Intervention, Rate, Seconds, Share};

/// What kind of answer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// The load at which the server saturates was found.
    Saturated,
    /// The server carries at least this; the generator or the plan ended before the server did.
    AtLeast,
    /// The stack saturates, but the SLO does not define a capacity: it is broken at any load, or the
    /// share of slow steps barely reacts to load.
    SloUndefined,
    /// The measurement is not valid; no capacity is given.
    Invalid,
    /// A load that the user asked for was held and reported; no capacity was searched.
    Held,
}

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The best estimate.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The same interval in another unit.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { estimate: self.estimate * factor, low: self.low * factor, high: self.high * factor }
    }
}

/// One load in the units that people think in, each per second but the shoppers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Capacity {
    /// HTTP requests answered per second.
    pub requests_per_second: Interval,
    /// Sessions per second.
    pub sessions_per_second: Interval,
    /// Orders per second.
    pub orders_per_second: Interval,
    /// Concurrent shoppers at the scenario's think time, by Little's law.
    pub shoppers: Interval,
}

/// The saturation throughput as it would be if the machine were as fast as a reference: for comparing runs
/// at different times on a machine whose speed varies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpeedAdjusted {
    /// HTTP requests answered per second at the reference.
    pub requests_per_second: Interval,
    /// CPU seconds that the generator took for a response in those trials: mean, least and most.
    pub generator_per_response: Interval,
    /// The same at the reference.
    pub reference_per_response: Seconds,
}

/// How sure the bottleneck is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BottleneckStatus {
    /// An intervention on it changed the throughput, on nothing else.
    Confirmed,
    /// Two limits bind together.
    Joint,
    /// Its signals point to it; no intervention was made.
    Suspected,
    /// Nothing points to one place.
    Unknown,
}

/// What gave out first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bottleneck {
    /// The component, `server` for what all share, `generator`, or `none`.
    pub component: String,
    /// The resource: `cpu`, `pool`, `connections`, `row-locks`, `accept-queue`, `memory`, …
    pub resource: String,
    /// How sure it is.
    pub status: BottleneckStatus,
    /// d ln(throughput) ÷ d ln(resource), where an intervention measured it.
    pub elasticity: Option<f64>,
    /// What points to it, each with its figure and its threshold.
    pub evidence: Vec<String>,
    /// Other resources whose signals were raised, and why they come second.
    #[serde(default)]
    pub others: Vec<String>,
    /// What was changed to prove it, and what came of it.
    #[serde(default)]
    pub interventions: Vec<Intervention>,
    /// Resources that could not be changed here, and why.
    #[serde(default)]
    pub untested: Vec<String>,
    /// What follows from it, in one sentence with its expected gain.
    #[serde(default)]
    pub advice: Option<String>,
}

/// How the stack behaves when more comes than it can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// The goodput stays at 95 % of its peak or more.
    Graceful,
    /// The goodput falls, to 70 % of its peak at worst.
    Degraded,
    /// The goodput falls below 70 % of its peak.
    Collapse,
    /// A larger load had more goodput than a smaller one: the stack or the machine was disturbed in one of them.
    Unclear,
}

/// One load beyond the peak, offered with nobody turned away.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverloadPoint {
    /// The load ÷ the saturation throughput.
    pub factor: f64,
    /// Sessions offered per second.
    pub offered: Rate,
    /// Goodput ÷ peak goodput.
    pub goodput: Share,
}

/// What becomes of the goodput beyond its peak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AfterPeak {
    /// The most steps per second that were correct and within the SLO, in any trial with nobody turned away.
    pub peak: Rate,
    /// Responses for each second of the generator's CPU time meanwhile; absent where the stack's CPUs were not what gave
    /// out, so that its throughput does not go with it.
    #[serde(default)]
    pub machine_speed: Option<f64>,
    /// What it is called.
    pub behaviour: Behaviour,
    /// Each load that was tried.
    pub points: Vec<OverloadPoint>,
    /// For how long each was, from its first visitor on. What waits grows all the while: what lasts longer ends worse.
    #[serde(default)]
    pub lasted: Option<Seconds>,
    /// The load in sessions per second at which the goodput falls under 90 % of its peak: interpolated between the two
    /// loads that bound it. Absent where it did not fall so far.
    pub collapse: Option<Interval>,
}

/// A point of the curve of throughput over concurrency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CurvePoint {
    /// Time-averaged sessions in flight.
    pub in_flight: f64,
    /// Sessions completed per second.
    pub throughput: Rate,
}

/// The Universal Scalability Law X(n) = λn ÷ (1 + σ(n − 1) + κn(n − 1)), n sessions in flight, as fitted to the trials
/// (Gunther, Guerrilla Capacity Planning, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scalability {
    /// λ: throughput of one session alone, per second.
    pub alone: Rate,
    /// σ: the serial share.
    pub contention: f64,
    /// κ: the cost of keeping each other informed.
    pub coherency: f64,
    /// The most sessions in flight of any trial that it was fitted to; beyond that it says nothing.
    pub reach: f64,
}

/// What two usual rules make of the curve of throughput over concurrency. They annotate it and decide nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CurveNotes {
    /// Where the curve bends most (Kneedle; Satopää et al., 2011). Absent where it has too few points or no bend.
    pub bend: Option<CurvePoint>,
    /// The Universal Scalability Law, where it fits.
    pub scalability: Option<Scalability>,
    /// Why the law says nothing here.
    pub no_scalability: Option<String>,
}

/// What redline concludes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What kind of answer it is.
    pub kind: VerdictKind,
    /// The answer in one or two sentences.
    pub sentence: String,
    /// The most the stack completes per second, however hard it is driven.
    pub saturation: Option<Capacity>,
    /// The same, adjusted for how fast the machine was.
    #[serde(default)]
    pub saturation_adjusted: Option<SpeedAdjusted>,
    /// The highest offered load that keeps the SLO.
    pub sustainable: Option<Capacity>,
    /// The load with the highest throughput ÷ response time.
    pub knee: Option<Capacity>,
    /// What gave out first.
    pub bottleneck: Option<Bottleneck>,
    /// What becomes of the goodput when more comes than can be served, where it was tried.
    #[serde(default)]
    pub after_peak: Option<AfterPeak>,
    /// Notes on the curve of throughput over concurrency, where the stack was driven to saturation. Nothing above
    /// depends on them.
    #[serde(default)]
    pub curve: Option<CurveNotes>,
    /// What the reader must know to read the figures right.
    #[serde(default)]
    pub caveats: Vec<String>,
}

impl Verdict {
    /// A verdict that states no capacity.
    #[must_use]
    pub fn without_capacity(kind: VerdictKind, sentence: String, caveats: Vec<String>) -> Self {
        Self {
            kind,
            sentence,
            saturation: None,
            saturation_adjusted: None,
            sustainable: None,
            knee: None,
            bottleneck: None,
            after_peak: None,
            curve: None,
            caveats,
        }
    }
}
