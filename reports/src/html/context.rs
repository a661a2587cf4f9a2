//! The words of the page: what its template is filled with. Everything in it is text and is escaped there.

use redline_model::{Bottleneck, BottleneckStatus, Capacity, RunReport, VerdictKind};
use serde::Serialize;

use super::{
    chart::Chart,
    checks::{Checks, checks},
    made_on,
    table::Table,
    tables,
};
use crate::{
    figure::{figure, interval},
    words,
};

/// See the module.
#[derive(Debug, Serialize)]
pub(super) struct Context<'a> {
    title: String,
    scenario: &'a str,
    topology: &'a str,
    started: &'a str,
    took: String,
    run: &'a str,
    seed: String,
    redline: &'a str,
    kind: &'static str,
    tone: &'static str,
    sentence: &'a str,
    interrupted: Option<&'a str>,
    facts: Vec<Fact>,
    gives_out: Option<GivesOut<'a>>,
    promise: String,
    adjusted: Option<String>,
    capacity: Option<Table>,
    charts: Vec<Drawn<'a>>,
    steps: Vec<Table>,
    trials: Table,
    components: Option<Table>,
    checks: Option<Checks>,
    caveats: &'a [String],
    made_on: Vec<Table>,
}

/// A chart's words; its figures are drawn by the page's script.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    id: &'static str,
    title: &'static str,
    about: &'a str,
    summary: &'a str,
    table: Option<&'a Table>,
}

/// One of the figures on the first screen.
#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    figure: String,
    unit: &'static str,
    more: String,
}

/// What gave out, how that is known, what to do.
#[derive(Debug, Serialize)]
struct GivesOut<'a> {
    what: String,
    certainty: &'static str,
    tone: &'static str,
    evidence: &'a [String],
    others: &'a [String],
    untested: &'a [String],
    advice: Option<&'a str>,
}

impl<'a> Context<'a> {
    pub(super) fn of(report: &'a RunReport, charts: &'a [Chart]) -> Self {
        let (f, verdict) = (&report.fingerprint, &report.verdict);
        Self {
            title: format!("{} on {} – redline", f.scenario, f.topology),
            scenario: &f.scenario,
            topology: &f.topology,
            started: &report.started,
            took: report.took.to_string(),
            run: &report.run,
            seed: report.seed.to_string(),
            redline: &f.environment.redline,
            kind: words::kind(verdict.kind),
            tone: match verdict.kind {
                VerdictKind::Saturated | VerdictKind::Held => "good",
                VerdictKind::AtLeast | VerdictKind::SloUndefined => "warn",
                VerdictKind::Invalid => "bad",
            },
            sentence: &verdict.sentence,
            interrupted: report.interrupted.as_deref(),
            facts: facts(report),
            gives_out: verdict.bottleneck.as_ref().map(gives_out),
            promise: if f.slo.is_empty() { "nothing is promised".into() } else { f.slo.join(", ") },
            adjusted: adjusted(report),
            capacity: tables::capacity(report),
            charts: charts.iter().map(drawn).collect(),
            steps: tables::steps(report),
            trials: tables::trials(report),
            components: tables::components(report),
            checks: checks(report),
            caveats: &verdict.caveats,
            made_on: made_on::tables(report),
        }
    }
}

fn drawn(chart: &Chart) -> Drawn<'_> {
    let Chart { id, title, about, summary, table, .. } = chart;
    Drawn { id, title, about, summary, table: table.as_ref() }
}

fn gives_out(b: &Bottleneck) -> GivesOut<'_> {
    GivesOut {
        what: format!("{} of {}", b.resource, b.component),
        certainty: words::certainty(b),
        tone: match b.status {
            BottleneckStatus::Confirmed => "good",
            BottleneckStatus::Joint | BottleneckStatus::Suspected => "warn",
            BottleneckStatus::Unknown => "bad",
        },
        evidence: &b.evidence,
        others: &b.others,
        untested: &b.untested,
        advice: b.advice.as_deref(),
    }
}

fn facts(report: &RunReport) -> Vec<Fact> {
    let verdict = &report.verdict;
    let of = |name, capacity: &Option<Capacity>| {
        let c = capacity.as_ref()?;
        let s = c.sessions_per_second;
        let more = solid(&format!(
            "95 % interval {} to {}; {} requests a second, {} shoppers at once",
            figure(s.low),
            figure(s.high),
            figure(c.requests_per_second.estimate),
            figure(c.shoppers.estimate)
        ));
        Some(Fact { name, figure: figure(s.estimate), unit: "sessions/s", more })
    };
    let carries = if verdict.kind == VerdictKind::AtLeast { "Carries at least" } else { "Keeps its promise up to" };
    let mut facts: Vec<Fact> = [of(carries, &verdict.sustainable), of("Completes at most", &verdict.saturation)]
        .into_iter()
        .flatten()
        .collect();
    if let Some(after) = &verdict.after_peak {
        let worst = after.points.iter().map(|p| p.goodput.0).reduce(f64::min);
        facts.extend(worst.map(|worst| Fact {
            name: "Goodput under more than that",
            figure: format!("{:.0} %", 100.0 * worst),
            unit: "of its peak",
            more: words::behaviour(after.behaviour).to_owned(),
        }));
    }
    facts
}

fn adjusted(report: &RunReport) -> Option<String> {
    let a = report.verdict.saturation_adjusted.as_ref()?;
    Some(solid(&format!(
        "Adjusted for the machine's speed the saturation throughput is {} requests a second, at a generator that takes {} of CPU a response; it took {} µs. Runs at different times are compared by this.",
        interval(&a.requests_per_second),
        a.reference_per_response,
        figure(1e6 * a.generator_per_response.estimate)
    )))
}

/// The same text with numbers that are not torn apart at the end of a line.
fn solid(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let keep = |(i, c): (usize, &char)| {
        if *c == ' ' && digit(i.checked_sub(1)) && (digit(Some(i + 1)) || chars.get(i + 1) == Some(&'%')) {
            '\u{a0}'
        } else {
            *c
        }
    };
    chars.iter().enumerate().map(keep).collect()
}
