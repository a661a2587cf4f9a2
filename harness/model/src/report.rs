//! The document of a run: everything that any report is made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    BrowserReport, CacheReport, Check, Demands, DeployReport, FailureReport, Fingerprint, OverloadReport, Rate,
    SampledSession, Seconds, Timeline, TrialResult, Verdict,
};

/// The version of the stored document; it changes when a reader of the old one would misread the new one.
///
/// 2: the timeline is stored by column, with what each component was doing.
pub const SCHEMA_VERSION: u32 = 2;

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
    /// The servers and components whose limits on CPU were lifted while that was measured, so that they were not
    /// measured instead; empty where the stack was as it always is.
    #[serde(default)]
    pub limits_lifted: Vec<String>,
    /// What each step costs each component, and what follows from it.
    #[serde(default)]
    pub demands: Option<Demands>,
    /// What each fault did, where some were injected.
    #[serde(default)]
    pub failures: Vec<FailureReport>,
    /// What each deployment did, where some were made.
    #[serde(default)]
    pub deployments: Vec<DeployReport>,
    /// What became of each overload, where some were made.
    #[serde(default)]
    pub overloads: Vec<OverloadReport>,
    /// What a real browser saw, where one was asked for.
    #[serde(default)]
    pub browser: Option<BrowserReport>,
    /// A session at the sustainable load and one at saturation, or one at the load held.
    #[serde(default)]
    pub sessions: Vec<SampledSession>,
    /// What each cache did, where the stack has some.
    #[serde(default)]
    pub caches: Vec<CacheReport>,
    /// Every trial.
    pub trials: Vec<TrialResult>,
    /// Every second.
    pub timeline: Timeline,
}
