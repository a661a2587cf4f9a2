//! How Nginx is set.

use redline_model::{Bytes, Rate, Seconds};
use serde::Deserialize;

use super::{check::Checker, written};

/// Static files directly, PHP by FastCGI.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NginxSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// The servers whose PHP it asks; empty: its own server's, else all that have PHP.
    pub to: Vec<String>,
    /// `worker_processes`.
    pub worker_processes: u32,
    /// `worker_connections`, for each worker.
    pub worker_connections: u32,
    /// `keepalive_timeout`; whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub keepalive_timeout: Seconds,
    /// Idle connections to PHP-FPM that are kept open, for each worker; 0: a new one for each request.
    pub fastcgi_keepalive: u32,
    /// The length of the accept queue.
    pub backlog: u32,
    /// `limit_req`: so many pages per second are handed to PHP, of all visitors together; what comes beyond that and the
    /// burst is answered by 503 at once. Absent: all are. Whole pages per second.
    #[serde(deserialize_with = "written::optional")]
    pub limit_req: Option<Rate>,
    /// `burst` of that: so many pages may come at once.
    pub limit_req_burst: u32,
}

impl Default for NginxSettings {
    fn default() -> Self {
        Self {
            memory: None,
            to: Vec::new(),
            worker_processes: 1,
            worker_connections: 4096,
            keepalive_timeout: Seconds(65.0),
            fastcgi_keepalive: 0,
            backlog: 511,
            limit_req: None,
            limit_req_burst: 20,
        }
    }
}

impl NginxSettings {
    pub(super) fn check(&self, check: &Checker<'_>) -> Result<(), super::TopologyError> {
        check.between("worker_processes", self.worker_processes, 1, 1024)?;
        check.between("worker_connections", self.worker_connections, 16, 1_000_000)?;
        check.between("fastcgi_keepalive", self.fastcgi_keepalive, 0, 10_000)?;
        check.between("backlog", self.backlog, 1, 65_535)?;
        check.between("limit_req_burst", self.limit_req_burst, 0, 100_000)?;
        if let Some(rate) = self.limit_req.filter(|rate| rate.0.fract() != 0.0 || !(1.0..=1e6).contains(&rate.0)) {
            return Err(
                check.wrong("limit_req", format!("{rate} is not a whole number of pages a second from 1 to 1000000"))
            );
        }
        check.whole_seconds("keepalive_timeout", self.keepalive_timeout)
    }
}
