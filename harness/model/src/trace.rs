//! Single steps, for what sums per second cannot tell.

use serde::{Deserialize, Serialize};

use crate::{Mono, Outcome};

/// Whether a worker reports every single step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// Sums per second are enough.
    #[default]
    Off,
    /// Each step that ends is in [`crate::Tick::trace`].
    Steps,
}

/// One step as its visitor had it. On the wire an array of its fields, since there are many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub struct StepTrace {
    /// When it was meant to begin.
    pub intended: Mono,
    /// When its last byte had arrived, or it had failed.
    pub ended: Mono,
    /// Its name.
    pub step: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it was right and within the SLO.
    pub good: bool,
    /// The visitor's number in the run.
    pub session: u64,
    /// The version of the site that its page was made by, where that said so.
    pub version: Option<String>,
}

type Row = (Mono, Mono, String, Outcome, bool, u64, Option<String>);

impl From<Row> for StepTrace {
    fn from((intended, ended, step, outcome, good, session, version): Row) -> Self {
        Self { intended, ended, step, outcome, good, session, version }
    }
}

impl From<StepTrace> for Row {
    fn from(step: StepTrace) -> Self {
        (step.intended, step.ended, step.step, step.outcome, step.good, step.session, step.version)
    }
}
