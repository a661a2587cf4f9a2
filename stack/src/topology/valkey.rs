//! How Valkey is set.

use redline_model::Bytes;
use serde::Deserialize;

use super::{TopologyError, check::Checker, written};

/// The store that application servers share: objects that the database was asked for, and sessions where PHP is told
/// to keep them here (`sessions = "valkey"`). Nothing of it is on a disk.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValkeySettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// `maxmemory`: what it keeps; when that is full it forgets what was not used for longest. Whole MiB.
    #[serde(deserialize_with = "written::text")]
    pub max_memory: Bytes,
}

impl Default for ValkeySettings {
    fn default() -> Self {
        Self { memory: None, max_memory: Bytes(32 << 20) }
    }
}

impl ValkeySettings {
    pub(super) fn check(&self, check: &Checker<'_>, memory: Bytes) -> Result<(), TopologyError> {
        check.whole_mebibytes("max_memory", self.max_memory)?;
        check.at_most_share("max_memory", self.max_memory, memory, (3, 4))
    }
}
