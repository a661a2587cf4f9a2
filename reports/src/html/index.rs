//! A page that lists runs, with the trend of what each stack carried.

use redline_model::{Capacity, Interval, RunReport};
use serde::Serialize;

use super::{
    chart::{Chart, Drawing, Drawn, RangeSeries, Ranges, Unit},
    page::{Data, filled},
    table::Table,
};
use crate::{RenderError, StoredError, figure::interval, words};

/// More runs than this are not told apart in a chart; the newest are shown.
pub const MOST_RUNS: usize = 40;

/// A run in a folder of runs, or why it cannot be shown.
#[derive(Debug)]
pub struct Listed {
    /// The name of its folder.
    pub name: String,
    /// Its document.
    pub run: Result<RunReport, StoredError>,
    /// What changed with this run, by whoever looked at the series that it is in.
    pub changes: Vec<TrendChange>,
}

/// A figure of a series of runs that is another from some run on.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendChange {
    /// The figure.
    pub figure: &'static str,
    /// By how much: 0.1 is a tenth more.
    pub by: Interval,
    /// How often chance makes such a change.
    pub p: f64,
    /// What else changed with the run.
    pub with_it: Vec<&'static str>,
}

impl TrendChange {
    /// `saturation −9.8 % (−11.0 to −8.6), p = 0.001; with it changed: the shop`.
    fn told(&self) -> String {
        let with_it = match self.with_it.as_slice() {
            [] => String::new(),
            some => format!("; with it changed: {}", some.join(", ")),
        };
        let (low, high) = (percent(self.by.low), percent(self.by.high));
        format!("{} ({low} to {high}), p = {:.3}{with_it}", self.short(), self.p)
    }

    /// `saturation −9.8 %`.
    fn short(&self) -> String {
        format!("{} {} %", self.figure, percent(self.by.estimate))
    }
}

fn percent(share: f64) -> String {
    format!("{:+.1}", 100.0 * share).replace('-', "−")
}

#[derive(Serialize)]
struct Page<'a> {
    folder: &'a str,
    count: String,
    rows: Vec<Row<'a>>,
    charts: Vec<Drawn<'a>>,
}

#[derive(Default, Serialize)]
struct Row<'a> {
    name: &'a str,
    link: Option<String>,
    wrong: Option<String>,
    what: String,
    answer: &'static str,
    bottleneck: String,
    sustainable: String,
    saturation: String,
}

/// The list of `runs`, the newest first, with a trend for each scenario and topology that was run twice or more.
/// Each name is a link to `run/NAME`.
///
/// # Errors
/// Where a figure cannot be written.
pub fn index(folder: &str, runs: &[Listed]) -> Result<String, RenderError> {
    let charts = trends(runs);
    let count = match runs.len() {
        0 => "no run".into(),
        1 => "1 run".into(),
        n => format!("{n} runs"),
    };
    let page =
        Page { folder, count, rows: runs.iter().map(row).collect(), charts: charts.iter().map(Drawn::of).collect() };
    filled("index.html", page, &Data { charts: &charts, files: Vec::new(), live: false })
}

fn row(listed: &Listed) -> Row<'_> {
    let name = listed.name.as_str();
    match &listed.run {
        Err(error) => Row { name, wrong: Some(error.to_string()), ..Row::default() },
        Ok(run) => {
            let told = |c: &Option<Capacity>| c.as_ref().map_or("–".into(), |c| interval(&c.requests_per_second));
            let bottleneck = run.verdict.bottleneck.as_ref();
            Row {
                name,
                link: linkable(name).then(|| format!("run/{name}")),
                wrong: None,
                what: what(run),
                answer: words::kind(run.verdict.kind),
                bottleneck: bottleneck.map_or("–".into(), |b| format!("{} of {}", b.resource, b.component)),
                sustainable: told(&run.verdict.sustainable),
                saturation: told(&run.verdict.saturation),
            }
        }
    }
}

/// Names as redline gives them need no encoding in an address; another name gets no link.
fn linkable(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || c == '.') && !name.starts_with('.')
}

fn what(run: &RunReport) -> String {
    format!("{} on {}", run.fingerprint.scenario, run.fingerprint.topology)
}

/// Runs of one scenario, topology and class of machine, the newest first: others are not in one trend.
struct Series<'a> {
    what: String,
    class: String,
    runs: Vec<(&'a Listed, &'a RunReport)>,
}

