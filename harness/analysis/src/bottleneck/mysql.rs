//! The database's own limits.

use redline_model::{MysqlSample, ProbeReading, Seconds};

use super::{
    evidence::{Saturated, Signal},
    nominate::percent,
};

const LOCKED: f64 = 0.30;
const CONNECTED: f64 = 0.95;
const MISSES: f64 = 0.01;
/// The share of the time in which pages are made that waiting for the disk has to be.
const AT_THE_DISK: f64 = 0.30;

fn databases<'a>(s: &Saturated<'a>) -> impl Iterator<Item = (&'a str, Vec<&'a MysqlSample>)> {
    let of = |reading: &'a ProbeReading| match reading {
        ProbeReading::Mysql(mysql) => Some(mysql),
        _ => None,
    };
    s.readings(of).into_iter()
}

fn signal(component: &str, resource: &'static str, evidence: String) -> Signal {
    Signal { component: component.to_owned(), resource, evidence: vec![evidence] }
}

/// A large share of the time in which PHP works on requests is waiting for row locks. Requests that wait for a
/// child do so because of the lock, and would hide it; without PHP's own count it is all of the requests' time.
pub(super) fn row_locks(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in databases(s) {
        let share = waited(s, of.iter().map(|m| Some(m.lock_wait_time))).unwrap_or(0.0);
        if share >= LOCKED {
            let text = format!(
                "waiting for row locks took {} of the {} time (threshold {})",
                percent(share),
                worked(s).1,
                percent(LOCKED)
            );
            found.push(signal(name, "row-locks", text));
        }
    }
    found
}

/// Requests that are worked on, on average, and whose time that is.
fn worked(s: &Saturated) -> (f64, &'static str) {
    let busy = busy_children(s);
    if busy > 0.0 { (busy, "busy PHP children's") } else { (s.request_time, "requests'") }
}

/// Children of all pools that worked on a request, on average.
fn busy_children(s: &Saturated) -> f64 {
    fn fpm(reading: &ProbeReading) -> Option<&redline_model::PhpFpmSample> {
        match reading {
            ProbeReading::PhpFpm(fpm) => Some(fpm),
            _ => None,
        }
    }
    let pools = s.readings(fpm);
    pools.values().map(|of| of.iter().map(|p| p.busy as f64).sum::<f64>() / of.len() as f64).sum()
}

/// Connections are used up or refused.
pub(super) fn connections(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in databases(s) {
        let refused: u64 = of.iter().map(|m| m.refused).sum();
        let used =
            |m: &&&MysqlSample| m.connection_limit > 0 && m.connected as f64 >= CONNECTED * m.connection_limit as f64;
        let full = of.iter().filter(used).count() as f64 / of.len() as f64;
        if refused > 0 || full >= 0.5 {
            let text = format!(
                "{} of the connections were in use in {} of the samples, {refused} refused (threshold: half of the samples, or 1 refused)",
                percent(CONNECTED),
                percent(full)
            );
            found.push(signal(name, "connections", text));
        }
    }
    found
}

/// Reads go past the buffer pool, and the pages wait for them. How many they are does not matter: what the kernel
/// still has in memory costs hardly more than a hit, and of a slow disk few are too many. A server that does not tell
/// how long its reads took is judged by their share.
pub(super) fn buffer_pool(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in databases(s) {
        let (misses, reads) = of.iter().fold((0, 0), |a, m| (a.0 + m.pool_misses, a.1 + m.pool_reads));
        let missed = misses as f64 / reads.max(1) as f64;
        let waited = waited(s, of.iter().map(|m| m.read_wait));
        let text = match waited {
            Some(share) if share >= AT_THE_DISK => format!(
                "waiting for the {:.0} reads a second that missed the buffer pool ({:.1} %) took {} of the {} time (threshold {})",
                misses as f64 / s.span.max(1e-9),
                missed * 100.0,
                percent(share),
                worked(s).1,
                percent(AT_THE_DISK)
            ),
            None if missed >= MISSES => format!(
                "{:.1} % of the reads missed the buffer pool (threshold 1 %); how long they took is not known",
                missed * 100.0
            ),
            _ => continue,
        };
        found.push(signal(name, "buffer-pool", text));
    }
    found
}

/// The pages wait for commits to be durable.
pub(super) fn fsync(s: &Saturated) -> Vec<Signal> {
    let mut found = Vec::new();
    for (name, of) in databases(s) {
        let share = waited(s, of.iter().map(|m| m.commit_wait)).unwrap_or(0.0);
        if share >= AT_THE_DISK {
            let text = format!(
                "commits took {} of the {} time (threshold {}), with {:.0} fsyncs a second",
                percent(share),
                worked(s).1,
                percent(AT_THE_DISK),
                of.iter().map(|m| m.fsyncs).sum::<u64>() as f64 / s.span.max(1e-9)
            );
            found.push(signal(name, "fsync", text));
        }
    }
    found
}

/// The share that waiting had of the time in which pages were made; `None` where the server does not tell.
fn waited(s: &Saturated, of: impl Iterator<Item = Option<Seconds>>) -> Option<f64> {
    let told: Vec<f64> = of.flatten().map(|wait| wait.0).collect();
    let working = worked(s).0 * s.span;
    (!told.is_empty() && working > 0.0).then(|| told.iter().sum::<f64>() / working)
}
