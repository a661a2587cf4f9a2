//! The words of the page: what its template is filled with. Everything in it is text and is escaped there.

use redline_model::{Bottleneck, BottleneckStatus, RunReport, VerdictKind};
use serde::Serialize;

use super::{
    browser::{Seen, seen},
    chart::{Chart, Drawn},
    checks::{Checks, checks},
    facts::{Fact, facts, solid},
    failures::{Disturbances, disturbances},
    made_on,
    table::Table,
    tables,
};
use crate::{
    cache_words,
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
    disturbances: Vec<Disturbances>,
    charts: Vec<Drawn<'a>>,
    browser: Option<Seen<'a>>,
    steps: Vec<Table>,
    trials: Table,
    components: Option<Table>,
    caches: Option<Table>,
    about_caches: &'static str,
    checks: Option<Checks>,
    caveats: &'a [String],
    made_on: Vec<Table>,
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
            disturbances: disturbances(report),
            charts: charts.iter().map(Drawn::of).collect(),
            browser: seen(report),
            steps: tables::steps(report),
            trials: tables::trials(report),
            components: tables::components(report),
            caches: tables::caches(report),
            about_caches: cache_words::NOTE,
            checks: checks(report),
            caveats: &verdict.caveats,
            made_on: made_on::tables(report),
        }
    }
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

fn adjusted(report: &RunReport) -> Option<String> {
    let a = report.verdict.saturation_adjusted.as_ref()?;
    Some(solid(&format!(
        "Adjusted for the machine's speed the saturation throughput is {} requests a second, at a generator that takes {} of CPU a response; it took {} µs. Runs at different times are compared by this.",
        interval(&a.requests_per_second),
        a.reference_per_response,
        figure(1e6 * a.generator_per_response.estimate)
    )))
}
