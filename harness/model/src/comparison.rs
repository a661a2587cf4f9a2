//! Several stacks side by side: what differs between them, what each carries, and which is better.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bytes, Capacity, Interval, LatencySummary, Outage, Rate, Seconds, Share, VerdictKind};

/// The version of the stored comparison; it changes when a reader of the old one would misread the new one.
pub const COMPARISON_VERSION: u32 = 1;

/// The document of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// See [`COMPARISON_VERSION`].
    pub comparison_version: u32,
    /// Its name.
    pub name: String,
    /// When it was made, UTC, RFC 3339.
    pub made: String,
    /// The command that made it.
    pub command: String,
    /// The scenario, that of the first stack where they differ.
    pub scenario: String,
    /// The promises of the first stack, as text.
    pub slo: Vec<String>,
    /// What all visitors came from, where the stacks were measured together.
    #[serde(default)]
    pub seed: Option<u64>,
    /// How it was measured.
    pub how: Pairing,
    /// Rounds that are complete.
    pub rounds: u32,
    /// What became of each stack while the others had their turns; absent where there were none.
    #[serde(default)]
    pub waiting: Option<Waiting>,
    /// Why it was ended early, where it was.
    #[serde(default)]
    pub interrupted: Option<String>,
    /// In what the stacks differ, those first that are not what is compared.
    pub differences: Vec<Difference>,
    /// Each stack; the others are compared with the first.
    pub stacks: Vec<ComparedStack>,
    /// Each figure of each other stack against the first's.
    pub contrasts: Vec<Contrast>,
    /// The answer in plain words, a sentence for each other stack.
    pub sentences: Vec<String>,
    /// What the reader must know to read the figures right.
    pub caveats: Vec<String>,
}

/// How stacks were brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pairing {
    /// In turns that lie close together, with the same visitors.
    Paired,
    /// In runs of their own, at other times.
    Unpaired,
}

/// What becomes of a stack while others have their turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// It runs, and nothing is asked of it.
    Resting,
    /// All its processes are frozen.
    Frozen,
    /// It is removed; for its next turn it is started and warmed up anew.
    Removed,
}

/// What a difference means for the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It makes the comparison unfair: nothing is concluded.
    Unfair,
    /// It may move figures a little; the reader should know.
    Worth,
    /// It is what is compared.
    Subject,
}

/// Something in which the stacks differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// What it is.
    pub what: String,
    /// What it is in each stack, in their order.
    pub values: Vec<String>,
    /// What follows.
    pub effect: Effect,
}

/// One stack as its own run has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedStack {
    /// What it is called here: its topology, numbered where that is there more than once.
    pub name: String,
    /// Its run.
    pub run: String,
    /// When that started.
    pub started: String,
    /// What kind of answer its run gave.
    pub kind: VerdictKind,
    /// Its run's answer in plain words.
    pub sentence: String,
    /// How many servers it has.
    pub servers: u32,
    /// Cores of all servers together.
    pub cores: f64,
    /// Memory of all servers together.
    pub memory: Bytes,
    /// The most that it completes.
    pub saturation: Option<Capacity>,
    /// Requests per second of that, adjusted for the machine's speed.
    pub adjusted: Option<Interval>,
    /// The most that keeps the promise.
    pub sustainable: Option<Capacity>,
    /// Response times at a load that is the same for all stacks.
    pub same_load: Option<SameLoad>,
    /// Every fit trial with nobody turned away, by load.
    pub curve: Vec<LoadPoint>,
    /// What gives out first, and how sure that is.
    pub bottleneck: Option<String>,
    /// CPU time of its servers for each session at saturation.
    pub cpu_per_session: Option<Seconds>,
    /// CPU time of each component for each session at saturation.
    pub components: Vec<(String, Seconds)>,
    /// Body bytes of a session.
    pub bytes_per_session: Option<f64>,
    /// What each kind of cache took off what is behind it.
    #[serde(default)]
    pub caches: Vec<ComparedCache>,
    /// What each fault did.
    pub faults: Vec<ComparedFault>,
    /// What each deployment did.
    pub deploys: Vec<ComparedDeploy>,
    /// What takes the whole site along when it fails.
    pub single_points: Vec<SinglePoint>,
}

/// One load of one stack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadPoint {
    /// Sessions offered per second.
    pub offered: Rate,
    /// Sessions completed per second.
    pub completed: Rate,
    /// 95th percentile of the response time of all steps.
    pub p95: Seconds,
}

/// Response times at a load that was held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SameLoad {
    /// Sessions offered per second.
    pub offered: Rate,
    /// Of all steps.
    pub response: LatencySummary,
    /// The share of steps that failed.
    pub failed: Share,
    /// Trials that it is made of.
    pub trials: u32,
}

/// The caches of one kind in a row; those of servers that are alike count as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedCache {
    /// The component and what it keeps.
    pub cache: String,
    /// Hits ÷ (hits + misses); absent where nothing was looked for.
    pub hit_rate: Option<Share>,
    /// Hits ÷ all requests to it, those included that it may not answer.
    pub of_all: Option<Share>,
}

/// A fault in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedFault {
    /// What was broken.
    pub fault: String,
    /// Sessions offered per second.
    pub offered: Rate,
    /// That as a share of the stack's own sustainable load.
    pub of_sustainable: Option<Share>,
    /// For how long visitors were failed.
    pub outage: Outage,
    /// Seconds' worth of service that were lost.
    pub lost_service: Seconds,
    /// Standard error of that.
    pub lost_service_error: Seconds,
    /// Orders that were acknowledged and are gone, and how many were acknowledged.
    pub orders_lost: Option<(u64, u64)>,
}

/// A deployment in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedDeploy {
    /// How the new version came.
    pub deploy: String,
    /// Sessions offered per second.
    pub offered: Rate,
    /// All the time in which a visitor who came was failed.
    pub downtime: Seconds,
    /// Steps that failed.
    pub failed: u64,
}

/// A part without another that could take its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SinglePoint {
    /// The component or server.
    pub what: String,
    /// The outage when it was killed; absent where that was not tried: then it is by the stack's structure alone.
    pub outage: Option<Outage>,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ComparedFigure {
    /// The most that is completed. More is better.
    SaturationThroughput,
    /// CPU time of the servers for the same work. Less is better.
    CpuTime,
    /// 95th percentile of the response time at the same load. Less is better.
    P95,
}

/// Which of two is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Better than the first.
    Better,
    /// Worse than the first.
    Worse,
    /// It cannot be told.
    Inconclusive,
}

/// One figure of one stack against the first's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contrast {
    /// The stack.
    pub stack: String,
    /// The first one.
    pub against: String,
    /// Which figure.
    pub figure: ComparedFigure,
    /// How it was measured.
    pub how: Pairing,
    /// Pairs that it rests on; 0 where it was not paired.
    pub pairs: u32,
    /// The stack's figure ÷ the first's, with its 95 % interval.
    pub ratio: Option<Interval>,
    /// The same without the adjustment for how fast the machine was in each slice; absent where nothing was adjusted.
    #[serde(default)]
    pub raw_ratio: Option<Interval>,
    /// The chance of such pairs if there were no difference (two-sided, corrected for the number of stacks).
    pub p: Option<f64>,
    /// The smallest difference that would have been called one in 19 of 20 cases.
    pub detectable: Option<Share>,
    /// The answer.
    pub answer: Answer,
    /// Why it cannot be told, where it cannot.
    #[serde(default)]
    pub why_not: Option<String>,
}
