//! A row for each trial. Times are in seconds, rates per second.

use redline_model::{RunReport, TrialResult};

use super::table::{table, text};
use crate::{
    RenderError,
    words::{class, purpose},
};

type Column = (&'static str, fn(&TrialResult) -> String);

const COLUMNS: [Column; 25] = [
    ("trial", |t| t.number.to_string()),
    ("purpose", |t| purpose(t.spec.purpose).to_owned()),
    ("found", |t| class(t).to_owned()),
    ("from_s", |t| t.from.0.to_string()),
    ("to_s", |t| t.to.0.to_string()),
    ("offered_sessions_per_s", |t| t.offered.0.to_string()),
    ("completed_sessions_per_s", |t| t.completed.0.to_string()),
    ("responses_per_s", |t| t.responses.0.to_string()),
    ("steps_per_s", |t| t.steps_per_second.0.to_string()),
    ("good_steps_per_s", |t| t.good.0.to_string()),
    ("orders_per_s", |t| t.orders.0.to_string()),
    ("response_mean_s", |t| t.response.mean.0.to_string()),
    ("response_p50_s", |t| t.response.p50.0.to_string()),
    ("response_p90_s", |t| t.response.p90.0.to_string()),
    ("response_p95_s", |t| t.response.p95.0.to_string()),
    ("response_p99_s", |t| t.response.p99.0.to_string()),
    ("response_max_s", |t| t.response.max.0.to_string()),
    ("sessions_planned", |t| t.sessions.planned.to_string()),
    ("sessions_started", |t| t.sessions.started.to_string()),
    ("sessions_turned_away", |t| t.sessions.turned_away.to_string()),
    ("requests_sent", |t| t.requests.sent.to_string()),
    ("requests_failed", |t| t.requests.outcomes.errors().to_string()),
    ("in_flight_mean", |t| t.in_flight.mean.to_string()),
    ("generator_lag_p99_s", |t| t.generator.lag_p99.0.to_string()),
    ("reasons", |t| text(&t.reasons.join(" | "))),
];

/// The table of the trials.
pub(crate) fn trials(report: &RunReport) -> Result<String, RenderError> {
    let head: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    table(&head, report.trials.iter().map(|trial| COLUMNS.iter().map(|(_, cell)| cell(trial)).collect()))
}
