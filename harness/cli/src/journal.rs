//! What a run has measured so far. It is filled as events arrive, so that an interrupted run keeps what
//! it has.

use std::time::SystemTime;

use redline_model::{Mono, Seconds, Tick};
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
    /// Every second's response times by step.
    pub(crate) latencies: Vec<IntervalLatencies>,
    /// UUIDs of the orders that were acknowledged.
    pub(crate) acknowledged: Vec<String>,
}

impl Journal {
    /// An empty journal whose clock starts now.
    pub(crate) fn start() -> Self {
        Self {
            started: Mono::now(),
            wall: SystemTime::now(),
            raw: Vec::new(),
            latencies: Vec::new(),
            acknowledged: Vec::new(),
        }
    }

    /// A moment as time from the start of the run.
    pub(crate) fn since_start(&self, at: Mono) -> Seconds {
        Seconds::from(at.since(self.started))
    }

    /// Notes one second of a worker.
    pub(crate) fn note_tick(&mut self, tick: &Tick) {
        let span = Seconds::from(tick.to.since(tick.from));
        let at = self.since_start(tick.from);
        for step in &tick.steps {
            self.latencies.push(IntervalLatencies {
                at,
                length: span,
                tag: step.step.clone(),
                latencies: step.response.clone(),
            });
        }
        let told = tick.orders.iter().filter(|o| o.acknowledged.is_some());
        self.acknowledged.extend(told.map(|o| o.uuid.clone()));
    }
}
