//! The page of a comparison: all stacks in one picture.

use redline_model::{Answer, ComparedStack, Comparison, Effect, Interval};
use serde::Serialize;

use super::{
    chart::{Chart, Drawing, Drawn, Lines, Panel, RangeSeries, Ranges, Scale, Series, Style, Unit},
    page::{Data, filled},
    table::Table,
};
use crate::{
    RenderError,
    comparison::{CONTRAST_HEAD, contrast_row, differences_word, effect, figure_word, groups, how},
    figure::interval,
};

/// Colours of the page; more stacks than that share them.
const COLOURS: usize = 8;

#[derive(Serialize)]
struct Page<'a> {
    title: String,
    scenario: &'a str,
    stacks: String,
    made: &'a str,
    how: String,
    interrupted: Option<&'a str>,
    unfair: bool,
    differing: String,
    differences: Option<Table>,
    answers: Vec<Sentence<'a>>,
    contrasts: Option<Table>,
    charts: Vec<Drawn<'a>>,
    tables: Vec<Table>,
    caveats: &'a [String],
    name: &'a str,
}

#[derive(Serialize)]
struct Sentence<'a> {
    text: &'a str,
    tone: &'static str,
}

/// The whole page.
pub(crate) fn comparison(c: &Comparison) -> Result<String, RenderError> {
    let charts: Vec<Chart> = [loads(c), capacities(c), ratios(c), latencies(c)].into_iter().flatten().collect();
    let document = serde_json::to_string(c)?;
    let data =
        Data { charts: &charts, files: vec![("comparison.json".into(), "application/json", document)], live: false };
    filled("comparison.html", page(c, &charts), &data)
}

fn page<'a>(c: &'a Comparison, charts: &'a [Chart]) -> Page<'a> {
    let names: Vec<&str> = c.stacks.iter().map(|s| s.name.as_str()).collect();
    let head: Vec<&str> = std::iter::once("").chain(names.iter().copied()).collect();
    let difference = |d: &redline_model::Difference| {
        [d.what.clone(), effect(d).to_owned()].into_iter().chain(d.values.iter().cloned()).collect()
    };
    let what: Vec<&str> = ["difference", "means"].into_iter().chain(names.iter().copied()).collect();
    let rows: Vec<Vec<String>> = c.differences.iter().map(difference).collect();
    Page {
        title: format!("{} on {} – redline", c.scenario, names.join(", ")),
        scenario: &c.scenario,
        stacks: names.join(", "),
        made: &c.made,
        how: how(c).join(", "),
        interrupted: c.interrupted.as_deref(),
        unfair: c.differences.iter().any(|d| d.effect == Effect::Unfair),
        differing: differences_word(&c.differences),
        differences: (!rows.is_empty()).then(|| Table::of_text("In what they differ", &what, rows)),
        answers: sentences(c),
        contrasts: (!c.contrasts.is_empty()).then(|| {
            Table::of_figures("Against the first stack", &CONTRAST_HEAD, c.contrasts.iter().map(contrast_row).collect())
        }),
        charts: charts.iter().map(Drawn::of).collect(),
        tables: groups(c).into_iter().map(|g| Table::of_figures(g.title, &head, g.rows)).collect(),
        caveats: &c.caveats,
        name: &c.name,
    }
}

/// Each sentence with its tone: they are in the order of the throughput's contrasts.
fn sentences(c: &Comparison) -> Vec<Sentence<'_>> {
    let of_throughput = c.contrasts.iter().filter(|x| x.figure == redline_model::ComparedFigure::SaturationThroughput);
    let tones = of_throughput.map(|contrast| match contrast.answer {
        Answer::Better => "good",
        Answer::Worse => "bad",
        Answer::Inconclusive => "warn",
    });
    c.sentences.iter().zip(tones).map(|(text, tone)| Sentence { text, tone }).collect()
}

/// Throughput and p95 over load, a line for each stack.
fn loads(c: &Comparison) -> Option<Chart> {
    let with: Vec<(usize, &ComparedStack)> = c.stacks.iter().enumerate().filter(|(_, s)| !s.curve.is_empty()).collect();
    if with.is_empty() {
        return None;
    }
    let series = |panel: usize, what: &str, value: fn(&redline_model::LoadPoint) -> f64| {
        let of = move |(i, s): &(usize, &ComparedStack)| Series {
            name: format!("{}: {what}", s.name),
            panel,
            style: Style::Joined,
            colour: i % COLOURS,
            x: s.curve.iter().map(|p| p.offered.0).collect(),
            y: s.curve.iter().map(|p| Some(value(p))).collect(),
            ..Series::default()
        };
        with.iter().map(of).collect::<Vec<_>>()
    };
    let mut all = series(0, "completed", |p| p.completed.0);
    all.extend(series(1, "p95", |p| p.p95.0));
    Some(Chart {
        id: "loads".into(),
        title: "Throughput and response time against load".into(),
        about: "Each point is a trial with nobody turned away. Where a line bends, its stack completes less than is offered.".into(),
        summary: format!("Curves of {} stacks; their capacities are in the tables below.", with.len()),
        table: None,
        drawing: Drawing::Lines(Lines {
            x_name: "sessions offered a second",
            x_unit: Unit::Rate,
            panels: vec![
                Panel { name: "sessions completed a second".into(), ..Panel::default() },
                Panel { name: "p95 of all steps".into(), unit: Unit::Time, scale: Scale::Log, ..Panel::default() },
            ],
            series: all,
            ..Lines::default()
        }),
    })
}

