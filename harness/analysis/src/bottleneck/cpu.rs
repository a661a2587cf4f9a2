//! What all components share: memory, the CPU quota, the CPUs themselves.

use super::{
    evidence::{Saturated, Signal},
    nominate::percent,
};

const BUSY: f64 = 0.90;
const THROTTLED: f64 = 0.25;
/// From this share of the CPUs' time on the kernel's network work is worth a word.
const SOFTIRQ: f64 = 0.05;

/// A process was killed for want of memory.
pub(super) fn memory(s: &Saturated) -> Vec<Signal> {
    let kills = |name: &str| {
        let of = s.samples.iter().filter(|x| x.component == name).filter_map(|x| x.cpu);
        of.map(|c| c.oom_kills).sum::<u64>()
    };
    let killed = s.cpu.iter().map(|(name, _)| (name, kills(name))).filter(|(_, n)| *n > 0);
    killed
        .map(|(name, n)| Signal {
            component: name.clone(),
            resource: "memory",
            evidence: vec![format!("{n} of its processes were killed for want of memory (threshold: 1)")],
        })
        .collect()
}

/// Components were throttled by their CPU quota.
pub(super) fn quota(s: &Saturated) -> Vec<Signal> {
    let throttled = |name: &str| {
        let of = s.samples.iter().filter(|x| x.component == name).filter_map(|x| x.cpu);
        of.fold((0, 0), |a, c| (a.0 + c.throttled_periods, a.1 + c.periods))
    };
    let shares = s.cpu.iter().map(|(name, _)| (name, throttled(name))).filter(|(_, (_, periods))| *periods > 0);
    shares
        .map(|(name, (hit, periods))| (name, hit as f64 / periods as f64))
        .filter(|(_, share)| *share >= THROTTLED)
        .map(|(name, share)| Signal {
            component: name.clone(),
            resource: "cpu-quota",
            evidence: vec![format!(
                "throttled in {} of the quota's periods (threshold {})",
                percent(share),
                percent(THROTTLED)
            )],
        })
        .collect()
}

/// The servers' CPUs are busy; the component that uses most of them is named.
pub(super) fn processor(s: &Saturated) -> Vec<Signal> {
    if s.cpu_busy < BUSY {
        return Vec::new();
    }
    let total: f64 = s.cpu.iter().map(|(_, cores)| cores).sum();
    let mut evidence =
        vec![format!("the servers' CPUs were {} busy (threshold {})", percent(s.cpu_busy), percent(BUSY))];
    if total > 0.0 {
        let shares = s.cpu.iter().filter(|(_, cores)| *cores >= 0.005);
        let shares: Vec<String> =
            shares.map(|(name, cores)| format!("{name} {} ({cores:.2} cores)", percent(cores / total))).collect();
        evidence.push(format!("of the components' CPU time: {}", shares.join(", ")));
    }
    let softirq: Vec<f64> = s.host().map(|h| h.softirq.0).collect();
    let softirq = softirq.iter().sum::<f64>() / softirq.len().max(1) as f64;
    if softirq >= SOFTIRQ {
        evidence.push(format!("{} of the CPUs' time went into the kernel's network work (softirq)", percent(softirq)));
    }
    let component = s.cpu.first().filter(|(_, cores)| *cores > 0.0).map_or("server".into(), |(name, _)| name.clone());
    vec![Signal { component, resource: "cpu", evidence }]
}
