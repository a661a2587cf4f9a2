//! HAProxy's own counters, from its runtime interface.

use std::net::SocketAddr;

use redline_model::{BalancerSample, Mono, Rate};

use super::component::since;
use crate::{
    haproxy::{self, Row},
    member::Member,
};

/// Reads the counters and remembers them.
#[derive(Debug)]
pub(super) struct BalancerProbe {
    at: SocketAddr,
    last: Option<(Mono, Counters)>,
}

/// What is counted since the start, and what is so at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counters {
    active: u64,
    connection_limit: u64,
    accepts: u64,
    requests: u64,
    queue: u64,
    servers: u64,
    servers_up: u64,
    errors: u64,
    retries: u64,
}

impl BalancerProbe {
    pub(super) fn new(member: &Member) -> Self {
        Self { at: member.status.unwrap_or(member.service), last: None }
    }
    pub(super) async fn read(&mut self) -> Result<Option<BalancerSample>, String> {
        let now = counters(&haproxy::statistics(self.at).await.map_err(|e| e.to_string())?);
        let at = Mono::now();
        let last = self.last.replace((at, now));
        Ok(last.map(|(then, last)| difference(at, &now, then, &last)))
    }
}

fn counters(rows: &[Row]) -> Counters {
    let mut sum = Counters::default();
    for row in rows {
        match (row.proxy.as_str(), row.name.as_str()) {
            ("site", "FRONTEND") => {
                (sum.active, sum.connection_limit) = (row.sessions, row.limit);
                (sum.accepts, sum.requests) = (row.sessions_total, row.requests_total);
            }
            ("web", "BACKEND") => sum.queue = row.queue,
            ("web", _) => {
                sum.servers += 1;
                sum.servers_up += u64::from(row.status.starts_with("UP"));
                sum.errors += row.connect_errors + row.response_errors;
                sum.retries += row.retries + row.redispatches;
            }
            _ => {}
        }
    }
    sum
}

fn difference(at: Mono, now: &Counters, then: Mono, last: &Counters) -> BalancerSample {
    let span = since(at, then);
    BalancerSample {
        active: now.active,
        connection_limit: now.connection_limit,
        accepts: Rate::over(now.accepts.saturating_sub(last.accepts), span),
        requests: Rate::over(now.requests.saturating_sub(last.requests), span),
        queue: now.queue,
        servers: now.servers,
        servers_up: now.servers_up,
        errors: now.errors.saturating_sub(last.errors),
        retries: now.retries.saturating_sub(last.retries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_counted_and_their_errors_added_up() {
        let row = |proxy: &str, name: &str, status: &str| Row {
            proxy: proxy.into(),
            name: name.into(),
            status: status.into(),
            ..Row::default()
        };
        let site = Row { sessions: 7, limit: 4096, requests_total: 100, ..row("site", "FRONTEND", "OPEN") };
        let down = Row { connect_errors: 3, redispatches: 3, ..row("web", "web2", "DOWN") };
        let now = counters(&[site, row("web", "web1", "UP"), down, row("web", "BACKEND", "UP")]);
        assert_eq!((now.active, now.servers, now.servers_up, now.errors, now.retries), (7, 2, 1, 3, 3));
        let sample = difference(Mono(2_000_000_000), &now, Mono(0), &Counters::default());
        assert_eq!((sample.requests, sample.errors), (Rate(50.0), 3));
    }
}
