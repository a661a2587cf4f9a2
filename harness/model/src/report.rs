//! The document of a run: everything that any report is made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Check, Demands, FailureReport, Fingerprint, LatencySummary, Rate, Seconds, TrialResult, Verdict};

/// The version of the stored document; it changes when a reader of the old one would misread the new one.
pub const SCHEMA_VERSION: u32 = 1;

/// One second of the run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TimelineSecond {
    /// From the start of the run.
    pub at: Seconds,
    /// The trial under way.
    pub trial: u32,
    /// Sessions meant to start.
    pub offered: Rate,
    /// Sessions that ended.
    pub completed: Rate,
    /// Responses.
    pub responses: Rate,
    /// Steps that were correct and within the SLO.
    pub good: Rate,
    /// Requests that failed.
    pub errors: Rate,
    /// Response time of the steps that ended.
    pub response: LatencySummary,
    /// Sessions in flight at the end.
    pub in_flight: u64,
    /// CPU of each component, in cores.
    pub cpu: Vec<(String, f64)>,
}

/// The document of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// See [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The name of the run: `<utc>-<scenario>-<topology>`.
    pub run: String,
    /// When it started, UTC, RFC 3339.
    pub started: String,
    /// How long it took, set-up and clean-up included.
    pub took: Seconds,
    /// The command that made it.
    pub command: String,
    /// What everything random came from.
    pub seed: u64,
    /// Whether the run was ended before its plan was complete, and why.
    pub interrupted: Option<String>,
    /// What was concluded.
    pub verdict: Verdict,
    /// The validity checks, those of single trials included.
    pub validity: Vec<Check>,
    /// What it was made on.
    pub fingerprint: Fingerprint,
    /// What the generator alone can do: requests per second against the trivial response.
    pub generator_ceiling: Option<Rate>,
    /// What each step costs each component, and what follows from it.
    #[serde(default)]
    pub demands: Option<Demands>,
    /// What each fault did, where some were injected.
    #[serde(default)]
    pub failures: Vec<FailureReport>,
    /// Every trial.
    pub trials: Vec<TrialResult>,
    /// Every second.
    pub timeline: Vec<TimelineSecond>,
}
