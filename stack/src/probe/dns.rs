//! NSD's statistics, which it writes to its log once a second from the first question on.

use std::time::{SystemTime, UNIX_EPOCH};

use redline_model::DnsSample;
use testcontainers::bollard::Docker;

use crate::{logs, member::Member};

/// A server that has not written for so long does not run.
const STALE_SECONDS: u64 = 4;

/// A line of statistics: when it was written and how many questions there were by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Statistics {
    at: u64,
    queries: u64,
}

/// Reads the log's end and remembers it.
#[derive(Debug)]
pub(super) struct DnsProbe {
    docker: Docker,
    id: String,
    last: Option<Statistics>,
}

impl DnsProbe {
    pub(super) fn new(docker: &Docker, member: &Member) -> Self {
        Self { docker: docker.clone(), id: member.id.clone(), last: None }
    }
    pub(super) async fn read(&mut self) -> Result<Option<DnsSample>, String> {
        let lines = logs::tail(&self.docker, &self.id, 6).await;
        if lines.is_empty() {
            return Err("its log cannot be read".into());
        }
        let Some(now) = lines.iter().rev().find_map(|line| parse(line)) else {
            return Ok(Some(DnsSample { queries: 0 }));
        };
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let age = clock.saturating_sub(now.at);
        if age > STALE_SECONDS {
            return Err(format!("no statistics for {age} s"));
        }
        let last = self.last.replace(now);
        Ok(last.map(|last| DnsSample { queries: difference(last, now) }))
    }
}

/// A server that started again counts from 0.
fn difference(last: Statistics, now: Statistics) -> u64 {
    now.queries.checked_sub(last.queries).unwrap_or(now.queries)
}

/// Reads `… XSTATS <now> <boot> RR=… RQ=… …`.
fn parse(line: &str) -> Option<Statistics> {
    let (_, rest) = line.split_once("XSTATS ")?;
    let mut words = rest.split_whitespace();
    let at = words.next()?.parse().ok()?;
    let queries = words.find_map(|word| word.strip_prefix("RQ="))?.parse().ok()?;
    Some(Statistics { at, queries })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read() {
        let line = "[2026-11-23 16:17:05.105] nsd[14]: info: XSTATS 1795450625 1795450090 RR=0 RNXD=0 SAns=7 SErr=0 RQ=8 RIQ=0";
        assert_eq!(parse(line), Some(Statistics { at: 1_795_450_625, queries: 8 }));
        assert_eq!(parse("[…] nsd[14]: info: NSTATS 1795450625 1795450090 A=2"), None);
    }

    #[test]
    fn a_server_that_started_again_counts_from_zero() {
        let of = |queries| Statistics { at: 0, queries };
        assert_eq!(difference(of(5), of(9)), 4);
        assert_eq!(difference(of(9), of(2)), 2);
    }
}
