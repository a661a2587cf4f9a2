//! How the response times are spread, over the run.

use std::collections::BTreeMap;

use redline_model::{Purpose, RunReport};

use crate::html::chart::{Chart, Drawing, Heat, Unit};

/// More columns than this are not told apart on a screen.
const MOST_COLUMNS: f64 = 240.0;

/// The chart; absent where the document has no classes of response times.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let t = &report.timeline;
    let calibrates = |n: u32| report.trials.iter().any(|t| t.number == n && t.spec.purpose == Purpose::Calibration);
    let rows: Vec<usize> = (0..t.len()).filter(|i| !calibrates(t.trial[*i])).collect();
    let grid = &t.response_grid;
    let (first, last) = (t.at[*rows.first()?].0, t.at[*rows.last()?].0);
    let width = ((last - first + 1.0) / MOST_COLUMNS).ceil().max(1.0);
    let column = |row: usize| ((t.at[row].0 - first) / width).floor() as usize;
    let mut steps: BTreeMap<usize, f64> = BTreeMap::new();
    let mut found: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (class, counts) in grid.counts.iter().enumerate() {
        for row in rows.iter().filter(|row| counts.get(**row).is_some_and(|n| *n > 0)) {
            let (x, n) = (column(*row), counts[*row] as f64);
            *steps.entry(x).or_default() += n;
            *found.entry((x, class)).or_default() += n;
        }
    }
    if found.is_empty() {
        return None;
    }
    let cells = found.iter().map(|((x, class), n)| (*x, *class, (1e4 * n / steps[x]).round() / 1e4)).collect();
    let columns = column(*rows.last()?) + 1;
    Some(Chart {
        id: "spread".into(),
        title: "How the response times are spread".into(),
        about: format!(
            "Each column is {width} s of the run, each field a range of response times: the stronger its colour, the larger the share of that time's steps in it. Two bands mean two kinds of steps, or that some wait and others do not."
        ),
        summary: "Shares of the steps by response time over the run. The table of steps has the percentiles of each kind of step, the table of trials those of each trial.".into(),
        table: None,
        drawing: Drawing::Heat(Heat {
            x_name: "minutes since the run's start",
            y_name: "response time of the steps",
            y_unit: Unit::Time,
            x: (0..columns).map(|i| first + width * i as f64).collect(),
            edges: grid.edges.iter().map(|e| e.0).collect(),
            cells,
        }),
    })
}
