//! A stack that refuses what it cannot serve: errors that come with the load.
//!
//! Where arrivals beyond a limit fail at once (a rate limiter, no connections left, a gateway's timeout), sessions end as
//! fast as they come, and a count of sessions that ended would have no limit. What such a stack carries are the steps
//! that succeed.

use redline_model::{Outcome, Purpose, TrialResult};

use super::record::Record;

/// So much larger than at low load must the share of sessions that fail be.
const MORE: f64 = 0.10;
/// Fewer failed sessions than this are chance.
const LEAST: u64 = 10;

/// The share of the sessions that ended early by a failed step.
pub(crate) fn failed_share(trial: &TrialResult) -> f64 {
    let ended = trial.sessions.finished + trial.sessions.failed;
    trial.sessions.failed as f64 / ended.max(1) as f64
}

/// Whether sessions fail that would not at low load, where `usual` of them do.
pub(crate) fn refuses(trial: &TrialResult, usual: f64) -> bool {
    trial.sessions.failed >= LEAST && failed_share(trial) > usual + MORE
}

/// Whether so many sessions failed that the trial's completions and proportions are not those of whole sessions.
pub(crate) fn mostly_whole(trial: &TrialResult) -> bool {
    !refuses(trial, 0.0)
}

/// Steps that succeeded in the measured window.
fn succeeded(trial: &TrialResult) -> f64 {
    trial.steps.iter().map(|s| s.outcomes.get(Outcome::Ok)).sum::<u64>() as f64
}

/// What a trial completed, in sessions a second: those that ended, or where the load made sessions fail, the
/// steps that succeeded ÷ the steps that a session has at low load.
pub(crate) fn throughput(trial: &TrialResult, record: &Record) -> f64 {
    let Some(usual) = record.lowest_kept_up().map(failed_share).filter(|usual| refuses(trial, *usual)) else {
        return trial.completed.0;
    };
    let low = record.trials.iter().filter(|t| t.spec.purpose != Purpose::Overdrive && !refuses(t, usual));
    let (steps, sessions) = low.fold((0.0, 0.0), |(steps, sessions), t| {
        (steps + succeeded(t), sessions + t.completed.0 * (t.to.0 - t.from.0))
    });
    let each = steps / f64::max(sessions, 1e-9);
    let seconds = trial.to.0 - trial.from.0;
    if each > 0.0 && seconds > 0.0 { succeeded(trial) / seconds / each } else { trial.completed.0 }
}
