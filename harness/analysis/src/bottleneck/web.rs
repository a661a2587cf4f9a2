//! The limits of PHP-FPM and Nginx, and full accept queues.

use redline_model::{LinkSample, NginxSample, PhpFpmSample, ProbeReading};

use super::{
    evidence::{Saturated, Signal},
    nominate::percent,
};

const FULL: f64 = 0.90;
const CONNECTED: f64 = 0.95;
const LIMITED: f64 = 0.02;
const LINK: f64 = 0.90;

fn fpm(reading: &ProbeReading) -> Option<&PhpFpmSample> {
    match reading {
        ProbeReading::PhpFpm(fpm) => Some(fpm),
        _ => None,
    }
}

fn nginx(reading: &ProbeReading) -> Option<&NginxSample> {
    match reading {
        ProbeReading::Nginx(nginx) => Some(nginx),
        _ => None,
    }
}

/// All children busy and requests waiting. That the CPU is not the cause is the order's business.
pub(super) fn pool(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in s.readings(fpm) {
        let of: Vec<&PhpFpmSample> = of;
        let share = |n: usize| n as f64 / of.len() as f64;
        let full = share(of.iter().filter(|p| p.limit > 0 && p.busy >= p.limit).count());
        let queued = share(of.iter().filter(|p| p.queue > 0).count());
        if full >= FULL && queued >= 0.5 {
            let limit = of[0].limit;
            let evidence = vec![
                format!(
                    "all {limit} children were busy in {} of the samples (threshold {})",
                    percent(full),
                    percent(FULL)
                ),
                format!("requests were queued in {} of them (threshold 50 %)", percent(queued)),
                format!(
                    "the servers' CPUs were {} busy (a full pool counts by itself below 80 %)",
                    percent(s.cpu_busy)
                ),
            ];
            found.push(Signal { component: name.to_owned(), resource: "pool", evidence });
        }
    }
    found
}

/// Nginx has no connections left.
pub(super) fn connections(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in s.readings(nginx) {
        let dropped: u64 = of.iter().map(|n: &&NginxSample| n.dropped).sum();
        let used =
            |n: &&&NginxSample| n.connection_limit > 0 && n.active as f64 >= CONNECTED * n.connection_limit as f64;
        let full = of.iter().filter(used).count() as f64 / of.len() as f64;
        if dropped > 0 || full >= 0.5 {
            let evidence = vec![format!(
                "95 % of its connections were in use in {} of the samples, {dropped} dropped (threshold: half of the samples, or 1 dropped)",
                percent(full)
            )];
            found.push(Signal { component: name.to_owned(), resource: "connections", evidence });
        }
    }
    found
}

/// A network link of known width is full.
pub(super) fn network(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in s.readings(nginx) {
        let links: Vec<LinkSample> = of.iter().filter_map(|n| n.link).collect();
        let Some(width) = links.first().map(|link| link.width.0 as f64) else { continue };
        // One reading a second, as far as they reach.
        let span = s.span * links.len() as f64 / of.len() as f64;
        let sent = links.iter().map(|link| link.sent.0 as f64).sum::<f64>() / span.max(1e-9);
        if sent >= LINK * width {
            let evidence = vec![format!(
                "its link carried {:.1} MB a second, {} of its {:.1} (threshold {})",
                sent / 1e6,
                percent(sent / width),
                width / 1e6,
                percent(LINK)
            )];
            found.push(Signal { component: name.to_owned(), resource: "network", evidence });
        }
    }
    found
}

/// Nginx turns requests away by itself: a rate limit. Waiting is not made longer by it, so nothing else shows.
pub(super) fn limiter(s: &Saturated) -> Vec<Signal> {
    let (lines, limited) = s.logged;
    let share = limited as f64 / lines.max(1) as f64;
    // An edge answers 503 by itself where what it fetches from fails, and its log is the one that is read.
    let edge = s.samples.iter().any(|sample| matches!(sample.reading, ProbeReading::Varnish(_)));
    if share < LIMITED || edge {
        return Vec::new();
    }
    let component = s.readings(nginx).keys().next().map_or("nginx", |name| *name).to_owned();
    let evidence = vec![format!(
        "Nginx itself turned away {limited} of {lines} requests with 429 or 503, without asking the application server (threshold {})",
        percent(LIMITED)
    )];
    vec![Signal { component, resource: "rate-limit", evidence }]
}

/// The kernel dropped connections because a server did not accept them in time.
pub(super) fn accept_queue(s: &Saturated) -> Vec<Signal> {
    let dropped: u64 = s.host().map(|h| h.listen_overflows).sum();
    if dropped == 0 {
        return Vec::new();
    }
    let evidence = vec![format!("{dropped} connections were dropped at a full accept queue (threshold: 1)")];
    vec![Signal { component: "server".into(), resource: "accept-queue", evidence }]
}
