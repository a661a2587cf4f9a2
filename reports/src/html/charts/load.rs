//! Throughput and response time against load, every trial as a point.

use redline_model::{Capacity, Purpose, RunReport, SloLimit, SloTerm, TrialClass, TrialResult};

use crate::{
    figure::{figure, interval},
    html::chart::{Chart, Drawing, Lines, Mark, Panel, Scale, Series, Style, Unit},
    words::{class, purpose},
};

/// The groups that trials fall into: name, style, colour.
const GROUPS: [(&str, Style, usize); 6] = [
    ("kept the promise", Style::Circles, 2),
    ("broke it", Style::Triangles, 3),
    ("undecided", Style::Diamonds, 4),
    ("driven beyond", Style::Squares, 1),
    ("set aside", Style::Diamonds, 7),
    ("ramp, too short to judge", Style::Circles, 7),
];

/// The chart; absent where no trial loaded the stack.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let trials: Vec<&TrialResult> = report
        .trials
        .iter()
        .filter(|t| {
            !matches!(t.spec.purpose, Purpose::Calibration | Purpose::WarmUp | Purpose::Browse) && t.offered.0 > 0.0
        })
        .collect();
    let most = trials.iter().map(|t| t.offered.0).reduce(f64::max)?;
    let mut series: Vec<Series> =
        GROUPS.iter().enumerate().filter_map(|(i, group)| points(&trials, i, *group)).collect();
    series.push(Series {
        name: "as much as is offered".into(),
        style: Style::Dashed,
        colour: 7,
        x: vec![0.0, most],
        y: vec![Some(0.0), Some(most)],
        ..Series::default()
    });
    series.extend(latencies(&trials));
    let promises = trials.iter().find_map(|t| (!t.slo.is_empty()).then(|| t.slo.iter().map(|o| &o.term)));
    let limits = promises.map(|terms| terms.filter_map(limit).collect()).unwrap_or_default();
    let throughput = Panel { name: "sessions completed a second".into(), ..Panel::default() };
    let response = Panel { name: "response time of all steps".into(), unit: Unit::Time, scale: Scale::Log, limits };
    Some(Chart {
        id: "load".into(),
        title: "Throughput and response time against load".into(),
        about: "Each point is a trial. Where points leave the dashed line, the stack completes less than is offered. Response times are those of trials in which nobody was turned away; those of warm-up and calibration are left out. Shaded: 95 % intervals.".into(),
        summary: summary(report, trials.len(), most),
        table: None,
        drawing: Drawing::Lines(Lines {
            x_name: "sessions offered a second",
            x_unit: Unit::Rate,
            panels: vec![throughput, response],
            series,
            marks: marks(report),
            ..Lines::default()
        }),
    })
}

fn summary(report: &RunReport, trials: usize, most: f64) -> String {
    let told = |name: &str, capacity: &Option<Capacity>| {
        let sessions = capacity.as_ref()?.sessions_per_second;
        Some(format!("{name} {} sessions a second (95 % interval)", interval(&sessions)))
    };
    let found =
        [told("saturation at", &report.verdict.saturation), told("sustainable load", &report.verdict.sustainable)];
    let found: Vec<String> = found.into_iter().flatten().collect();
    let found = if found.is_empty() { "no capacity was found".to_owned() } else { found.join(", ") };
    format!(
        "{trials} trials at up to {} sessions offered a second: {found}. Every point is in the table of trials.",
        figure(most)
    )
}

fn group(trial: &TrialResult) -> usize {
    match (trial.class, trial.spec.purpose) {
        (TrialClass::GeneratorLimited, _) => 4,
        (_, Purpose::Overdrive | Purpose::Intervene | Purpose::Overload) => 3,
        (_, Purpose::Ramp) => 5,
        (TrialClass::Pass, _) => 0,
        (TrialClass::Fail, _) => 1,
        (TrialClass::Undecided, _) => 2,
    }
}

fn points(trials: &[&TrialResult], which: usize, (name, style, colour): (&str, Style, usize)) -> Option<Series> {
    let of: Vec<&&TrialResult> = trials.iter().filter(|t| group(t) == which).collect();
    (!of.is_empty()).then(|| Series {
        name: name.into(),
        panel: 0,
        style,
        colour,
        x: of.iter().map(|t| t.offered.0).collect(),
        y: of.iter().map(|t| Some(t.completed.0)).collect(),
        labels: of.iter().map(|t| label(t)).collect(),
    })
}

fn label(t: &TrialResult) -> String {
    format!("trial {} ({}) {}", t.number, purpose(t.spec.purpose), class(t))
}

/// Percentiles over load. Where arrivals are turned away the response time is bounded too, so those trials are left
/// out.
fn latencies(trials: &[&TrialResult]) -> Vec<Series> {
    let mut open: Vec<&&TrialResult> =
        trials.iter().filter(|t| t.sessions.turned_away == 0 && t.response.count > 0 && group(t) != 4).collect();
    open.sort_by(|a, b| a.offered.0.total_cmp(&b.offered.0));
    let of = |name: &str, colour, value: fn(&TrialResult) -> f64| Series {
        name: name.into(),
        panel: 1,
        style: Style::Joined,
        colour,
        x: open.iter().map(|t| t.offered.0).collect(),
        y: open.iter().map(|t| Some(value(t))).collect(),
        labels: open.iter().map(|t| label(t)).collect(),
    };
    if open.is_empty() {
        return Vec::new();
    }
    vec![of("p50", 0, |t| t.response.p50.0), of("p95", 5, |t| t.response.p95.0), of("p99", 6, |t| t.response.p99.0)]
}

/// A promise about all steps as a line; one about a single step would be compared with the wrong figures.
fn limit(term: &SloTerm) -> Option<(f64, String)> {
    match (term.limit, &term.step) {
        (SloLimit::Latency { below, .. }, None) => Some((below.0, term.to_string())),
        _ => None,
    }
}

fn marks(report: &RunReport) -> Vec<Mark> {
    let verdict = &report.verdict;
    let capacity = |name: &str, colour, capacity: &Option<Capacity>| {
        let i = capacity.as_ref()?.sessions_per_second;
        let name = format!("{name} {}/s", figure(i.estimate));
        Some(Mark { x: i.estimate, low: i.low, high: i.high, name, colour })
    };
    let collapse = verdict.after_peak.as_ref().and_then(|a| a.collapse);
    let collapse = collapse.map(|i| {
        let name = format!("collapse {}/s", figure(i.estimate));
        Mark { x: i.estimate, low: i.low, high: i.high, name, colour: 3 }
    });
    let found =
        [capacity("sustainable", 2, &verdict.sustainable), capacity("saturation", 1, &verdict.saturation), collapse];
    found.into_iter().flatten().collect()
}
