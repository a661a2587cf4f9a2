//! Every second: what was offered, completed and good, and how long it took.

use redline_model::{Rate, RunReport};

use super::seconds::Seconds;
use crate::html::chart::{Chart, Drawing, Lines, Panel, Scale, Style, Unit};

/// The chart; absent where there was no second under load.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let seconds = Seconds::of(report);
    if seconds.is_empty() {
        return None;
    }
    let t = seconds.timeline;
    let rate = |r: &Rate| Some(r.0);
    let errors: Vec<Rate> =
        if t.errors.is_empty() { Vec::new() } else { (0..t.len()).map(|i| t.errors_at(i)).collect() };
    let time = |s: &Option<redline_model::Seconds>| s.map(|s| s.0);
    let series = [
        seconds.series("offered", (0, 7, Style::Dashed), &t.offered, rate),
        seconds.series("completed", (0, 0, Style::Line), &t.completed, rate),
        seconds.series("steps ended", (1, 4, Style::Line), &t.steps, rate),
        seconds.series("good steps", (1, 2, Style::Line), &t.good, rate),
        seconds.series("failed requests", (1, 3, Style::Line), &errors, rate),
        seconds.series("p50", (2, 0, Style::Line), &t.p50, time),
        seconds.series("p95", (2, 5, Style::Line), &t.p95, time),
        seconds.series("p99", (2, 6, Style::Line), &t.p99, time),
        seconds.series("in flight", (3, 1, Style::Line), &t.in_flight, |n| Some(*n as f64)),
    ];
    let panel = |name: &str, unit, scale| Panel { name: name.into(), unit, scale, limits: Vec::new() };
    Some(Chart {
        id: "timeline".into(),
        title: "Every second of the run".into(),
        about: "Shaded stretches are trials, numbered as in the table of trials. Good steps are those that were correct and within the promise.".into(),
        summary: format!(
            "{} seconds under load: sessions offered and completed, steps ended and good, response time percentiles and sessions in flight. The table of trials sums each trial up; all seconds can be saved below under Raw data.",
            seconds.x().len()
        ),
        table: None,
        drawing: Drawing::Lines(Lines {
            x_name: "minutes since the run's start",
            x_unit: Unit::Clock,
            panels: vec![
                panel("sessions a second", Unit::Rate, Scale::Linear),
                panel("steps a second", Unit::Rate, Scale::Linear),
                panel("response time of the steps", Unit::Time, Scale::Log),
                panel("sessions in flight", Unit::Count, Scale::Linear),
            ],
            x: seconds.x(),
            series: series.into_iter().flatten().collect(),
            bands: seconds.bands(report),
            ..Lines::default()
        }),
    })
}
