//! The machine itself: idle and stolen time, foreign processes, dropped connections.

use std::fs;

use redline_model::{HostSample, Mono, ProbeReading, Sample, Share};

use super::{cgroup::Cgroup, component::since, processes, processes::Foreign};
use crate::member::Member;

/// One line of `/proc/stat`, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct CpuTimes {
    idle: u64,
    steal: u64,
    softirq: u64,
    total: u64,
}

/// The machine at one moment.
#[derive(Debug, Clone, Default)]
struct Reading {
    all: CpuTimes,
    servers: CpuTimes,
    listen_overflows: u64,
}

/// Reads the machine.
#[derive(Debug)]
pub(super) struct HostProbe {
    server_cpus: Vec<usize>,
    containers: Vec<Cgroup>,
    foreign: Foreign,
    last: Option<(Mono, Reading)>,
}

/// Ticks a second, on every Linux that Docker runs on.
const TICKS: f64 = 100.0;

impl HostProbe {
    pub(super) fn new(members: &[Member], server_cpus: Vec<usize>) -> Self {
        let containers = members.iter().filter_map(|m| Cgroup::of(m.pid()?)).collect();
        Self { server_cpus, containers, foreign: Foreign::default(), last: None }
    }
    /// One reading; `None` the first time.
    pub(super) fn sample(&mut self) -> Option<Sample> {
        let at = Mono::now();
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let netstat = fs::read_to_string("/proc/net/netstat").unwrap_or_default();
        let now = Reading {
            all: times(&stat, "cpu "),
            servers: self
                .server_cpus
                .iter()
                .map(|cpu| times(&stat, &format!("cpu{cpu} ")))
                .fold(CpuTimes::default(), add),
            listen_overflows: listen_overflows(&netstat),
        };
        let in_containers = self.containers.iter().flat_map(Cgroup::processes).collect();
        let own = i32::try_from(std::process::id()).unwrap_or(0);
        let foreign = self.foreign.ticks(&processes::all(), own, &in_containers);
        let (then, last) = self.last.replace((at, now.clone()))?;
        let span = since(at, then);
        let mut host = difference(&last, &now);
        host.others = foreign as f64 / TICKS / span.0.max(1e-3);
        let reading = ProbeReading::Host(host);
        Some(Sample { at, span, server: "host".into(), component: "host".into(), cpu: None, reading })
    }
}

fn difference(last: &Reading, now: &Reading) -> HostSample {
    let (all, servers) = (minus(now.all, last.all), minus(now.servers, last.servers));
    let share = |part: u64, of: CpuTimes| Share(part as f64 / of.total.max(1) as f64);
    HostSample {
        idle: share(all.idle, all),
        steal: share(all.steal, all),
        others: 0.0,
        server_cpus_busy: share(servers.total.saturating_sub(servers.idle + servers.steal), servers),
        listen_overflows: now.listen_overflows.saturating_sub(last.listen_overflows),
        softirq: share(servers.softirq, servers),
    }
}

fn add(a: CpuTimes, b: CpuTimes) -> CpuTimes {
    CpuTimes {
        idle: a.idle + b.idle,
        steal: a.steal + b.steal,
        softirq: a.softirq + b.softirq,
        total: a.total + b.total,
    }
}

fn minus(a: CpuTimes, b: CpuTimes) -> CpuTimes {
    CpuTimes {
        idle: a.idle.saturating_sub(b.idle),
        steal: a.steal.saturating_sub(b.steal),
        softirq: a.softirq.saturating_sub(b.softirq),
        total: a.total.saturating_sub(b.total),
    }
}

/// `cpu0 user nice system idle iowait irq softirq steal …`; a CPU that waits for a disk is idle.
fn times(stat: &str, prefix: &str) -> CpuTimes {
    let line = stat.lines().find_map(|line| line.strip_prefix(prefix)).unwrap_or_default();
    let fields: Vec<u64> = line.split_whitespace().take(8).filter_map(|text| text.parse().ok()).collect();
    let field = |place: usize| fields.get(place).copied().unwrap_or(0);
    CpuTimes { idle: field(3) + field(4), steal: field(7), softirq: field(6), total: fields.iter().sum() }
}

/// A line of names and then one of numbers, both beginning with `TcpExt:`.
fn listen_overflows(netstat: &str) -> u64 {
    let mut lines = netstat.lines().filter(|line| line.starts_with("TcpExt:"));
    let (Some(names), Some(numbers)) = (lines.next(), lines.next()) else { return 0 };
    let place = names.split_whitespace().position(|name| name == "ListenOverflows");
    place.and_then(|place| numbers.split_whitespace().nth(place)?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_time_that_passed() {
        let before = "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 50 0 50 400 0 0 0 0 0 0\ncpu1 50 0 50 400 0 0 0 0 0 0\n";
        let after = "cpu  150 0 120 910 10 0 4 6 0 0\ncpu0 50 0 50 500 0 0 0 0 0 0\ncpu1 100 0 70 410 10 0 4 6 0 0\n";
        let reading = |stat| Reading { all: times(stat, "cpu "), servers: times(stat, "cpu1 "), listen_overflows: 0 };
        let sample = difference(&reading(before), &reading(after));
        assert_eq!((sample.idle, sample.steal), (Share(0.6), Share(0.03)));
        assert_eq!((sample.server_cpus_busy, sample.softirq), (Share(0.74), Share(0.04)));
    }

    #[test]
    fn overflows_are_found_by_their_name() {
        let text = "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 22 333\nIpExt: A\nIpExt: 4\n";
        assert_eq!(listen_overflows(text), 22);
        assert_eq!(listen_overflows(""), 0);
    }
}
