//! The timeline as OpenTelemetry metrics: the body of an OTLP/HTTP request in JSON.
//!
//! Names and units follow OpenTelemetry's rules (lower case, dots, units by UCUM and not in the name); where its
//! semantic conventions have a name, that is used (`service.*`, `error.type`, `container.cpu.usage`). What a load test
//! has of its own begins with `redline.`.

use jiff::Timestamp;
use redline_model::{RunReport, Timeline};
use serde_json::{Value, json};

use crate::RenderError;

/// Seconds in one request: receivers refuse very large ones.
const MOST_SECONDS: usize = 600;
/// Each histogram stands for its own second.
const DELTA: u8 = 1;

/// A value for each second, or none, with attributes.
type Series = (Vec<(&'static str, String)>, Vec<Option<f64>>);

struct Gauge {
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    series: Vec<Series>,
}

/// The bodies of the requests that export the run, in order.
///
/// # Errors
/// Where the document does not say when the run started.
pub fn otlp(report: &RunReport) -> Result<Vec<String>, RenderError> {
    let started: Timestamp = report.started.parse().map_err(|_| RenderError::Started(report.started.clone()))?;
    let nanos = |at: f64| (started.as_nanosecond() + (at * 1e9) as i128).to_string();
    let times: Vec<(String, String)> = report.timeline.at.iter().map(|at| (nanos(at.0), nanos(at.0 + 1.0))).collect();
    let gauges = gauges(&report.timeline);
    let rows: Vec<usize> = (0..times.len()).collect();
    let bodies = rows.chunks(MOST_SECONDS).map(|rows| body(report, &gauges, &times, rows));
    Ok(bodies.map(|body| body.to_string()).collect())
}

/// A request with nothing in it: whoever takes this takes the others.
#[must_use]
pub fn otlp_probe() -> String {
    json!({"resourceMetrics": []}).to_string()
}

fn body(report: &RunReport, gauges: &[Gauge], times: &[(String, String)], rows: &[usize]) -> Value {
    let mut metrics: Vec<Value> = gauges.iter().filter_map(|gauge| gauge_metric(gauge, times, rows)).collect();
    metrics.extend(durations(&report.timeline, times, rows));
    let f = &report.fingerprint;
    let resource = [
        ("service.name", "redline".to_owned()),
        ("service.version", f.environment.redline.clone()),
        ("service.instance.id", report.run.clone()),
        ("redline.scenario", f.scenario.clone()),
        ("redline.topology", f.topology.clone()),
        ("redline.seed", report.seed.to_string()),
    ];
    json!({"resourceMetrics": [{
        "resource": {"attributes": attributes(&resource)},
        "scopeMetrics": [{"scope": {"name": "redline", "version": f.environment.redline}, "metrics": metrics}]
    }]})
}

fn attributes(of: &[(&str, String)]) -> Vec<Value> {
    of.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}})).collect()
}

/// Absent where it has no value in these seconds.
fn gauge_metric(gauge: &Gauge, times: &[(String, String)], rows: &[usize]) -> Option<Value> {
    let points: Vec<Value> = gauge
        .series
        .iter()
        .flat_map(|(of, values)| {
            let attributes = attributes(of);
            let known = rows.iter().filter_map(|row| Some((*row, values.get(*row).copied()??)));
            known
                .filter(|(_, value)| value.is_finite())
                .map(|(row, value)| json!({"timeUnixNano": times[row].1, "asDouble": value, "attributes": attributes}))
                .collect::<Vec<_>>()
        })
        .collect();
    let Gauge { name, unit, about, .. } = gauge;
    (!points.is_empty())
        .then(|| json!({"name": name, "unit": unit, "description": about, "gauge": {"dataPoints": points}}))
}

/// The response times as a histogram of each second; absent where the document has no classes.
fn durations(t: &Timeline, times: &[(String, String)], rows: &[usize]) -> Option<Value> {
    let grid = &t.response_grid;
    let bounds: Vec<f64> = grid.edges.iter().map(|edge| edge.0).collect();
    let point = |row: &usize| {
        let counts: Vec<u64> = grid.counts.iter().map(|class| class.get(*row).copied().unwrap_or_default()).collect();
        let all: u64 = counts.iter().sum();
        // One bucket below the first bound and one above the last: both are empty.
        let buckets: Vec<String> =
            std::iter::once(0).chain(counts).chain(std::iter::once(0)).map(|n| n.to_string()).collect();
        json!({
            "startTimeUnixNano": times[*row].0, "timeUnixNano": times[*row].1, "count": all.to_string(),
            "explicitBounds": bounds, "bucketCounts": buckets
        })
    };
    (!grid.counts.is_empty()).then(|| {
        json!({
            "name": "redline.step.duration", "unit": "s",
            "description": "Response time of the steps that succeeded, from the intended start to the last byte.",
            "histogram": {"aggregationTemporality": DELTA, "dataPoints": rows.iter().map(point).collect::<Vec<_>>()}
        })
    })
}

