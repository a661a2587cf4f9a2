//! PHP-FPM's status page, on its own listener so that it answers behind a full pool.

use std::net::SocketAddr;

use redline_model::{Mono, PhpFpmSample, Rate};
use serde::Deserialize;

use super::component::since;
use crate::{fastcgi, member::Member};

/// What the page says, under PHP-FPM's own names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Status {
    #[serde(rename = "accepted conn")]
    accepted: u64,
    #[serde(rename = "listen queue")]
    queue: u64,
    #[serde(rename = "listen queue len")]
    queue_limit: u64,
    #[serde(rename = "idle processes")]
    idle: u64,
    #[serde(rename = "active processes")]
    active: u64,
    #[serde(rename = "slow requests")]
    slow: u64,
}

/// Reads the page and remembers it.
#[derive(Debug)]
pub(super) struct PhpFpmProbe {
    server: SocketAddr,
    limit: u64,
    backlog: u64,
    last: Option<(Mono, Status)>,
}

impl PhpFpmProbe {
    pub(super) fn new(member: &Member) -> Self {
        Self {
            server: member.status.unwrap_or(member.service),
            limit: member.number("PM_MAX_CHILDREN"),
            backlog: member.number("BACKLOG"),
            last: None,
        }
    }
    pub(super) async fn read(&mut self) -> Result<Option<PhpFpmSample>, String> {
        let page = fastcgi::get(self.server, "/fpm-status", "json").await.map_err(|e| e.to_string())?;
        let now: Status = serde_json::from_str(&page).map_err(|e| format!("its status page cannot be read ({e})"))?;
        let at = Mono::now();
        let last = self.last.replace((at, now.clone()));
        Ok(last.map(|(then, last)| self.difference(at, &now, then, &last)))
    }
    fn difference(&self, at: Mono, now: &Status, then: Mono, last: &Status) -> PhpFpmSample {
        PhpFpmSample {
            busy: now.active,
            idle: now.idle,
            limit: self.limit,
            queue: now.queue,
            // 0 where the system does not tell the length of a listener's queue.
            queue_limit: if now.queue_limit > 0 { now.queue_limit } else { self.backlog },
            accepted: Rate::over(now.accepted.saturating_sub(last.accepted), since(at, then)),
            slow: now.slow.saturating_sub(last.slow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"{"pool":"shop","process manager":"static","start time":1,"start since":2,"accepted conn":ACCEPTED,
        "listen queue":3,"max listen queue":4,"listen queue len":511,"idle processes":5,"active processes":11,
        "total processes":16,"max active processes":12,"max children reached":0,"slow requests":1,"memory peak":2097152}"#;

    #[test]
    fn the_page_is_read() {
        let page = |accepted: &str| serde_json::from_str::<Status>(&PAGE.replace("ACCEPTED", accepted)).unwrap();
        let probe = PhpFpmProbe { server: ([127, 0, 0, 1], 1).into(), limit: 16, backlog: 511, last: None };
        let sample = probe.difference(Mono(2_000_000_000), &page("250"), Mono(0), &page("50"));
        assert_eq!((sample.busy, sample.idle, sample.limit), (11, 5, 16));
        assert_eq!((sample.queue, sample.queue_limit, sample.slow), (3, 511, 0));
        assert_eq!(sample.accepted, Rate(100.0));
    }
}
