//! One validity check: a value, its limit and whether it was kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStatus {
    /// The value is within its limit.
    Passed,
    /// The value is not within its limit.
    Failed,
    /// It could not be made here; the detail says why.
    NotAvailable,
}

/// One validity check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Its name, stable: `schedule-lag`, `books-balance`, `little`, …
    pub check: String,
    /// Whether it was kept (`false` only if it failed).
    pub passed: bool,
    /// How it ended.
    pub status: CheckStatus,
    /// The value that was found, with its unit.
    pub value: String,
    /// The limit that it had to keep, with its unit.
    pub limit: String,
    /// What a failure means for the reader; for one that is not available, why.
    pub detail: String,
    /// The trial that it is about; absent for the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<u32>,
}

impl Check {
    /// A check that found `value` where `limit` had to be kept.
    #[must_use]
    pub fn new(
        name: &str,
        passed: bool,
        value: impl Into<String>,
        limit: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            check: name.into(),
            passed,
            status: if passed { CheckStatus::Passed } else { CheckStatus::Failed },
            value: value.into(),
            limit: limit.into(),
            detail: detail.into(),
            trial: None,
        }
    }
    /// A check that could not be made.
    #[must_use]
    pub fn not_available(name: &str, limit: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            check: name.into(),
            passed: true,
            status: CheckStatus::NotAvailable,
            value: "not available".into(),
            limit: limit.into(),
            detail: why.into(),
            trial: None,
        }
    }
    /// The same check, about trial `number`.
    #[must_use]
    pub fn of_trial(mut self, number: u32) -> Self {
        self.trial = Some(number);
        self
    }
}
