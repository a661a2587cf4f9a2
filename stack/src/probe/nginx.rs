//! Nginx's `stub_status` page.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use redline_model::{Bytes, LinkSample, Mono, NginxSample, Rate};

use super::component::since;
use crate::{http, link, member::Member};

/// What the page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct StubStatus {
    active: u64,
    accepts: u64,
    handled: u64,
    requests: u64,
    reading: u64,
    writing: u64,
    waiting: u64,
}

/// Reads the page and remembers it.
#[derive(Debug)]
pub(super) struct NginxProbe {
    server: SocketAddr,
    connection_limit: u64,
    last: Option<(Mono, StubStatus)>,
    link: Option<Link>,
}

/// A link whose width is known.
#[derive(Debug)]
struct Link {
    /// The first process of its container, whose network it leads out of.
    pid: Arc<AtomicI64>,
    width: Bytes,
    sent: Option<u64>,
}

impl NginxProbe {
    pub(super) fn new(member: &Member) -> Self {
        let connection_limit = member.number("WORKER_PROCESSES") * member.number("WORKER_CONNECTIONS");
        let link = link::of(member).map(|width| Link { pid: member.pid.clone(), width, sent: None });
        Self { server: member.status.unwrap_or(member.service), connection_limit, last: None, link }
    }
    pub(super) async fn read(&mut self) -> Result<Option<NginxSample>, String> {
        let (status, page) =
            http::get(self.server, "localhost", "/stub_status", "").await.map_err(|e| e.to_string())?;
        let now = (status == 200).then(|| parse(&page)).flatten().ok_or(format!("its status page gave {status}"))?;
        let at = Mono::now();
        let last = self.last.replace((at, now));
        let link = self.link.as_mut().and_then(Link::read);
        let limit = self.connection_limit;
        Ok(last.map(|(then, last)| NginxSample { link, ..difference(at, &now, then, &last, limit) }))
    }
}

impl Link {
    /// What was sent since the last time; `None` the first time, and where this machine does not show it.
    fn read(&mut self) -> Option<LinkSample> {
        let now = link::sent(self.pid.load(Ordering::Relaxed))?;
        let last = self.sent.replace(now)?;
        Some(LinkSample { sent: Bytes(now.saturating_sub(last)), width: self.width })
    }
}

fn difference(at: Mono, now: &StubStatus, then: Mono, last: &StubStatus, connection_limit: u64) -> NginxSample {
    let span = since(at, then);
    // This probe's own request is on the page; it is nobody's visit.
    let own = 1;
    let requests = now.requests.saturating_sub(last.requests).saturating_sub(own);
    let accepts = now.accepts.saturating_sub(last.accepts).saturating_sub(own);
    let dropped =
        (now.accepts - now.handled.min(now.accepts)).saturating_sub(last.accepts - last.handled.min(last.accepts));
    NginxSample {
        active: now.active.saturating_sub(own),
        busy: (now.reading + now.writing).saturating_sub(own),
        waiting: now.waiting,
        accepts: Rate::over(accepts, span),
        dropped,
        requests: Rate::over(requests, span),
        connection_limit,
        link: None,
    }
}

/// Three lines of words and numbers, always in the same order.
fn parse(page: &str) -> Option<StubStatus> {
    let numbers: Vec<u64> = page.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        &[active, accepts, handled, requests, reading, writing, waiting] => {
            Some(StubStatus { active, accepts, handled, requests, reading, writing, waiting })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Active connections: 291 \nserver accepts handled requests\n 16630948 16630946 31070465 \nReading: 6 Writing: 179 Waiting: 106 \n";

    #[test]
    fn the_page_is_read() {
        let status = parse(PAGE).unwrap();
        assert_eq!(
            (status.active, status.accepts, status.handled, status.requests),
            (291, 16_630_948, 16_630_946, 31_070_465)
        );
        assert_eq!((status.reading, status.writing, status.waiting), (6, 179, 106));
        assert_eq!(parse("<html>404</html>"), None);
    }

    #[test]
    fn the_probe_does_not_count_itself() {
        let last = StubStatus { active: 1, accepts: 10, handled: 10, requests: 20, reading: 0, writing: 1, waiting: 0 };
        let now = StubStatus { active: 1, accepts: 11, handled: 11, requests: 21, ..last };
        let sample = difference(Mono(1_000_000_000), &now, Mono(0), &last, 4096);
        assert_eq!((sample.active, sample.busy), (0, 0));
        assert_eq!((sample.requests, sample.accepts), (Rate(0.0), Rate(0.0)));
    }
}
