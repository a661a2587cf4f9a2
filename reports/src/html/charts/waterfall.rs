//! What one visitor waited for, request after request.

use redline_model::{Bytes, Outcome, RequestTrace, RunReport, SampledSession, Seconds};

use crate::{
    figure::{count, figure},
    html::{
        chart::{Chart, Drawing, SpanSeries, Spans, Unit},
        table::Table,
    },
    select::{at_saturation, at_sustainable, held},
};

/// What a request spends its time with: name and colour.
const PARTS: [(&str, usize); 5] =
    [("name look-up", 6), ("connecting", 5), ("waiting for the answer", 0), ("receiving", 2), ("failed", 3)];

/// Where the shop has what its pages are made of.
const ASSETS: &str = "/assets/";

/// A chart for each session that stands for a load.
pub(super) fn charts(report: &RunReport) -> Vec<Chart> {
    let loads = [
        ("sustainable", "at the sustainable load", at_sustainable(report)),
        ("saturation", "at saturation", at_saturation(report)),
        ("held", "at the load held", held(report)),
    ];
    let sessions: Vec<(&str, &str, f64, &SampledSession)> = loads
        .into_iter()
        .filter_map(|(id, at, trial)| {
            let trial = trial?;
            let session = report.sessions.iter().find(|s| s.trial == trial.number && !s.requests.is_empty())?;
            Some((id, at, trial.offered.0, session))
        })
        .collect();
    // One scale for all: that they differ is what there is to see.
    let length = sessions.iter().flat_map(|(.., s)| &s.requests).map(|r| r.ended.0).fold(0.0, f64::max);
    sessions.into_iter().map(|(id, at, offered, session)| chart(id, at, offered, session, length)).collect()
}

fn chart(id: &str, at: &str, offered: f64, session: &SampledSession, length: f64) -> Chart {
    let requests = &session.requests;
    let ended = requests.iter().map(|r| r.ended.0).fold(0.0, f64::max);
    let bytes = Bytes(requests.iter().map(|r| r.bytes).sum());
    let page = |i: usize| !requests[i].path.starts_with(ASSETS);
    let of_part = |part: usize| {
        let spans = requests.iter().enumerate().flat_map(|(row, r)| spans(r).into_iter().map(move |s| (row, s)));
        spans.filter(|(_, (p, ..))| *p == part).map(|(row, (_, from, to))| (row, from, to)).collect::<Vec<_>>()
    };
    let series = PARTS.iter().enumerate().map(|(part, (name, colour))| SpanSeries {
        name: (*name).into(),
        colour: *colour,
        spans: of_part(part),
    });
    Chart {
        id: format!("waterfall-{id}"),
        title: format!("One session {at}"),
        about: format!(
            "Session {} of trial {}, at {} sessions a second offered: of {} that were watched the one with the most requests. Time counts from when it was meant to begin; a row is a request, a bold one a page. Waiting includes waiting for a connection to become free.",
            session.session,
            session.trial,
            figure(offered),
            session.chosen_from
        ),
        summary: format!(
            "{} requests with {bytes} in {}; the table below has each of them.",
            count(requests.len() as u64),
            Seconds(ended)
        ),
        table: Some(table(session)),
        drawing: Drawing::Spans(Spans {
            x_name: "since the session was meant to begin",
            x_unit: Unit::Time,
            length,
            rows: requests.iter().map(row).collect(),
            begins: (0..requests.len()).filter(|i| page(*i)).collect(),
            tips: requests.iter().map(tip).collect(),
            series: series.filter(|s| !s.spans.is_empty()).collect(),
        }),
    }
}

/// A request's time by what it was spent with: part, from, to.
fn spans(r: &RequestTrace) -> Vec<(usize, f64, f64)> {
    if r.outcome.is_error() {
        return vec![(4, r.sent.0, r.ended.0)];
    }
    let mut spans = Vec::new();
    let mut at = r.sent.0;
    for (part, span) in [(0, r.lookup), (1, r.connect)] {
        if let Some((from, to)) = span {
            spans.push((part, from.0.max(at), to.0));
            at = to.0;
        }
    }
    let answered = r.first_byte.map_or(r.ended.0, |first| first.0);
    spans.extend([(2, at, answered), (3, answered, r.ended.0)]);
    spans.retain(|(_, from, to)| to > from);
    spans
}

/// A page with its step, an asset by its name.
fn row(r: &RequestTrace) -> String {
    let path = r.path.split('?').next().unwrap_or(&r.path);
    path.strip_prefix(ASSETS).map_or_else(|| format!("{} {path}", r.step), str::to_owned)
}

fn tip(r: &RequestTrace) -> String {
    let parts = spans(r).into_iter().map(|(part, from, to)| format!("{}: {}", PARTS[part].0, Seconds(to - from)));
    let lines = [format!("{}: {}", r.step, r.path), format!("sent at {}", r.sent)];
    let end = format!("{}, {}", Bytes(r.bytes), outcome(r.outcome));
    lines.into_iter().chain(parts).chain(std::iter::once(end)).collect::<Vec<_>>().join("\n")
}

fn outcome(outcome: Outcome) -> String {
    outcome.to_string()
}

fn table(session: &SampledSession) -> Table {
    let time = |t: Option<Seconds>| t.map_or("–".into(), |t| t.to_string());
    let long = |span: Option<(Seconds, Seconds)>| time(span.map(|(from, to)| to - from));
    let row = |r: &RequestTrace| {
        vec![
            format!("{}: {}", r.step, r.path),
            r.sent.to_string(),
            long(r.lookup),
            long(r.connect),
            time(r.first_byte),
            r.ended.to_string(),
            Bytes(r.bytes).to_string(),
            outcome(r.outcome),
        ]
    };
    let head = ["request", "sent", "look-up", "connecting", "first byte", "ended", "bytes", "outcome"];
    Table::of_figures(
        "Requests of the session; times since it was meant to begin",
        &head,
        session.requests.iter().map(row).collect(),
    )
}
