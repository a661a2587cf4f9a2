//! How much CPU each component used, second by second.

use redline_model::RunReport;

use super::seconds::Seconds;
use crate::html::{
    chart::{Chart, Drawing, Lines, Panel, Style, Unit},
    tables,
};

/// The chart; absent where no CPU was read.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let seconds = Seconds::of(report);
    let t = seconds.timeline;
    let mut series: Vec<_> = t
        .cpu
        .iter()
        .enumerate()
        .filter_map(|(i, c)| {
            let name = format!("{} / {}", c.server, c.component);
            seconds.series(name, (0, COLOURS[i % COLOURS.len()], Style::Line), &c.cores, |v| *v)
        })
        .collect();
    let cores: f64 = report.fingerprint.servers.iter().map(|s| s.cpus).sum();
    let of_all = report.fingerprint.environment.server_cpus.len() as f64;
    let busy = seconds.series("servers' CPUs, all in all", (0, 7, Style::Dashed), &t.server_cpus_busy, |v| {
        v.filter(|_| of_all > 0.0).map(|share| share.0 * of_all)
    });
    series.extend(busy);
    if series.is_empty() {
        return None;
    }
    let limits = if cores > 0.0 { vec![(cores, format!("all that the servers have: {cores}"))] } else { Vec::new() };
    Some(Chart {
        id: "busy".into(),
        title: "Busy time of each component".into(),
        about: "CPU time used per second, in cores. Beyond the line there is none to be had.".into(),
        summary: format!(
            "CPU of {} components in each second; the table below has the mean and the most of each trial.",
            t.cpu.len()
        ),
        table: Some(tables::busy(report)),
        drawing: Drawing::Lines(Lines {
            x_name: "minutes since the run's start",
            x_unit: Unit::Clock,
            panels: vec![Panel { name: "cores".into(), unit: Unit::Cores, limits, ..Panel::default() }],
            x: seconds.x(),
            series,
            bands: seconds.bands(report),
            ..Lines::default()
        }),
    })
}

const COLOURS: [usize; 7] = [0, 1, 2, 5, 4, 6, 3];
