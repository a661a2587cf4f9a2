//! What a trial left: all that its result is computed from, now and once more when the access log is known.

use redline_analysis::{AccessLog, Limits, MemoryLimit, TimelineTrial, TrialInput, assemble};
use redline_model::{
    Mono, OrderEvent, OutcomeCounts, Purpose, Sample, SampledSession, Seconds, Slo, StepTrace, Tick, TrialClass,
    TrialResult, TrialSpec,
};

use super::tag;

/// A trial that was made, with all that its result is computed from: the access log comes later.
pub(crate) struct Raw {
    pub(super) spec: TrialSpec,
    pub(super) number: u32,
    pub(super) start: Mono,
    /// When it was told to start no more sessions, where it was.
    pub(super) stopped: Option<Mono>,
    /// Whether its worker was ended with requests under way.
    pub(super) cut: bool,
    pub(super) ticks: Vec<Tick>,
    pub(super) samples: Vec<Sample>,
}

impl Raw {
    /// What the worker reported.
    pub(crate) fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// The trial's number.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The probes' samples of the trial.
    pub(crate) fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Whether its worker was ended with requests under way, whose end nobody saw.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut
    }

    /// When its schedule began.
    pub(crate) fn start(&self) -> Mono {
        self.start
    }

    /// Every single step, where they were traced.
    pub(crate) fn steps(&self) -> Vec<StepTrace> {
        self.ticks.iter().flat_map(|tick| tick.trace.iter().cloned()).collect()
    }

    /// Its orders as their visitors saw them.
    pub(crate) fn orders(&self) -> Vec<OrderEvent> {
        self.ticks.iter().flat_map(|tick| tick.orders.iter().cloned()).collect()
    }

    /// Of the sessions that were watched the one with the most requests; nothing where none was.
    pub(crate) fn sampled(&self, run_start: Mono) -> Option<SampledSession> {
        let watched = || self.ticks.iter().flat_map(|tick| &tick.watched);
        let most = watched().max_by_key(|trace| trace.requests.len())?;
        Some(SampledSession {
            trial: self.number,
            at: most.intended.since(run_start).into(),
            session: most.session,
            chosen_from: watched().count() as u64,
            requests: most.requests.clone(),
        })
    }

    /// What became of all its requests.
    pub(crate) fn outcomes(&self) -> OutcomeCounts {
        let mut all = OutcomeCounts::default();
        self.ticks.iter().for_each(|tick| all.merge(&tick.requests.outcomes));
        all
    }

    /// What the run's timeline is made from.
    pub(crate) fn seconds(&self) -> TimelineTrial<'_> {
        TimelineTrial { number: self.number, start: self.start, ticks: &self.ticks, samples: &self.samples }
    }

    /// The trial's tag in the access log.
    pub(crate) fn tag(&self) -> String {
        tag(self.number)
    }

    /// What was measured, checked and classified; with the access log's sums once they are known.
    pub(crate) fn result(
        &self,
        slo: &Slo,
        run_start: Mono,
        memory_limits: &[MemoryLimit],
        access_log: Option<AccessLog>,
    ) -> TrialResult {
        let mut result = assemble(&TrialInput {
            number: self.number,
            spec: self.spec,
            run_start,
            start: self.start,
            ticks: &self.ticks,
            samples: &self.samples,
            memory_limits,
            access_log,
            slo,
            limits: Limits::for_slo(slo),
        });
        if matches!(self.spec.purpose, Purpose::Calibration | Purpose::WarmUp | Purpose::Browse) {
            // All keep books. But a calibration is meant to exhaust the generator, a browser takes CPU from it, and
            // nothing is concluded from a warm-up: their fitness is no news.
            result
                .checks
                .retain(|c| ["books-balance", "access-log", "little", "dropped-events"].contains(&c.check.as_str()));
            result.class = TrialClass::Pass;
        }
        result
    }

    /// A trial that was ended early lasted as long as it was measured.
    pub(super) fn shorten(&mut self) {
        let Some(last) = self.stopped.or(self.ticks.last().map(|tick| tick.to)) else { return };
        let measured = Seconds::from(last.since(self.start)) - self.spec.settle;
        self.spec.hold = Seconds(self.spec.hold.0.min(measured.0.max(0.0)));
    }
}
