//! The document of a gate: each limit or metric with what was found, and what follows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Interval, Seconds};

/// The version of the stored document of a gate.
pub const GATE_SCHEMA_VERSION: u32 = 1;

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateOutcome {
    /// What was asked for holds, with the uncertainty of the measurement.
    Pass,
    /// It does not hold, with the uncertainty of the measurement.
    Fail,
    /// The measurement cannot tell.
    Inconclusive,
    /// The measurement is not valid; nothing is said.
    Invalid,
}

impl GateOutcome {
    /// As it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Invalid => "invalid",
        }
    }

    /// Of several together: one that fails fails all, then what is not valid counts, then what cannot be told. Invalid
    /// where there are none.
    #[must_use]
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        let weight = |o: &Self| match o {
            Self::Pass => 0,
            Self::Inconclusive => 1,
            Self::Invalid => 2,
            Self::Fail => 3,
        };
        all.into_iter().max_by_key(weight).unwrap_or(Self::Invalid)
    }
}

/// What kind of gate it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateKind {
    /// A run against the limits of a file.
    Budget,
    /// A candidate against a base, in pairs.
    Regression,
}

/// Where a limit is written, for annotations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One limit or metric, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The limit as written, or the metric's name.
    pub name: String,
    /// What follows.
    pub outcome: GateOutcome,
    /// What was found, with its unit and interval.
    pub found: String,
    /// What had to hold.
    pub limit: String,
    /// How it was come by, or why it cannot be told.
    pub detail: String,
    /// The figure with its interval, in the limit's unit; of a metric the share by which the candidate is worse.
    pub value: Option<Interval>,
    /// The smallest slowdown (as a share) that would have been called a failure with a chance of 95 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The document of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// See [`GATE_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What kind of gate it was.
    pub kind: GateKind,
    /// When it started, UTC, RFC 3339.
    pub started: String,
    /// How long it took.
    pub took: Seconds,
    /// The command that made it.
    pub command: String,
    /// What everything random came from; absent where a run that was saved is judged.
    pub seed: Option<u64>,
    /// What follows from all of it.
    pub outcome: GateOutcome,
    /// That in a sentence or two.
    pub sentence: String,
    /// What was judged: a run's name, or base and candidate.
    pub subject: String,
    /// The class of machine that it was measured on.
    pub machine_class: String,
    /// Each limit or metric.
    pub findings: Vec<Finding>,
    /// What got slower, most first, where a regression was found.
    #[serde(default)]
    pub suspects: Vec<Finding>,
    /// What the reader must know to read it right.
    #[serde(default)]
    pub caveats: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::{GateOutcome::*, *};

    #[test]
    fn the_worst_counts_and_nothing_is_no_pass() {
        assert_eq!(GateOutcome::of_all([Pass, Inconclusive, Pass]), Inconclusive);
        assert_eq!(GateOutcome::of_all([Pass, Invalid, Inconclusive]), Invalid);
        assert_eq!(GateOutcome::of_all([Invalid, Fail]), Fail);
        assert_eq!(GateOutcome::of_all([]), Invalid);
    }
}
