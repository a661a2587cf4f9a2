//! What the probes read in each second.

use std::collections::BTreeMap;

use redline_model::{
    CpuColumn, DatabaseColumns, MysqlSample, PhpFpmSample, PoolColumns, ProbeReading, Sample, Share, Timeline,
};

use super::columns::{Row, hundredths};

/// Less of a second than this covered by readings says nothing about it.
const LEAST_COVERED: f64 = 0.5;

type ByComponent<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Sample>>;

/// Fills the columns of the probes.
pub(super) fn read_into(timeline: &mut Timeline, rows: &[Row], samples: &[&Sample]) {
    let mut host = Vec::new();
    let mut components: ByComponent = BTreeMap::new();
    for sample in samples {
        match sample.reading {
            ProbeReading::Host(_) => host.push(*sample),
            _ => components.entry((&sample.server, &sample.component)).or_default().push(sample),
        }
    }
    if !host.is_empty() {
        timeline.server_cpus_busy = rows.iter().map(|row| average(row, &host, busy).map(Share)).collect();
    }
    for ((server, component), of) in &components {
        let (server, component) = ((*server).to_owned(), (*component).to_owned());
        if of.iter().any(|s| cores(s).is_some()) {
            let cores = rows.iter().map(|row| average(row, of, cores)).collect();
            timeline.cpu.push(CpuColumn { server: server.clone(), component: component.clone(), cores });
        }
        if let Some(limit) = of.iter().rev().find_map(|s| pool(s)).map(|p| p.limit) {
            let (active, queue) = (column(rows, of, pool, |p| p.busy), column(rows, of, pool, |p| p.queue));
            let (server, component) = (server.clone(), component.clone());
            timeline.pools.push(PoolColumns { server, component, limit, active, queue });
        }
        if of.iter().any(|s| database(s).is_some()) {
            let running = column(rows, of, database, |d| d.running);
            let lock_waiting = column(rows, of, database, |d| d.lock_waiting_now);
            timeline.databases.push(DatabaseColumns { server, component, running, lock_waiting });
        }
    }
}

fn busy(sample: &Sample) -> Option<f64> {
    match &sample.reading {
        ProbeReading::Host(host) => Some(host.server_cpus_busy.0),
        _ => None,
    }
}

fn cores(sample: &Sample) -> Option<f64> {
    sample.cpu.filter(|_| sample.span.0 > 0.0).map(|cpu| cpu.used.0 / sample.span.0)
}

fn pool(sample: &Sample) -> Option<&PhpFpmSample> {
    match &sample.reading {
        ProbeReading::PhpFpm(pool) => Some(pool),
        _ => None,
    }
}

fn database(sample: &Sample) -> Option<&MysqlSample> {
    match &sample.reading {
        ProbeReading::Mysql(database) => Some(database),
        _ => None,
    }
}

/// What readings of a stretch of time say of one second: their mean, by how much of the second each covers.
fn average(row: &Row, samples: &[&Sample], of: fn(&Sample) -> Option<f64>) -> Option<f64> {
    let (from, to) = (row.from.0 as f64 / 1e9, row.to.0 as f64 / 1e9);
    let (mut covered, mut sum) = (0.0, 0.0);
    for (sample, value) in samples.iter().filter_map(|s| of(s).map(|v| (s, v))) {
        let at = sample.at.0 as f64 / 1e9;
        let shared = (to.min(at) - from.max(at - sample.span.0)).max(0.0);
        covered += shared;
        sum += shared * value;
    }
    (covered >= LEAST_COVERED * (to - from) && covered > 0.0).then(|| hundredths(sum / covered))
}

/// What was read at a moment in each second: the last reading in it.
fn column<T>(
    rows: &[Row],
    samples: &[&Sample],
    reading: fn(&Sample) -> Option<&T>,
    of: fn(&T) -> u64,
) -> Vec<Option<u64>> {
    let last =
        |row: &Row| samples.iter().filter(|s| row.from < s.at && s.at <= row.to).rev().find_map(|s| reading(s)).map(of);
    rows.iter().map(last).collect()
}
