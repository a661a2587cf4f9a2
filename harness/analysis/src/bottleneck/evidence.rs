//! The probes' samples while the stack was saturated.

use std::collections::BTreeMap;

use redline_model::{HostSample, Mono, ProbeReading, Purpose, Sample, Seconds, TrialClass, TrialResult};

/// What a bottleneck is nominated from.
#[derive(Debug, Clone, Copy)]
pub struct SaturationEvidence<'a> {
    /// When the run started, on the samples' clock.
    pub run_start: Mono,
    /// The trials of the run; the overdriven ones count.
    pub trials: &'a [TrialResult],
    /// The samples of the run; those in the windows of overdriven trials count.
    pub samples: &'a [&'a Sample],
    /// CPU that the servers' components share, in cores.
    pub server_cores: f64,
}

/// The same, cut to the windows.
pub(super) struct Saturated<'a> {
    pub(super) samples: Vec<&'a Sample>,
    /// Time covered by one component's samples.
    pub(super) span: f64,
    /// Busy share of the servers' CPUs, by the machine's own count, else by the components'.
    pub(super) cpu_busy: f64,
    /// CPU of each component in cores, the largest first.
    pub(super) cpu: Vec<(String, f64)>,
    /// Σ of the service times of the requests answered per second: requests in flight at the server.
    pub(super) request_time: f64,
    /// Lines of the access log of the saturated trials, and those of them that the web server itself turned away.
    pub(super) logged: (u64, u64),
}

/// What one rule has found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signal {
    pub(super) component: String,
    pub(super) resource: &'static str,
    pub(super) evidence: Vec<String>,
}

impl<'a> Saturated<'a> {
    /// Cuts the samples to the windows; absent if no trial saturated the stack or nothing was probed in it.
    pub(super) fn of(evidence: &SaturationEvidence<'a>) -> Option<Self> {
        let driven: Vec<&TrialResult> = evidence
            .trials
            .iter()
            .filter(|t| t.spec.purpose == Purpose::Overdrive && t.class != TrialClass::GeneratorLimited)
            .collect();
        let at = |s: Seconds| evidence.run_start.plus(s.to_duration());
        let windows: Vec<(Mono, Mono)> = driven.iter().map(|t| (at(t.from), at(t.to))).collect();
        let inside = |s: &&'a Sample| windows.iter().any(|(from, to)| *from < s.at && s.at <= *to);
        let samples: Vec<&Sample> = evidence.samples.iter().copied().filter(inside).collect();
        if samples.is_empty() {
            return None;
        }
        let requests: f64 = driven.iter().map(|t| t.responses.0 * t.service.mean.0).sum();
        let cpu = cpu_by_component(&samples);
        let total: f64 = cpu.iter().map(|(_, cores)| cores).sum();
        Some(Self {
            span: spans(&samples).values().copied().fold(0.0, f64::max),
            cpu_busy: busy(&samples).unwrap_or(total / evidence.server_cores.max(1e-9)),
            cpu,
            request_time: requests / driven.len() as f64,
            logged: driven.iter().fold((0, 0), |(lines, limited), t| {
                (lines + t.requests.logged.unwrap_or(0), limited + t.requests.limited.unwrap_or(0))
            }),
            samples,
        })
    }
    /// The readings of one kind, by component.
    pub(super) fn readings<T>(&self, of: impl Fn(&'a ProbeReading) -> Option<&'a T>) -> BTreeMap<&'a str, Vec<&'a T>> {
        let mut all: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
        for sample in &self.samples {
            if let Some(reading) = of(&sample.reading) {
                all.entry(&sample.component).or_default().push(reading);
            }
        }
        all
    }
    /// The machine's readings.
    pub(super) fn host(&self) -> impl Iterator<Item = &'a HostSample> {
        hosts(&self.samples).map(|(_, host)| host)
    }
}

fn hosts<'a>(samples: &[&'a Sample]) -> impl Iterator<Item = (f64, &'a HostSample)> {
    samples.iter().filter_map(|s| match &s.reading {
        ProbeReading::Host(host) => Some((s.span.0, host)),
        _ => None,
    })
}

fn busy(samples: &[&Sample]) -> Option<f64> {
    let (span, time) = hosts(samples).fold((0.0, 0.0), |a, (s, h)| (a.0 + s, a.1 + s * h.server_cpus_busy.0));
    (span > 0.0).then(|| time / span)
}

fn spans<'a>(samples: &[&'a Sample]) -> BTreeMap<(&'a str, &'a str), f64> {
    let mut spans = BTreeMap::new();
    for s in samples {
        *spans.entry((s.server.as_str(), s.component.as_str())).or_insert(0.0) += s.span.0;
    }
    spans
}

fn cpu_by_component(samples: &[&Sample]) -> Vec<(String, f64)> {
    let spans = spans(samples);
    let mut used: BTreeMap<&str, f64> = BTreeMap::new();
    for sample in samples {
        if let Some(cpu) = &sample.cpu {
            let span = spans[&(sample.server.as_str(), sample.component.as_str())];
            *used.entry(&sample.component).or_default() += cpu.used.0 / span.max(1e-9);
        }
    }
    let mut all: Vec<(String, f64)> = used.into_iter().map(|(name, cores)| (name.to_owned(), cores)).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}
