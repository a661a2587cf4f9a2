//! Documents of older schema versions, brought to the form of today.

use redline_model::{Rate, SCHEMA_VERSION, Second, Seconds, Timeline};
use serde::Deserialize;
use serde_json::Value;

/// One second as version 1 stored it: a row, with CPU by component but without pools and databases.
#[derive(Deserialize)]
struct SecondV1 {
    at: Seconds,
    trial: u32,
    offered: Rate,
    completed: Rate,
    responses: Rate,
    good: Rate,
    response: ResponseV1,
    in_flight: u64,
}

#[derive(Deserialize)]
struct ResponseV1 {
    count: u64,
    p50: Seconds,
    p95: Seconds,
    p99: Seconds,
}

/// Turns a document of version 1 into one of today. What version 1 did not store is absent, not made up: the
/// steps that ended and the sessions that started are not known from it, so its timeline holds `good` only, and
/// its CPU readings, which were those of the second before, are left out.
pub(super) fn from_v1(document: &mut Value) -> Result<(), serde_json::Error> {
    let rows: Vec<SecondV1> = match document.get_mut("timeline") {
        Some(rows) => serde_json::from_value(rows.take())?,
        None => Vec::new(),
    };
    let mut timeline = Timeline::default();
    for row in &rows {
        let of = &row.response;
        timeline.push(Second {
            at: row.at,
            trial: row.trial,
            offered: row.offered,
            started: None,
            completed: row.completed,
            responses: row.responses,
            steps: None,
            good: row.good,
            quantiles: (of.count > 0).then_some([of.p50, of.p95, of.p99]),
            in_flight: row.in_flight,
        });
    }
    document["timeline"] = serde_json::to_value(timeline)?;
    document["schema_version"] = SCHEMA_VERSION.into();
    Ok(())
}
