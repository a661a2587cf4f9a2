//! What the worker itself takes of the machine.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use redline_model::{GeneratorTick, Seconds};

/// Reads the process's own use, interval by interval.
#[derive(Debug)]
pub(crate) struct OwnUsage {
    cpus: u32,
    last: Duration,
}

impl OwnUsage {
    /// Begins an interval; the process may use `cpus` CPUs.
    pub(crate) fn new(cpus: u32) -> Self {
        Self { cpus, last: cpu_time() }
    }
    /// Ends an interval and begins the next.
    pub(crate) fn take(&mut self) -> GeneratorTick {
        let now = cpu_time();
        let cpu = Seconds::from(now.saturating_sub(self.last));
        self.last = now;
        GeneratorTick { cpu, cpus: self.cpus, resident_bytes: resident_bytes(), dropped_events: 0 }
    }
}

fn cpu_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let micros = |t: nix::sys::time::TimeVal| t.tv_sec() as u64 * 1_000_000 + t.tv_usec() as u64;
    Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time()))
}

/// Resident memory; 0 where the system does not tell.
pub(crate) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_use_is_seen() {
        let mut usage = OwnUsage::new(1);
        let mut sum = 0_u64;
        while usage.take().cpu.0 == 0.0 {
            sum = (0..1_000_000).fold(sum, |a, b| std::hint::black_box(a ^ b));
        }
        assert!(usage.take().resident_bytes > 100_000);
    }
}
