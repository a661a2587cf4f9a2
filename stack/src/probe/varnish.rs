//! Varnish's counters, which its container writes to its log once a second (stack/images/varnish/beside.sh).

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use redline_model::{Bytes, Mono, Rate, VarnishSample};
use testcontainers::bollard::Docker;

use super::component::since;
use crate::{logs, member::Member};

/// One that has not written for so long does not run.
const STALE_SECONDS: u64 = 4;
/// More lines than it says otherwise in a second.
const LINES: usize = 12;

/// A line of statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Statistics {
    at: u64,
    counters: HashMap<String, u64>,
}

impl Statistics {
    fn get(&self, name: &str) -> u64 {
        self.counters.get(name).copied().unwrap_or(0)
    }
    /// By how much a counter has grown; one that started again counts from 0.
    fn since(&self, last: &Self, name: &str) -> u64 {
        self.get(name).checked_sub(last.get(name)).unwrap_or_else(|| self.get(name))
    }
}

/// Reads the log's end and remembers it.
#[derive(Debug)]
pub(super) struct VarnishProbe {
    docker: Docker,
    id: String,
    last: Option<(Mono, Statistics)>,
}

impl VarnishProbe {
    pub(super) fn new(docker: &Docker, member: &Member) -> Self {
        Self { docker: docker.clone(), id: member.id.clone(), last: None }
    }
    pub(super) async fn read(&mut self) -> Result<Option<VarnishSample>, String> {
        let lines = logs::tail(&self.docker, &self.id, LINES).await;
        let Some(now) = lines.iter().rev().find_map(|line| parse(line)) else {
            return Err("its log has no counters".into());
        };
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let age = clock.saturating_sub(now.at);
        if age > STALE_SECONDS {
            return Err(format!("no counters for {age} s"));
        }
        let at = Mono::now();
        let last = self.last.replace((at, now.clone()));
        Ok(last.map(|(then, last)| difference(at, &now, then, &last)))
    }
}

fn difference(at: Mono, now: &Statistics, then: Mono, last: &Statistics) -> VarnishSample {
    let (span, grown) = (since(at, then), |name: &str| now.since(last, name));
    // A page that may not be kept is asked for anew each time, whether Varnish knows that already or not.
    let not_kept = grown("MAIN.cache_hitmiss") + grown("MAIN.cache_hitpass");
    VarnishSample {
        hits: grown("MAIN.cache_hit"),
        misses: grown("MAIN.cache_miss").saturating_sub(grown("MAIN.cache_hitmiss")),
        passed: grown("MAIN.s_pass") + not_kept,
        requests: Rate::over(grown("MAIN.client_req"), span),
        fetches: Rate::over(grown("MAIN.backend_req"), span),
        failed_fetches: grown("MAIN.fetch_failed"),
        objects: now.get("MAIN.n_object"),
        evicted: grown("MAIN.n_lru_nuked"),
        used: Bytes(now.get("SMA.s0.g_bytes")),
        limit: Bytes(now.get("SMA.s0.g_bytes") + now.get("SMA.s0.g_space")),
        threads: now.get("MAIN.threads"),
    }
}

/// Reads `XSTATS <now> MAIN.cache_hit=… …`.
fn parse(line: &str) -> Option<Statistics> {
    let (_, rest) = line.split_once("XSTATS ")?;
    let mut words = rest.split_whitespace();
    let at = words.next()?.parse().ok()?;
    let pair = |word: &str| word.split_once('=').and_then(|(name, n)| Some((name.to_string(), n.parse().ok()?)));
    let counters: HashMap<String, u64> = words.filter_map(pair).collect();
    // A second in which it could not be asked has a time and nothing else.
    (!counters.is_empty()).then_some(Statistics { at, counters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_misses_and_what_may_not_be_kept_are_told_apart() {
        let last = parse("XSTATS 100 MAIN.cache_hit=5 MAIN.cache_miss=4 MAIN.s_pass=1").unwrap();
        let now = parse(
            "XSTATS 101 MAIN.client_req=20 MAIN.cache_hit=15 MAIN.cache_miss=10 MAIN.cache_hitmiss=2 MAIN.s_pass=3 \
             SMA.s0.g_bytes=100 SMA.s0.g_space=900",
        )
        .unwrap();
        let sample = difference(Mono(2_000_000_000), &now, Mono(0), &last);
        assert_eq!((sample.hits, sample.misses, sample.passed), (10, 4, 4));
        assert_eq!((sample.requests, sample.limit), (Rate(10.0), Bytes(1000)));
    }

    #[test]
    fn other_lines_and_empty_seconds_are_no_statistics() {
        assert_eq!(parse("Info: Child (29) said Child starts"), None);
        assert_eq!(parse("XSTATS 101"), None);
    }
}
