//! How much the caches of a stack took off what is behind them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Share;

/// How requests to one cache ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CacheCounts {
    /// Answered from it.
    pub hits: u64,
    /// Looked for in it and not found, or too old.
    pub misses: u64,
    /// Not looked for, or of a kind that may not be kept.
    pub passed: u64,
}

impl CacheCounts {
    /// Adds what another has counted.
    pub fn merge(&mut self, more: Self) {
        self.hits += more.hits;
        self.misses += more.misses;
        self.passed += more.passed;
    }
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.hits + self.misses + self.passed
    }
    /// Hits ÷ (hits + misses); absent where nothing was looked for.
    #[must_use]
    pub fn hit_rate(&self) -> Option<Share> {
        let looked_for = self.hits + self.misses;
        (looked_for > 0).then(|| Share(self.hits as f64 / looked_for as f64))
    }
    /// Hits ÷ all; absent where there was nothing.
    #[must_use]
    pub fn of_all(&self) -> Option<Share> {
        (self.total() > 0).then(|| Share(self.hits as f64 / self.total() as f64))
    }
}

/// One cache over all trials of a run but the calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CacheReport {
    /// Its server.
    pub server: String,
    /// The component that it is or that it is in.
    pub component: String,
    /// What it keeps, in a few words.
    pub keeps: String,
    /// How requests to it ended.
    pub counts: CacheCounts,
    /// Hits ÷ (hits + misses).
    pub hit_rate: Option<Share>,
    /// Hits ÷ all requests to it, those included that it may not answer.
    pub of_all: Option<Share>,
}

impl CacheReport {
    /// With the rates that follow from the counts.
    #[must_use]
    pub fn new(server: String, component: String, keeps: &str, counts: CacheCounts) -> Self {
        let (hit_rate, of_all) = (counts.hit_rate(), counts.of_all());
        Self { server, component, keeps: keeps.to_owned(), counts, hit_rate, of_all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_kept_is_no_miss() {
        let mut counts = CacheCounts { hits: 6, misses: 1, passed: 5 };
        counts.merge(CacheCounts { hits: 3, misses: 2, passed: 1 });
        assert_eq!(counts.hit_rate(), Some(Share(0.75)));
        assert_eq!(counts.of_all(), Some(Share(0.5)));
        assert_eq!(CacheCounts { passed: 3, ..CacheCounts::default() }.hit_rate(), None);
    }
}