fn gauges(t: &Timeline) -> Vec<Gauge> {
    let rates = |values: &[redline_model::Rate]| values.iter().map(|v| Some(v.0)).collect::<Vec<_>>();
    let times = |values: &[Option<redline_model::Seconds>]| values.iter().map(|v| v.map(|s| s.0)).collect::<Vec<_>>();
    let one = |name, unit, about, values| Gauge { name, unit, about, series: vec![(Vec::new(), values)] };
    let trial = t.trial.iter().map(|n| Some(f64::from(*n))).collect();
    let in_flight = t.in_flight.iter().map(|n| Some(*n as f64)).collect();
    let quantile = |q: &str, values| (vec![("redline.quantile", q.to_owned())], times(values));
    let mut all = vec![
        one("redline.trial", "1", "Number of the trial under way.", trial),
        one("redline.session.offered", "{session}/s", "Sessions meant to start.", rates(&t.offered)),
        one("redline.session.started", "{session}/s", "Sessions that started.", rates(&t.started)),
        one("redline.session.completed", "{session}/s", "Sessions that ended.", rates(&t.completed)),
        one("redline.session.active", "{session}", "Sessions in flight.", in_flight),
        one("redline.response.rate", "{response}/s", "HTTP responses.", rates(&t.responses)),
        one("redline.step.rate", "{step}/s", "Steps that ended.", rates(&t.steps)),
        one("redline.step.good", "{step}/s", "Steps that were correct and within the SLO.", rates(&t.good)),
        Gauge {
            name: "redline.request.errors",
            unit: "{request}/s",
            about: "Requests that failed, by what became of them.",
            series: t
                .errors
                .iter()
                .map(|(o, v)| (vec![("error.type", o.to_string().replace(' ', "_"))], rates(v)))
                .collect(),
        },
        Gauge {
            name: "redline.step.duration.quantile",
            unit: "s",
            about: "Quantiles of the steps' response time within the second.",
            series: vec![quantile("0.5", &t.p50), quantile("0.95", &t.p95), quantile("0.99", &t.p99)],
        },
    ];
    all.extend(probed(t));
    all
}

fn probed(t: &Timeline) -> Vec<Gauge> {
    let of = |server: &str, component: &str| {
        vec![("redline.server", server.to_owned()), ("container.name", component.to_owned())]
    };
    let counts = |values: &[Option<u64>]| values.iter().map(|v| v.map(|n| n as f64)).collect::<Vec<_>>();
    let busy = t.server_cpus_busy.iter().map(|v| v.map(|s| s.0)).collect();
    let pools = |pick: fn(&redline_model::PoolColumns) -> &Vec<Option<u64>>| {
        t.pools.iter().map(|p| (of(&p.server, &p.component), counts(pick(p)))).collect()
    };
    let databases = |pick: fn(&redline_model::DatabaseColumns) -> &Vec<Option<u64>>| {
        t.databases.iter().map(|d| (of(&d.server, &d.component), counts(pick(d)))).collect()
    };
    let gauge = |name, unit, about, series| Gauge { name, unit, about, series };
    vec![
        gauge(
            "container.cpu.usage",
            "{cpu}",
            "CPU that a component used.",
            t.cpu.iter().map(|c| (of(&c.server, &c.component), c.cores.clone())).collect(),
        ),
        gauge(
            "redline.server.cpu.utilization",
            "1",
            "Busy share of the CPUs that the servers use.",
            vec![(Vec::new(), busy)],
        ),
        gauge("redline.pool.active", "{worker}", "Children of a PHP-FPM pool that were working.", pools(|p| &p.active)),
        gauge("redline.pool.queue", "{request}", "Requests in the pool's listen queue.", pools(|p| &p.queue)),
        gauge("redline.database.running", "{thread}", "Threads that were executing.", databases(|d| &d.running)),
        gauge("redline.database.lock_waits", "{lock}", "Row locks waited for.", databases(|d| &d.lock_waiting)),
    ]
}
