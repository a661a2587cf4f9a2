//! What a run has measured so far. It is filled as events arrive, so that an interrupted run keeps what
//! it has.

use std::time::SystemTime;

use redline_model::{CpuSample, Latencies, Mono, Rate, Sample, Seconds, Tick, TimelineSecond};
use redline_reports::IntervalLatencies;

use crate::driver::Raw;

/// The measurements of one run, on its clock.
pub(crate) struct Journal {
    /// When the run's clock started.
    pub(crate) started: Mono,
    /// The wall clock at that moment.
    pub(crate) wall: SystemTime,
    /// What the results of all trials, an interrupted one included, are computed from.
    pub(crate) raw: Vec<Raw>,
    /// Every second.
    pub(crate) timeline: Vec<TimelineSecond>,
    /// Every second's response times by step.
    pub(crate) latencies: Vec<IntervalLatencies>,
    /// UUIDs of the orders that were acknowledged.
    pub(crate) acknowledged: Vec<String>,
    /// The latest CPU reading of each component, in cores.
    cpu: Vec<(String, f64)>,
}

impl Journal {
    /// An empty journal whose clock starts now.
    pub(crate) fn start() -> Self {
        Self {
            started: Mono::now(),
            wall: SystemTime::now(),
            raw: Vec::new(),
            timeline: Vec::new(),
            latencies: Vec::new(),
            acknowledged: Vec::new(),
            cpu: Vec::new(),
        }
    }

    /// A moment as time from the start of the run.
    pub(crate) fn since_start(&self, at: Mono) -> Seconds {
        Seconds::from(at.since(self.started))
    }

    /// Notes one second of a worker.
    pub(crate) fn note_tick(&mut self, trial: u32, tick: &Tick) {
        let span = Seconds::from(tick.to.since(tick.from));
        let at = self.since_start(tick.from);
        let mut response = Latencies::default();
        for step in &tick.steps {
            response.merge(&step.response);
            self.latencies.push(IntervalLatencies {
                at,
                length: span,
                tag: step.step.clone(),
                latencies: step.response.clone(),
            });
        }
        let told = tick.orders.iter().filter(|o| o.acknowledged.is_some());
        self.acknowledged.extend(told.map(|o| o.uuid.clone()));
        self.timeline.push(TimelineSecond {
            at,
            trial,
            offered: Rate::over(tick.arrivals.planned, span),
            completed: Rate::over(tick.sessions.finished + tick.sessions.failed, span),
            responses: Rate::over(tick.requests.outcomes.responses(), span),
            good: Rate::over(tick.steps.iter().map(|s| s.good).sum(), span),
            errors: Rate::over(tick.requests.outcomes.errors(), span),
            response: response.summary(),
            in_flight: tick.sessions.in_flight,
            cpu: self.cpu.clone(),
        });
    }

    /// Notes one reading of a probe.
    pub(crate) fn note_sample(&mut self, sample: &Sample) {
        let Some(CpuSample { used, .. }) = sample.cpu else { return };
        let cores = if sample.span.0 > 0.0 { used.0 / sample.span.0 } else { 0.0 };
        match self.cpu.iter_mut().find(|(name, _)| *name == sample.component) {
            Some((_, value)) => *value = cores,
            None => self.cpu.push((sample.component.clone(), cores)),
        }
    }
}
