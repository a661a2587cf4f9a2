//! How the edge cache is set.

use redline_model::{Bytes, Seconds};
use serde::Deserialize;

use super::{TopologyError, check::Checker, written};

/// Varnish, as an edge cache: static files, and pages for visitors without a session, for as long as the shop allows
/// (`page_ttl`) or until the shop or a deployment says that they have changed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VarnishSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// The servers that it asks; empty: the load balancers, else all that have Nginx.
    pub to: Vec<String>,
    /// What it keeps; whole MiB.
    #[serde(deserialize_with = "written::text")]
    pub storage: Bytes,
    /// For how long a page that is too old is still given out while a new one is fetched; whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub grace: Seconds,
}

impl Default for VarnishSettings {
    fn default() -> Self {
        Self { memory: None, to: Vec::new(), storage: Bytes(64 << 20), grace: Seconds(10.0) }
    }
}

impl VarnishSettings {
    pub(super) fn check(&self, check: &Checker<'_>, memory: Bytes) -> Result<(), TopologyError> {
        check.whole_seconds("grace", self.grace)?;
        check.whole_mebibytes("storage", self.storage)?;
        // The rest is for its threads and for its log in shared memory.
        check.at_most_share("storage", self.storage, memory, (1, 2))
    }
}
