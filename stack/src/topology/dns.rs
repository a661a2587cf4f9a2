//! How the DNS server is set.

use redline_model::{Bytes, Seconds};
use serde::Deserialize;

use super::{check::Checker, written};

/// The authoritative DNS server for the site's zone.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DnsSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// How long a visitor may remember an answer; whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub ttl: Seconds,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self { memory: None, ttl: Seconds(60.0) }
    }
}

impl DnsSettings {
    pub(super) fn check(&self, check: &Checker<'_>) -> Result<(), super::TopologyError> {
        check.whole_seconds("ttl", self.ttl)
    }
}
