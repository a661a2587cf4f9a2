//! How the load balancer is set.

use redline_model::{Bytes, Seconds};
use serde::Deserialize;

use super::{TopologyError, check::Checker, written};

/// HAProxy: in front of web servers, with health checks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BalancerSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// The servers that it leads to; empty: all that have Nginx.
    pub to: Vec<String>,
    /// `maxconn`: connections of visitors.
    pub max_connections: u32,
    /// How often each server is asked whether it is well.
    #[serde(deserialize_with = "written::text")]
    pub check_every: Seconds,
    /// So many checks in a row must fail before a server gets no more visitors.
    pub fall: u32,
    /// So many must succeed before it gets them again.
    pub rise: u32,
    /// How long it may take to connect to a server.
    #[serde(deserialize_with = "written::text")]
    pub connect_timeout: Seconds,
    /// How long a visitor's connection stays open without a request; whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub keepalive_timeout: Seconds,
    /// The length of the accept queue.
    pub backlog: u32,
}

impl Default for BalancerSettings {
    fn default() -> Self {
        Self {
            memory: None,
            to: Vec::new(),
            max_connections: 4096,
            check_every: Seconds(0.25),
            fall: 2,
            rise: 2,
            connect_timeout: Seconds(1.0),
            keepalive_timeout: Seconds(65.0),
            backlog: 511,
        }
    }
}

impl BalancerSettings {
    pub(super) fn check(&self, check: &Checker<'_>) -> Result<(), TopologyError> {
        check.between("max_connections", self.max_connections, 16, 100_000)?;
        check.between("fall", self.fall, 1, 100)?;
        check.between("rise", self.rise, 1, 100)?;
        check.between("backlog", self.backlog, 1, 65_535)?;
        for (key, time) in [("check_every", self.check_every), ("connect_timeout", self.connect_timeout)] {
            if !(0.01..=60.0).contains(&time.0) {
                return Err(check.wrong(key, format!("{time} is out of range: it may be from 10ms to 60s")));
            }
        }
        check.whole_seconds("keepalive_timeout", self.keepalive_timeout)
    }
}
