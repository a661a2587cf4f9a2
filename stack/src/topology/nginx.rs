//! How Nginx is set.

use redline_model::{Bytes, Rate, Seconds};
use serde::Deserialize;

use super::{check::Checker, written};

/// What Nginx packs before it sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gzip {
    /// Everything that is text, at level 4; files are packed beforehand.
    Text,
    /// Only HTML, at level 1: what `gzip on` alone does.
    Html,
}

impl Gzip {
    /// As the image is told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
        }
    }
}

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
    /// The most that its network link carries to visitors and to PHP, a second; on a bridge only. Absent: what the
    /// machine's carries.
    #[serde(deserialize_with = "written::optional")]
    pub bandwidth: Option<Bytes>,
    /// What it packs.
    pub gzip: Gzip,
    /// Memory for pages that it keeps for visitors without a session, for as long as the shop allows (`page_ttl`);
    /// whole MiB, part of its memory. Absent: it keeps none.
    #[serde(deserialize_with = "written::optional")]
    pub page_cache: Option<Bytes>,
}

/// Below it a page takes minutes; above it this machine's own network is the narrower.
const NARROWEST: Bytes = Bytes(64 << 10);
const WIDEST: Bytes = Bytes(1 << 30);

/// `/run`, where the pages are kept, has 64 MiB.
const MOST_PAGES: Bytes = Bytes(48 << 20);

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
            bandwidth: None,
            gzip: Gzip::Text,
            page_cache: None,
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
        check.whole_rate("limit_req", self.limit_req, "pages")?;
        if let Some(width) = self.bandwidth.filter(|width| !(NARROWEST..=WIDEST).contains(width)) {
            let problem = format!("{width} a second is out of range: it may be from {NARROWEST} to {WIDEST}");
            return Err(check.wrong("bandwidth", problem));
        }
        check.whole_seconds("keepalive_timeout", self.keepalive_timeout)?;
        let Some(pages) = self.page_cache else { return Ok(()) };
        check.whole_mebibytes("page_cache", pages)?;
        if pages > MOST_PAGES {
            return Err(check.wrong("page_cache", format!("{pages} is too much: {MOST_PAGES} is the most")));
        }
        Ok(())
    }
}
