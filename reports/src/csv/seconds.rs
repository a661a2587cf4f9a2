//! A row for each second. Times are in seconds, rates per second, CPU in cores.

use redline_model::{RunReport, Timeline};

use super::table::{maybe, table};
use crate::RenderError;

/// A column's name and its cells.
type Column = (String, Vec<String>);

/// The table of the seconds.
pub(crate) fn seconds(report: &RunReport) -> Result<String, RenderError> {
    let columns = columns(&report.timeline);
    let head: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let row = |i: usize| columns.iter().map(|(_, cells)| cells.get(i).cloned().unwrap_or_default()).collect();
    table(&head, (0..report.timeline.len()).map(row))
}

fn columns(t: &Timeline) -> Vec<Column> {
    let mut columns = vec![
        column("at_s", &t.at, |v| v.0.to_string()),
        column("trial", &t.trial, u32::to_string),
        column("offered_sessions_per_s", &t.offered, |v| v.0.to_string()),
        column("started_sessions_per_s", &t.started, |v| v.0.to_string()),
        column("completed_sessions_per_s", &t.completed, |v| v.0.to_string()),
        column("responses_per_s", &t.responses, |v| v.0.to_string()),
        column("steps_per_s", &t.steps, |v| v.0.to_string()),
        column("good_steps_per_s", &t.good, |v| v.0.to_string()),
        column("response_p50_s", &t.p50, |v| maybe(v.map(|s| s.0))),
        column("response_p95_s", &t.p95, |v| maybe(v.map(|s| s.0))),
        column("response_p99_s", &t.p99, |v| maybe(v.map(|s| s.0))),
        column("in_flight", &t.in_flight, u64::to_string),
    ];
    columns.extend(t.errors.iter().map(|(outcome, of)| {
        let name = format!("errors_{}_per_s", outcome.to_string().replace(' ', "_"));
        column(&name, of, |v| v.0.to_string())
    }));
    columns.push(column("server_cpus_busy_share", &t.server_cpus_busy, |v| maybe(v.map(|s| s.0))));
    for cpu in &t.cpu {
        columns.push(column(&named("cpu_cores", &cpu.server, &cpu.component), &cpu.cores, |v| maybe(*v)));
    }
    for pool in &t.pools {
        columns.push(column(&named("pool_active", &pool.server, &pool.component), &pool.active, |v| maybe(*v)));
        columns.push(column(&named("pool_queue", &pool.server, &pool.component), &pool.queue, |v| maybe(*v)));
    }
    for db in &t.databases {
        columns.push(column(&named("threads_running", &db.server, &db.component), &db.running, |v| maybe(*v)));
        columns.push(column(&named("lock_waiting", &db.server, &db.component), &db.lock_waiting, |v| maybe(*v)));
    }
    columns
}

fn named(what: &str, server: &str, component: &str) -> String {
    format!("{what} {server}/{component}")
}

fn column<T>(name: &str, values: &[T], cell: fn(&T) -> String) -> Column {
    (name.to_owned(), values.iter().map(cell).collect())
}
