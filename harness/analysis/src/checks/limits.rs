//! What the validity checks allow.

use redline_model::{Purpose, Seconds, Share, Slo};

/// The limits of the validity checks; the defaults are those of DESIGN.md, rules 2 and 3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// 99th percentile of the schedule lag.
    pub lag: Seconds,
    /// The same where the stack is kept full.
    pub lag_when_full: Seconds,
    /// CPU of the generator, of what it may use.
    pub generator_cpu: Share,
    /// CPU time taken by the hypervisor.
    pub steal: Share,
    /// CPU of processes that belong to nobody here, in cores.
    pub others: f64,
    /// Deviation from Little's law.
    pub little: Share,
    /// Deviation of busy time from throughput × service demand.
    pub utilisation: Share,
    /// CPU time of the servers' CPUs that belongs to no component.
    pub busy_time: Share,
    /// By how much the machine's own speed may vary in a run.
    pub machine_speed: Share,
    /// By how much the server's clock may round its times up: nginx logs whole milliseconds.
    pub log_resolution: Seconds,
}

impl Limits {
    /// The limits for an SLO: the schedule lag may take 5 % of its strictest latency, and 1 ms at most.
    #[must_use]
    pub fn for_slo(slo: &Slo) -> Self {
        Self {
            lag: Seconds((0.05 * slo.strictest_latency().0).min(0.001)),
            lag_when_full: Seconds((0.05 * slo.strictest_latency().0).clamp(0.001, 0.025)),
            generator_cpu: Share(0.8),
            steal: Share(0.01),
            others: 0.05,
            little: Share(0.02),
            utilisation: Share(0.25),
            busy_time: Share(0.10),
            machine_speed: Share(0.05),
            log_resolution: Seconds(0.001),
        }
    }

    /// The limit of the schedule lag in a trial of this purpose.
    #[must_use]
    pub fn lag_of(&self, purpose: Purpose) -> Seconds {
        if matches!(purpose, Purpose::Overdrive | Purpose::Intervene) { self.lag_when_full } else { self.lag }
    }
}
