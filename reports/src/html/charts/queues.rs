//! PHP-FPM's pools with their queues, and what the databases were doing.

use redline_model::RunReport;

use super::seconds::Seconds;
use crate::html::{
    chart::{Chart, Drawing, Lines, Panel, Series, Style, Unit},
    tables,
};

/// The chart; absent where neither was read.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let seconds = Seconds::of(report);
    let t = seconds.timeline;
    let mut panels = Vec::new();
    let mut series: Vec<Series> = Vec::new();
    let count = |v: &Option<u64>| v.map(|n| n as f64);
    let panel = |name: String, limits| Panel { name, unit: Unit::Count, limits, ..Panel::default() };
    for pool in &t.pools {
        let name = format!("{} / {}", pool.server, pool.component);
        let at = panels.len();
        let limits =
            if pool.limit > 0 { vec![(pool.limit as f64, format!("{} children", pool.limit))] } else { Vec::new() };
        panels.push(panel(format!("{name}: children working"), limits));
        panels.push(panel(format!("{name}: requests in the listen queue"), Vec::new()));
        series.extend(seconds.series(format!("working, {name}"), (at, 0, Style::Line), &pool.active, count));
        series.extend(seconds.series(format!("queued, {name}"), (at + 1, 3, Style::Line), &pool.queue, count));
    }
    for db in &t.databases {
        let name = format!("{} / {}", db.server, db.component);
        let at = panels.len();
        panels.push(panel(format!("{name}: threads running, row locks waited for"), Vec::new()));
        series.extend(seconds.series(format!("running, {name}"), (at, 1, Style::Line), &db.running, count));
        series.extend(seconds.series(
            format!("waiting for a lock, {name}"),
            (at, 6, Style::Line),
            &db.lock_waiting,
            count,
        ));
    }
    if series.is_empty() {
        return None;
    }
    Some(Chart {
        id: "queues".into(),
        title: "PHP-FPM pool and queue, MySQL".into(),
        about: "Each is read once a second, at one moment of it. A pool that is full while requests queue is a limit; it may also be full because its children wait for something else.".into(),
        summary: "Children working and requests queued in each PHP-FPM pool, threads running in each database, second by second; the table below has the mean and the most of each trial.".into(),
        table: Some(tables::queues(report)),
        drawing: Drawing::Lines(Lines {
            x_name: "minutes since the run's start",
            x_unit: Unit::Clock,
            panels,
            x: seconds.x(),
            series,
            bands: seconds.bands(report),
            ..Lines::default()
        }),
    })
}