fn capacities(c: &Comparison) -> Option<Chart> {
    let series = |name: &str, colour, value: fn(&ComparedStack) -> Option<Interval>| RangeSeries {
        name: name.into(),
        colour,
        parts: ["from", "estimate", "to"],
        ranges: c.stacks.iter().map(|s| value(s).map(|i| [i.low, i.estimate, i.high])).collect(),
    };
    let all = vec![
        series("sustainable load", 2, |s| s.sustainable.map(|c| c.sessions_per_second)),
        series("saturation", 1, |s| s.saturation.map(|c| c.sessions_per_second)),
    ];
    let all: Vec<RangeSeries> = all.into_iter().filter(|s| s.ranges.iter().any(Option::is_some)).collect();
    let told =
        c.stacks.iter().filter_map(|s| Some(format!("{} {}", s.name, interval(&s.saturation?.sessions_per_second))));
    let told: Vec<String> = told.collect();
    (!all.is_empty()).then(|| Chart {
        id: "capacities".into(),
        title: "What each stack carries".into(),
        about: "Sessions a second with 95 % intervals, each from the stack's own search.".into(),
        summary: format!("Saturation throughput in sessions a second: {}.", told.join("; ")),
        table: None,
        drawing: Drawing::Ranges(Ranges {
            x_name: "sessions a second",
            x_unit: Unit::Rate,
            rows: c.stacks.iter().map(|s| s.name.clone()).collect(),
            series: all,
            ..Ranges::default()
        }),
    })
}

fn ratios(c: &Comparison) -> Option<Chart> {
    let with: Vec<&redline_model::Contrast> = c.contrasts.iter().filter(|c| c.ratio.is_some()).collect();
    let told: Vec<String> = with
        .iter()
        .filter_map(|c| {
            Some(format!("{}, {}: {}", c.stack, figure_word(c.figure), crate::comparison::ratio(c.ratio.as_ref()?)))
        })
        .collect();
    (!with.is_empty()).then(|| Chart {
        id: "ratios".into(),
        title: "Against the first stack".into(),
        about: "Each figure as a multiple of the first stack's, with its 95 % interval. More throughput is better; less time is better.".into(),
        summary: format!("Ratios with 95 % intervals: {}.", told.join("; ")),
        table: None,
        drawing: Drawing::Ranges(Ranges {
            x_name: "× the first stack's",
            x_unit: Unit::Ratio,
            rows: with.iter().map(|c| format!("{}: {}", c.stack, figure_word(c.figure))).collect(),
            series: vec![RangeSeries {
                name: "ratio".into(),
                colour: 0,
                parts: ["from", "estimate", "to"],
                ranges: with.iter().map(|c| c.ratio.map(|r| [r.low, r.estimate, r.high])).collect(),
            }],
            limits: vec![(1.0, "the same".into())],
            ..Ranges::default()
        }),
    })
}

fn latencies(c: &Comparison) -> Option<Chart> {
    let of = |s: &ComparedStack| s.same_load.as_ref().map(|l| [l.response.p50.0, l.response.p95.0, l.response.p99.0]);
    let ranges: Vec<Option<[f64; 3]>> = c.stacks.iter().map(of).collect();
    let told: Vec<String> = c
        .stacks
        .iter()
        .filter_map(|s| Some((s, s.same_load.as_ref()?)))
        .map(|(s, l)| format!("{} {} / {} / {}", s.name, l.response.p50, l.response.p95, l.response.p99))
        .collect();
    ranges.iter().any(Option::is_some).then(|| Chart {
        id: "latencies".into(),
        title: "Response times at the same load".into(),
        about: "From the median over the 95th to the 99th percentile of all steps.".into(),
        summary: format!("p50, p95 and p99: {}.", told.join("; ")),
        table: None,
        drawing: Drawing::Ranges(Ranges {
            x_name: "response time",
            x_unit: Unit::Time,
            scale: Scale::Log,
            rows: c.stacks.iter().map(|s| s.name.clone()).collect(),
            series: vec![RangeSeries { name: "response time".into(), colour: 0, parts: ["p50", "p95", "p99"], ranges }],
            ..Ranges::default()
        }),
    })
}