/// A chart for each series of two runs or more, in the order of the newest run.
fn trends(runs: &[Listed]) -> Vec<Chart> {
    let mut all: Vec<Series<'_>> = Vec::new();
    for (listed, run) in runs.iter().filter_map(|l| Some((l, l.run.as_ref().ok()?))) {
        if run.verdict.saturation.is_none() && run.verdict.sustainable.is_none() {
            continue;
        }
        let (what, class) = (what(run), run.fingerprint.environment.class());
        match all.iter_mut().find(|s| s.what == what && s.class == class) {
            Some(series) => series.runs.push((listed, run)),
            None => all.push(Series { what, class, runs: vec![(listed, run)] }),
        }
    }
    all.iter_mut().for_each(|series| series.runs.truncate(MOST_RUNS));
    let several = |what: &str| all.iter().filter(|s| s.what == what).count() > 1;
    let named = |series: &Series<'_>| {
        if several(&series.what) { format!("{} · {}", series.what, series.class) } else { series.what.clone() }
    };
    let shown = all.iter().filter(|series| series.runs.len() > 1);
    shown.enumerate().map(|(i, series)| trend(i, &named(series), &series.runs)).collect()
}

fn trend(at: usize, kind: &str, runs: &[(&Listed, &RunReport)]) -> Chart {
    let series = |name: &str, colour, value: fn(&RunReport) -> Option<Interval>| RangeSeries {
        name: name.into(),
        colour,
        parts: ["from", "estimate", "to"],
        ranges: runs.iter().map(|(_, run)| value(run).map(|i| [i.low, i.estimate, i.high])).collect(),
    };
    let all = [
        series("sustainable load", 2, |r| r.verdict.sustainable.as_ref().map(|c| c.requests_per_second)),
        series("saturation", 1, |r| r.verdict.saturation.as_ref().map(|c| c.requests_per_second)),
        series("saturation adjusted for the machine's speed", 0, |r| {
            r.verdict.saturation_adjusted.map(|a| a.requests_per_second)
        }),
    ];
    Chart {
        id: format!("trend-{at}"),
        title: format!("{kind}: the trend"),
        about: "Requests a second with 95 % intervals, the newest run first. Runs at different times are best compared by the adjusted figure; whether they are comparable at all, their fingerprints tell. A line parts the runs after a change (E-divisive, p ≤ 0.01, from eight runs on) from those before it.".into(),
        summary: summary(kind, runs),
        table: Some(figures(kind, runs)),
        drawing: Drawing::Ranges(Ranges {
            x_name: "requests a second",
            x_unit: Unit::Rate,
            rows: runs.iter().map(|(_, run)| run.started.clone()).collect(),
            series: all.into_iter().filter(|s| s.ranges.iter().any(Option::is_some)).collect(),
            breaks: breaks(runs),
            ..Ranges::default()
        }),
    }
}

/// The line below the first run after a change: the run below it is the last one before.
fn breaks(runs: &[(&Listed, &RunReport)]) -> Vec<(usize, String)> {
    let with = runs.iter().enumerate().filter(|(_, (listed, _))| !listed.changes.is_empty());
    let told = |listed: &Listed| listed.changes.iter().map(TrendChange::short).collect::<Vec<_>>().join("; ");
    with.map(|(row, (listed, _))| (row, told(listed))).collect()
}

fn summary(kind: &str, runs: &[(&Listed, &RunReport)]) -> String {
    let of = |(listed, run): &(&Listed, &RunReport)| {
        let told = |change: &TrendChange| format!(" Changed from {} on: {}.", run.started, change.told());
        listed.changes.iter().map(told).collect::<String>()
    };
    let changes: String = runs.iter().map(of).collect();
    format!("{} runs of {kind}; their figures are in the table below.{changes}", runs.len())
}

fn figures(kind: &str, runs: &[(&Listed, &RunReport)]) -> Table {
    let told = |i: Option<Interval>| i.map_or("–".into(), |i| interval(&i));
    let changed = |listed: &Listed| match listed.changes.as_slice() {
        [] => "–".to_owned(),
        some => some.iter().map(TrendChange::told).collect::<Vec<_>>().join("; "),
    };
    let rows = runs.iter().map(|(listed, run)| {
        let verdict = &run.verdict;
        vec![
            listed.name.clone(),
            told(verdict.sustainable.as_ref().map(|c| c.requests_per_second)),
            told(verdict.saturation.as_ref().map(|c| c.requests_per_second)),
            told(verdict.saturation_adjusted.map(|a| a.requests_per_second)),
            changed(listed),
        ]
    });
    let head = ["run", "sustainable", "saturation", "adjusted", "changed with it"];
    Table::of_figures(format!("{kind}: requests a second with 95 % intervals"), &head, rows.collect())
}
