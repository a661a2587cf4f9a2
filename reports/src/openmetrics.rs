//! The timeline as OpenMetrics text, for a time series database. Every second is a sample with its own time.

use std::fmt::Write as _;

use jiff::Timestamp;
use redline_model::{RunReport, Timeline};

use crate::RenderError;

/// Labels beyond those of the run, and a value for each second.
type Series = (Vec<(&'static str, String)>, Vec<Option<f64>>);

/// One metric: all its series come together.
struct Metric {
    name: &'static str,
    unit: &'static str,
    help: &'static str,
    series: Vec<Series>,
}

/// The exposition, which ends with `# EOF`.
pub(crate) fn exposition(report: &RunReport) -> Result<String, RenderError> {
    let started: Timestamp = report.started.parse().map_err(|_| RenderError::Started(report.started.clone()))?;
    let mut text = String::new();
    for metric in metrics(&report.timeline).iter().filter(|m| m.series.iter().any(|(_, v)| !v.is_empty())) {
        let name = if metric.unit.is_empty() { metric.name.into() } else { format!("{}_{}", metric.name, metric.unit) };
        // Writing into a string cannot fail.
        let _ = writeln!(text, "# TYPE {name} gauge");
        if !metric.unit.is_empty() {
            let _ = writeln!(text, "# UNIT {name} {}", metric.unit);
        }
        let _ = writeln!(text, "# HELP {name} {}", metric.help);
        for (labels, values) in &metric.series {
            samples(&mut text, &name, &series_labels(report, labels), values, report, started);
        }
    }
    text.push_str("# EOF\n");
    Ok(text)
}

/// One series. The trial is not a label: it would tear each series apart; it is a metric of its own.
fn samples(
    text: &mut String,
    name: &str,
    labels: &str,
    values: &[Option<f64>],
    report: &RunReport,
    started: Timestamp,
) {
    let wall = started.as_millisecond() as f64 / 1e3;
    for (at, value) in report.timeline.at.iter().zip(values) {
        if let Some(value) = value.filter(|v| v.is_finite()) {
            let _ = writeln!(text, "{name}{{{labels}}} {value} {:.3}", wall + at.0);
        }
    }
}

fn series_labels(report: &RunReport, labels: &[(&'static str, String)]) -> String {
    let run = [
        ("run", report.run.as_str()),
        ("scenario", report.fingerprint.scenario.as_str()),
        ("topology", report.fingerprint.topology.as_str()),
    ];
    let own = labels.iter().map(|(name, value)| (*name, value.as_str()));
    run.into_iter().chain(own).map(|(n, v)| format!("{n}=\"{}\"", escaped(v))).collect::<Vec<_>>().join(",")
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn plain(name: &'static str, unit: &'static str, help: &'static str, values: Vec<Option<f64>>) -> Metric {
    Metric { name, unit, help, series: vec![(Vec::new(), values)] }
}

fn metrics(t: &Timeline) -> Vec<Metric> {
    let all = |values: &[redline_model::Rate]| values.iter().map(|v| Some(v.0)).collect::<Vec<_>>();
    let times = |values: &[Option<redline_model::Seconds>]| values.iter().map(|v| v.map(|s| s.0)).collect::<Vec<_>>();
    let mut metrics = vec![
        plain(
            "redline_trial",
            "",
            "Number of the trial under way.",
            t.trial.iter().map(|n| Some(f64::from(*n))).collect(),
        ),
        plain("redline_sessions_offered", "per_second", "Sessions meant to start.", all(&t.offered)),
        plain("redline_sessions_started", "per_second", "Sessions that started.", all(&t.started)),
        plain("redline_sessions_completed", "per_second", "Sessions that ended.", all(&t.completed)),
        plain("redline_responses", "per_second", "HTTP responses.", all(&t.responses)),
        plain("redline_steps", "per_second", "Steps that ended.", all(&t.steps)),
        plain("redline_steps_good", "per_second", "Steps that were correct and within the SLO.", all(&t.good)),
        plain(
            "redline_sessions_in_flight",
            "",
            "Sessions in flight.",
            t.in_flight.iter().map(|n| Some(*n as f64)).collect(),
        ),
    ];
    let by_outcome = |(outcome, values): (&redline_model::Outcome, &Vec<redline_model::Rate>)| {
        (vec![("error_type", outcome.to_string())], all(values))
    };
    metrics.push(Metric {
        name: "redline_request_errors",
        unit: "per_second",
        help: "Requests that failed, by what became of them.",
        series: t.errors.iter().map(by_outcome).collect(),
    });
    let quantiles = [("0.5", &t.p50), ("0.95", &t.p95), ("0.99", &t.p99)];
    metrics.push(Metric {
        name: "redline_step_response",
        unit: "seconds",
        help: "Response time of the steps that succeeded, from the intended start to the last byte.",
        series: quantiles.iter().map(|(q, v)| (vec![("quantile", (*q).to_owned())], times(v))).collect(),
    });
    metrics.extend(probed(t));
    metrics
}

fn probed(t: &Timeline) -> Vec<Metric> {
    let of = |server: &str, component: &str| vec![("server", server.to_owned()), ("component", component.to_owned())];
    let counts = |values: &[Option<u64>]| values.iter().map(|v| v.map(|n| n as f64)).collect::<Vec<_>>();
    let pools = |pick: fn(&redline_model::PoolColumns) -> &Vec<Option<u64>>| {
        t.pools.iter().map(|p| (of(&p.server, &p.component), counts(pick(p)))).collect()
    };
    let databases = |pick: fn(&redline_model::DatabaseColumns) -> &Vec<Option<u64>>| {
        t.databases.iter().map(|d| (of(&d.server, &d.component), counts(pick(d)))).collect()
    };
    let busy = t.server_cpus_busy.iter().map(|v| v.map(|s| s.0)).collect();
    vec![
        plain("redline_server_cpus_busy", "ratio", "Busy share of the CPUs that the servers use.", busy),
        Metric {
            name: "redline_component_cpu",
            unit: "cores",
            help: "CPU of a component.",
            series: t.cpu.iter().map(|c| (of(&c.server, &c.component), c.cores.clone())).collect(),
        },
        Metric {
            name: "redline_pool_active",
            unit: "",
            help: "Children of a PHP-FPM pool that were working.",
            series: pools(|p| &p.active),
        },
        Metric {
            name: "redline_pool_queue",
            unit: "",
            help: "Requests in the listen queue of a PHP-FPM pool.",
            series: pools(|p| &p.queue),
        },
        Metric {
            name: "redline_database_threads_running",
            unit: "",
            help: "Threads that a database was executing.",
            series: databases(|d| &d.running),
        },
        Metric {
            name: "redline_database_lock_waiting",
            unit: "",
            help: "Row locks that were being waited for.",
            series: databases(|d| &d.lock_waiting),
        },
    ]
}
