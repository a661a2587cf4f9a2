//! The seconds of the run as charts need them: with gaps where no trial was under way.

use redline_model::{Purpose, RunReport, Timeline};

use crate::{
    html::{
        chart::{Band, Series, Style, Tone},
        disturbance::{self, Disturbance},
    },
    words::purpose,
};

/// A pause longer than this is drawn as a gap.
const LONGEST_STEP: f64 = 1.6;

/// The seconds under load. The calibration is left out: it does not touch the stack.
pub(super) struct Seconds<'a> {
    pub(super) timeline: &'a Timeline,
    /// The row of the timeline, or a gap after the row before, with its time.
    rows: Vec<(f64, Option<usize>)>,
}

impl<'a> Seconds<'a> {
    pub(super) fn of(report: &'a RunReport) -> Self {
        let timeline = &report.timeline;
        let calibrates = |n: u32| report.trials.iter().any(|t| t.number == n && t.spec.purpose == Purpose::Calibration);
        let mut rows: Vec<(f64, Option<usize>)> = Vec::new();
        for (i, at) in timeline.at.iter().enumerate().filter(|(i, _)| !calibrates(timeline.trial[*i])) {
            if let Some((before, _)) = rows.last().copied()
                && at.0 - before > LONGEST_STEP
            {
                rows.push((before + 1.0, None));
            }
            rows.push((at.0, Some(i)));
        }
        Self { timeline, rows }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn x(&self) -> Vec<f64> {
        self.rows.iter().map(|(x, _)| *x).collect()
    }

    /// A series of one column; absent where the column is empty.
    pub(super) fn series<T>(
        &self,
        name: impl Into<String>,
        (panel, colour, style): (usize, usize, Style),
        column: &[T],
        of: impl Fn(&T) -> Option<f64>,
    ) -> Option<Series> {
        let y: Vec<Option<f64>> =
            self.rows.iter().map(|(_, row)| row.and_then(|i| column.get(i)).and_then(&of)).collect();
        let any = y.iter().any(Option::is_some);
        any.then(|| Series { name: name.into(), panel, style, colour, y, ..Series::default() })
    }

    /// The trials as stretches of time, and what was done to the site in them.
    pub(super) fn bands(&self, report: &RunReport) -> Vec<Band> {
        let under_load = report.trials.iter().filter(|t| t.spec.purpose != Purpose::Calibration);
        let disturbed = disturbance::all(report);
        under_load
            .filter_map(|t| {
                let mut at = self.rows.iter().filter(|(_, r)| r.is_some_and(|i| self.timeline.trial[i] == t.number));
                let from = at.next()?.0;
                let to = at.next_back().map_or(from, |(x, _)| *x) + 1.0;
                Some(Band { from, to, name: format!("{} {}", t.number, purpose(t.spec.purpose)), tone: Tone::Plain })
            })
            .chain(disturbed.iter().filter_map(|d| window(report, d)))
            .collect()
    }
}

/// When something was done to the site, on the run's clock.
fn window(report: &RunReport, disturbance: &Disturbance) -> Option<Band> {
    let trial = report.trials.iter().find(|t| t.number == disturbance.trial)?;
    let start = disturbance::start(trial);
    let to = disturbance.to.map_or(trial.to.0, |to| start + to);
    Some(Band { from: start + disturbance.from, to, name: disturbance.window.clone(), tone: Tone::Disturbed })
}
