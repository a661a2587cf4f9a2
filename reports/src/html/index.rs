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
const MOST_RUNS: usize = 40;

/// A run in a folder of runs, or why it cannot be shown.
#[derive(Debug)]
pub struct Listed {
    /// The name of its folder.
    pub name: String,
    /// Its document.
    pub run: Result<RunReport, StoredError>,
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

/// A chart for each scenario and topology, in the order of the newest run.
fn trends(runs: &[Listed]) -> Vec<Chart> {
    let runs: Vec<(&str, &RunReport)> =
        runs.iter().filter_map(|l| l.run.as_ref().ok().map(|run| (l.name.as_str(), run))).collect();
    let mut kinds: Vec<String> = Vec::new();
    for (_, run) in &runs {
        if !kinds.contains(&what(run)) {
            kinds.push(what(run));
        }
    }
    let of = |kind: &String| {
        let of: Vec<(&str, &RunReport)> = runs
            .iter()
            .filter(|(_, run)| {
                what(run) == *kind && (run.verdict.saturation.is_some() || run.verdict.sustainable.is_some())
            })
            .take(MOST_RUNS)
            .copied()
            .collect();
        (of.len() > 1).then(|| (kind.clone(), of))
    };
    kinds.iter().filter_map(of).enumerate().map(|(i, (kind, of))| trend(i, &kind, &of)).collect()
}

fn trend(at: usize, kind: &str, runs: &[(&str, &RunReport)]) -> Chart {
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
        about: "Requests a second with 95 % intervals, the newest run first. Runs at different times are best compared by the adjusted figure; whether they are comparable at all, their fingerprints tell.".into(),
        summary: format!("{} runs of {kind}; their figures are in the table below.", runs.len()),
        table: Some(figures(kind, runs)),
        drawing: Drawing::Ranges(Ranges {
            x_name: "requests a second",
            x_unit: Unit::Rate,
            rows: runs.iter().map(|(_, run)| run.started.clone()).collect(),
            series: all.into_iter().filter(|s| s.ranges.iter().any(Option::is_some)).collect(),
            ..Ranges::default()
        }),
    }
}

fn figures(kind: &str, runs: &[(&str, &RunReport)]) -> Table {
    let told = |i: Option<Interval>| i.map_or("–".into(), |i| interval(&i));
    let rows = runs.iter().map(|(name, run)| {
        let verdict = &run.verdict;
        vec![
            (*name).to_owned(),
            told(verdict.sustainable.as_ref().map(|c| c.requests_per_second)),
            told(verdict.saturation.as_ref().map(|c| c.requests_per_second)),
            told(verdict.saturation_adjusted.map(|a| a.requests_per_second)),
        ]
    });
    let head = ["run", "sustainable", "saturation", "adjusted"];
    Table::of_figures(format!("{kind}: requests a second with 95 % intervals"), &head, rows.collect())
}
