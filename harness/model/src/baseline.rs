//! What a stack carried on one class of machine: what later runs there are held against.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Interval, RunReport};

/// The version of the stored document of a baseline.
pub const BASELINE_SCHEMA_VERSION: u32 = 1;

/// A baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// See [`BASELINE_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The class of machine that it holds for.
    pub machine_class: String,
    /// The scenario.
    pub scenario: String,
    /// The topology.
    pub topology: String,
    /// The run that it was taken from.
    pub run: String,
    /// When that started, UTC.
    pub started: String,
    /// Requests per second at saturation.
    pub saturation: Option<Interval>,
    /// The same, adjusted for how fast the machine was.
    pub saturation_adjusted: Option<Interval>,
    /// Requests per second that keep the SLO.
    pub sustainable: Option<Interval>,
}

impl Baseline {
    /// What a run found; nothing where it gives no capacity.
    #[must_use]
    pub fn of(run: &RunReport) -> Option<Self> {
        let verdict = &run.verdict;
        let saturation = verdict.saturation.map(|c| c.requests_per_second);
        let sustainable = verdict.sustainable.map(|c| c.requests_per_second);
        (verdict.kind == crate::VerdictKind::Saturated && run.interrupted.is_none()).then(|| Self {
            schema_version: BASELINE_SCHEMA_VERSION,
            machine_class: run.fingerprint.environment.class(),
            scenario: run.fingerprint.scenario.clone(),
            topology: run.fingerprint.topology.clone(),
            run: run.run.clone(),
            started: run.started.clone(),
            saturation,
            saturation_adjusted: verdict.saturation_adjusted.map(|a| a.requests_per_second),
            sustainable,
        })
    }
}
