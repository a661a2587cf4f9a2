//! The seconds of a trial, and those of them that are measured.

use std::{collections::BTreeMap, time::Duration};

use redline_model::{Latencies, Mono, Seconds, StepTick, Tick, TrialSpec};

/// By how much a tick may reach over the window's edge: workers cut their seconds with some jitter.
const JITTER: f64 = 0.05;

/// One second of a trial, as all its workers report it.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) from: Mono,
    pub(crate) to: Mono,
    ticks: Vec<&'a Tick>,
}

/// Lays the ticks of all workers into seconds since `start`, in the order of time.
pub(crate) fn batches(start: Mono, ticks: &[Tick]) -> Vec<Batch<'_>> {
    let mut seconds: BTreeMap<i64, Batch> = BTreeMap::new();
    for tick in ticks {
        let offset = (tick.from.0 as f64 - start.0 as f64) / 1e9;
        let second = (offset + JITTER).floor() as i64;
        let batch = seconds.entry(second).or_insert(Batch { from: tick.from, to: tick.to, ticks: Vec::new() });
        batch.from = batch.from.min(tick.from);
        batch.to = batch.to.max(tick.to);
        batch.ticks.push(tick);
    }
    seconds.into_values().collect()
}

/// How many of `batches` come before the measured window, and how many are in it.
pub(crate) fn window(start: Mono, spec: &TrialSpec, batches: &[Batch]) -> (usize, usize) {
    let edge = |at: Seconds| start.plus(at.to_duration());
    let jitter = Duration::from_secs_f64(JITTER);
    let (from, end) = (edge(spec.settle), edge(spec.settle + spec.hold));
    // A short last tick of the drain begins at the end and is not part of it.
    let to = end.plus(jitter);
    let before = batches.iter().take_while(|b| b.from.plus(jitter) < from).count();
    let inside = batches[before..].iter().take_while(|b| b.to <= to && b.from.plus(jitter) < end).count();
    (before, inside)
}

impl Batch<'_> {
    pub(crate) fn length(&self) -> Seconds {
        self.to.since(self.from).into()
    }
    pub(crate) fn ticks(&self) -> impl Iterator<Item = &Tick> {
        self.ticks.iter().copied()
    }
    pub(crate) fn steps(&self) -> impl Iterator<Item = &StepTick> {
        self.ticks().flat_map(|t| &t.steps)
    }
    pub(crate) fn sum(&self, of: impl Fn(&Tick) -> u64) -> u64 {
        self.ticks().map(of).sum()
    }
    pub(crate) fn time(&self, of: impl Fn(&Tick) -> Seconds) -> Seconds {
        self.ticks().map(of).sum()
    }
}

/// The sum of a count over several seconds.
pub(crate) fn total(batches: &[Batch], of: impl Fn(&Tick) -> u64 + Copy) -> u64 {
    batches.iter().map(|b| b.sum(of)).sum()
}

/// The sum of a time over several seconds.
pub(crate) fn total_time(batches: &[Batch], of: impl Fn(&Tick) -> Seconds + Copy) -> Seconds {
    batches.iter().map(|b| b.time(of)).sum()
}

/// All latencies of one kind over several seconds.
pub(crate) fn merged<'a>(latencies: impl Iterator<Item = &'a Latencies>) -> Latencies {
    let mut all = Latencies::default();
    latencies.filter(|l| l.count() > 0).for_each(|l| all.merge(l));
    all
}
