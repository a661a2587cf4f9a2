//! Everything that the server counts of itself, since its start.

use std::sync::atomic::{AtomicU64, Ordering};

use redline_model::{Bytes, Mono, Seconds};
use serde::{Deserialize, Serialize};

use crate::{Network, StageName, burn::thread_cpu, clock::Stages, stage::StageState};

/// Counters since the start, and what is the case at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// When they were read.
    pub at: Mono,
    /// CPU of the whole process.
    pub cpu: Seconds,
    /// Of it, burnt by the application stage.
    pub application_cpu: Seconds,
    /// Of it, burnt by database and lock.
    pub database_cpu: Seconds,
    /// Of it, answering DNS and this port.
    pub dns_cpu: Seconds,
    /// Memory of the process.
    pub memory: Bytes,
    /// Questions that the DNS server was asked.
    pub dns_queries: u64,
    /// The web server.
    pub web: WebCounters,
    /// The application stage.
    pub application: PoolCounters,
    /// The database stage.
    pub database: PoolCounters,
    /// The lock.
    pub lock: PoolCounters,
}

/// The web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WebCounters {
    /// Open connections; with an accept limit, the requests that are let in.
    pub active: u64,
    /// Requests being answered.
    pub busy: u64,
    /// Connections that came.
    pub accepts: u64,
    /// Requests that came.
    pub requests: u64,
    /// The accept limit; 0 without one.
    pub limit: u64,
}

/// One stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PoolCounters {
    /// Slots that are taken.
    pub busy: u64,
    /// Slots; 0 where there is no such stage.
    pub slots: u64,
    /// Requests in line.
    pub queue: u64,
    /// Requests that got a slot.
    pub taken: u64,
    /// Requests that had to wait for one.
    pub had_to_wait: u64,
    /// Time waited, all together.
    pub waited: Seconds,
    /// Time that slots were taken, all together.
    pub held: Seconds,
}

/// What the threads count as they go.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    pub(crate) connections: AtomicU64,
    pub(crate) accepts: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) busy: AtomicU64,
    pub(crate) dns_queries: AtomicU64,
}

impl Counters {
    /// Reads all; on the thread that answers DNS and the side port, whose own CPU is in it.
    pub(crate) fn read(stages: &Stages, tallies: &Tallies) -> Self {
        let (accept, application, database, lock) = stages.read(|network| {
            let mut of = |name| pool(network, name);
            (of(StageName::Accept), of(StageName::Application), of(StageName::Database), of(StageName::Lock))
        });
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let active = if accept.slots > 0 { accept.busy } else { count(&tallies.connections) };
        Self {
            at: Mono::now(),
            cpu: process_cpu(),
            application_cpu: stages.burnt_cpu(StageName::Application),
            database_cpu: stages.burnt_cpu(StageName::Database) + stages.burnt_cpu(StageName::Lock),
            dns_cpu: thread_cpu().into(),
            memory: resident(),
            dns_queries: count(&tallies.dns_queries),
            web: WebCounters {
                active,
                busy: count(&tallies.busy),
                accepts: count(&tallies.accepts),
                requests: count(&tallies.requests),
                limit: accept.slots,
            },
            application,
            database,
            lock,
        }
    }
}

fn pool(network: &mut Network, name: StageName) -> PoolCounters {
    network.stage(name).map(PoolCounters::of).unwrap_or_default()
}

impl PoolCounters {
    fn of(stage: &StageState) -> Self {
        Self {
            busy: u64::from(stage.busy),
            slots: u64::from(stage.slots),
            queue: stage.waiting.len() as u64,
            taken: stage.taken,
            had_to_wait: stage.had_to_wait,
            waited: stage.waited(),
            held: stage.held(),
        }
    }
}

fn process_cpu() -> Seconds {
    use nix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(std::time::Duration::from);
    time.unwrap_or_default().into()
}

/// Resident memory; 0 where the system does not tell.
fn resident() -> Bytes {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Bytes(line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1024))
}
