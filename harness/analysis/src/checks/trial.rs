//! All checks of one trial.

use redline_model::{Check, Seconds, TrialResult};

use super::{AccessLog, Limits, books, generator, laws, machine, timing};

/// Sums over the whole trial that its result does not carry.
pub(crate) struct Measured {
    pub(crate) in_flight_time: Seconds,
    pub(crate) durations: Seconds,
    pub(crate) service_sum: Seconds,
    pub(crate) dropped_events: u64,
    pub(crate) seconds: usize,
    pub(crate) access_log: Option<AccessLog>,
}

/// Makes every check of DESIGN.md, rules 2 and 3, that one trial allows.
pub(crate) fn check_trial(trial: &TrialResult, measured: &Measured, limits: &Limits) -> Vec<Check> {
    let checks = [
        generator::window(trial, measured.seconds),
        generator::schedule_lag(trial, limits),
        generator::arrivals(trial),
        generator::slots(trial),
        generator::cpu(trial, limits),
        generator::resources(trial),
        generator::events(measured.dropped_events),
        machine::steal(trial, limits),
        machine::others(trial, limits),
        books::balance(trial),
        books::sessions(trial),
        books::access_log(trial),
        laws::little(trial, measured, limits),
        timing::order(trial, measured, limits),
    ];
    checks.into_iter().map(|c| c.of_trial(trial.number)).collect()
}
