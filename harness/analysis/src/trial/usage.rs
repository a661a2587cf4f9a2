//! What each component used in a window.

use std::collections::BTreeMap;

use redline_model::{
    Bytes, ComponentUsage, CpuSample, HostHealth, HostSample, ProbeReading, Rate, Sample, Seconds, Share,
};

use super::figures::figures;

/// The memory that a component may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryLimit {
    /// Its server.
    pub server: String,
    /// Its name.
    pub component: String,
    /// The limit as read back.
    pub limit: Bytes,
}

/// The usage of each component that has samples in the window, in the order of server and name.
pub(crate) fn usage(samples: &[&Sample], limits: &[MemoryLimit], completed: Rate) -> Vec<ComponentUsage> {
    let mut by_component: BTreeMap<(&str, &str), Vec<&Sample>> = BTreeMap::new();
    for sample in samples.iter().filter(|s| !matches!(s.reading, ProbeReading::Host(_))) {
        by_component.entry((&sample.server, &sample.component)).or_default().push(sample);
    }
    by_component.into_iter().map(|((server, name), of)| component(server, name, &of, limits, completed)).collect()
}

fn component(server: &str, name: &str, samples: &[&Sample], limits: &[MemoryLimit], completed: Rate) -> ComponentUsage {
    let readings: Vec<(Seconds, &CpuSample)> =
        samples.iter().filter_map(|s| s.cpu.as_ref().map(|c| (s.span, c))).collect();
    let span: f64 = readings.iter().map(|(span, _)| span.0).sum();
    let used: f64 = readings.iter().map(|(_, c)| c.used.0).sum();
    let periods: u64 = readings.iter().map(|(_, c)| c.periods).sum();
    let throttled: u64 = readings.iter().map(|(_, c)| c.throttled_periods).sum();
    let cpu = (span > 0.0).then(|| used / span);
    ComponentUsage {
        server: server.to_owned(),
        component: name.to_owned(),
        cpu,
        cpu_per_session: cpu.filter(|_| completed.0 > 0.0).map(|c| Seconds(c / completed.0)),
        throttled: Share(if periods > 0 { throttled as f64 / periods as f64 } else { 0.0 }),
        memory: readings.iter().map(|(_, c)| c.memory).max().unwrap_or_default(),
        memory_limit: limits.iter().find(|l| l.server == server && l.component == name).map(|l| l.limit),
        figures: figures(samples),
    }
}

/// The machine over the window; absent where it was not probed.
pub(crate) fn host(samples: &[&Sample]) -> Option<HostHealth> {
    let of: Vec<(f64, &HostSample)> = samples
        .iter()
        .filter_map(|s| match &s.reading {
            ProbeReading::Host(host) => Some((s.span.0, host)),
            _ => None,
        })
        .collect();
    let span: f64 = of.iter().map(|(span, _)| span).sum();
    let average = |value: fn(&HostSample) -> f64| of.iter().map(|(s, h)| s * value(h)).sum::<f64>() / span;
    (span > 0.0).then(|| HostHealth {
        steal: Share(average(|h| h.steal.0)),
        others: average(|h| h.others),
        server_cpus_busy: Share(average(|h| h.server_cpus_busy.0)),
        listen_overflows: of.iter().map(|(_, h)| h.listen_overflows).sum(),
    })
}
