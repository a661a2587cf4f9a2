//! One row for each second of each trial.

use std::collections::BTreeSet;

use redline_model::{Mono, Outcome, OutcomeCounts, Rate, Sample, Second, Seconds, Tick, Timeline};

use super::{
    grid::{Classes, classes, grid},
    probes,
};
use crate::trial::{Batch, batches, merged};

/// Shorter than this a second is not one: the last tick of a drain. It is counted with the second before.
const LEAST: Seconds = Seconds(0.5);

/// What a trial left.
#[derive(Debug, Clone, Copy)]
pub struct TimelineTrial<'a> {
    /// Its number in the run.
    pub number: u32,
    /// When its schedule began.
    pub start: Mono,
    /// Every tick of every worker.
    pub ticks: &'a [Tick],
    /// The probes' samples.
    pub samples: &'a [Sample],
}

/// One second of a trial, or a little more.
pub(super) struct Row<'a> {
    trial: u32,
    pub(super) from: Mono,
    pub(super) to: Mono,
    parts: Vec<Batch<'a>>,
}

/// The timeline of a run that began at `run_start`; figures are rounded to what a reader can use.
#[must_use]
pub fn timeline(run_start: Mono, trials: &[TimelineTrial]) -> Timeline {
    let rows: Vec<Row> = trials.iter().flat_map(rows).collect();
    let mut timeline = Timeline::default();
    let classes: Vec<Classes> = rows.iter().map(|row| row.push_onto(&mut timeline, run_start)).collect();
    timeline.response_grid = grid(&classes);
    let occurred: BTreeSet<Outcome> = rows.iter().flat_map(|r| r.errors().0.into_keys()).collect();
    timeline.errors = occurred
        .into_iter()
        .map(|outcome| (outcome, rows.iter().map(|row| row.rate(row.errors().get(outcome))).collect()))
        .collect();
    let samples: Vec<&Sample> = trials.iter().flat_map(|t| t.samples).collect();
    probes::read_into(&mut timeline, &rows, &samples);
    timeline
}

fn rows<'a>(trial: &TimelineTrial<'a>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> = Vec::new();
    for batch in batches(trial.start, trial.ticks) {
        match rows.last_mut() {
            Some(before) if batch.length() < LEAST => {
                before.to = before.to.max(batch.to);
                before.parts.push(batch);
            }
            _ => rows.push(Row { trial: trial.number, from: batch.from, to: batch.to, parts: vec![batch] }),
        }
    }
    rows
}

impl Row<'_> {
    fn push_onto(&self, timeline: &mut Timeline, run_start: Mono) -> Classes {
        let response = merged(self.parts.iter().flat_map(Batch::steps).map(|s| &s.response));
        let quantiles = || [0.50, 0.95, 0.99].map(|q| rounded(response.quantile(q)));
        timeline.push(Second {
            at: rounded(self.from.since(run_start).into()),
            trial: self.trial,
            offered: self.rate_of(|t| t.arrivals.planned),
            started: Some(self.rate_of(|t| t.arrivals.started)),
            completed: self.rate_of(|t| t.sessions.finished + t.sessions.failed),
            responses: self.rate_of(|t| t.requests.outcomes.responses()),
            steps: Some(self.rate_of(|t| t.steps.iter().map(|s| s.outcomes.total()).sum())),
            good: self.rate_of(|t| t.steps.iter().map(|s| s.good).sum()),
            quantiles: (response.count() > 0).then(quantiles),
            in_flight: self.parts.last().map_or(0, |b| b.sum(|t| t.sessions.in_flight)),
        });
        classes(&response)
    }
    fn errors(&self) -> OutcomeCounts {
        let mut all = OutcomeCounts::default();
        self.parts.iter().flat_map(Batch::ticks).for_each(|t| all.merge(&t.requests.outcomes));
        all.0.retain(|outcome, n| outcome.is_error() && *n > 0);
        all
    }
    fn rate_of(&self, of: impl Fn(&Tick) -> u64 + Copy) -> Rate {
        self.rate(self.parts.iter().map(|b| b.sum(of)).sum())
    }
    fn rate(&self, count: u64) -> Rate {
        Rate(hundredths(Rate::over(count, self.to.since(self.from).into()).0))
    }
}

/// To a tenth of a millisecond: finer than a second's quantile is.
fn rounded(time: Seconds) -> Seconds {
    Seconds((time.0 * 1e4).round() / 1e4)
}

/// To two decimals.
pub(super) fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
