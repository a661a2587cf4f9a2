//! Rates and sessions in flight over a window.

use redline_model::{InFlight, Rate, Seconds, Tick};

use super::window::{Batch, total, total_time};
use crate::interval::{ratio_error, slope};

/// A rate over the window with its standard error.
pub(crate) fn rate(window: &[Batch], of: impl Fn(&Tick) -> u64 + Copy) -> (Rate, Rate) {
    let span: Seconds = window.iter().map(Batch::length).sum();
    let counts: Vec<f64> = window.iter().map(|b| b.sum(of) as f64).collect();
    let lengths: Vec<f64> = window.iter().map(|b| b.length().0).collect();
    (Rate::over(total(window, of), span), Rate(ratio_error(&counts, &lengths)))
}

/// Sessions in flight, given those at the window's beginning: mean by the time-integral, trend by least squares.
pub(crate) fn in_flight(at_start: u64, window: &[Batch]) -> InFlight {
    let ends: Vec<f64> = window.iter().map(|b| b.sum(|t| t.sessions.in_flight) as f64).collect();
    let times: Vec<f64> = window.iter().map(|b| b.to.0 as f64 / 1e9).collect();
    let span: Seconds = window.iter().map(Batch::length).sum();
    let time = total_time(window, |t| t.sessions.in_flight_time);
    InFlight {
        mean: if span.0 > 0.0 { time.0 / span.0 } else { 0.0 },
        at_start,
        at_end: ends.last().map_or(at_start, |n| *n as u64),
        max: ends.iter().fold(0.0f64, |a, b| a.max(*b)) as u64,
        growth: slope(&times, &ends),
    }
}

/// The change of the sessions in flight in each second of the window.
pub(crate) fn changes(at_start: u64, window: &[Batch]) -> Vec<f64> {
    let ends = window.iter().map(|b| b.sum(|t| t.sessions.in_flight) as f64);
    ends.scan(at_start as f64, |last, now| Some(now - std::mem::replace(last, now))).collect()
}
