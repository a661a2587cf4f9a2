//! How far the answer may be off: the same search, replayed against a queue whose limit is known.
//!
//! Neighbouring steps near the limit are slow together, for longer than a trial, so no formula over the trials'
//! own steps tells the error (DESIGN.md, rule 4). The replays make every error that chance can make in a search:
//! in the ramp, in the saturation throughput, in where the trials go and in what they see.

use redline_model::{Interval, Seconds};

use super::{
    Ending, Search, SearchPlan,
    fit::{Fitted, fit},
    overdrive::WANDER,
    record::Record,
};
use crate::{
    interval::{deviation, mean, t_quantile},
    simulator::Simulator,
};

/// Replays that ended with an answer; fewer do not tell a spread.
const LEAST: usize = 8;
/// Steps that all replays together may simulate: about two seconds of CPU time in a release build.
const MOST_STEPS: f64 = 6e6;
/// An error beyond chance is not told from the replays: the spread counts by this much more. Calibrated on the
/// simulator, on seeds of its own.
const ALLOWANCE: f64 = 1.2;
const FIRST_SEED: u64 = 0x7e91a;

/// `limit` with its interval by replays; absent where no queue could be fitted or too few replays found an answer.
pub(crate) fn replayed(record: &Record, limit: Interval) -> Option<Interval> {
    if record.plan.replays == 0 {
        return None;
    }
    let fitted = fit(record, limit, 1)?;
    let replays = replays(record, &fitted);
    if replays.len() < LEAST {
        return None;
    }
    let errors: Vec<f64> = replays.iter().map(|r| r.error).collect();
    // The search's own bias counts as error. It is not taken off: that would trust the fitted queue more than the trials.
    let off = mean(&errors).hypot(deviation(&errors) * (1.0 + 1.0 / errors.len() as f64).sqrt());
    let spread = (ALLOWANCE * off).hypot(beyond_chance(record, &replays)).hypot(WANDER);
    let half = t_quantile(errors.len() as f64 - 1.0) * spread;
    Some(Interval { low: limit.estimate * (-half).exp(), high: limit.estimate * half.exp(), ..limit })
}

/// What one replay came to.
struct Replay {
    /// ln(estimate ÷ truth) of the sustainable load.
    error: f64,
    /// The relative half-width that it states for the saturation throughput.
    saturation: f64,
}

fn replays(record: &Record, fitted: &Fitted) -> Vec<Replay> {
    let budget = record.plan.budget - record.plan.overload();
    let plan = SearchPlan { replays: 0, overload_hold: Seconds(0.0), budget, ..record.plan };
    let weight: f64 = fitted.server.steps.iter().map(|s| s.share).sum();
    let steps = fitted.limit.0 * weight * budget.0;
    let least = LEAST as u32 + 2;
    let count = ((MOST_STEPS / steps) as u32).clamp(least, plan.replays.max(least));
    (0..u64::from(count)).filter_map(|seed| replay(plan, fitted, seed)).collect()
}

fn replay(plan: SearchPlan, fitted: &Fitted, seed: u64) -> Option<Replay> {
    let mut simulator = Simulator::new(fitted.server.clone(), fitted.slo.clone(), FIRST_SEED + seed);
    let outcome = simulator.search(Search::new(plan, None));
    let found = outcome.sustainable.filter(|_| outcome.ending == Ending::Found)?;
    Some(Replay { error: (found.estimate / fitted.limit.0).ln(), saturation: half_width(outcome.saturation?) })
}

fn half_width(of: Interval) -> f64 {
    (of.high - of.low) / 2.0 / of.estimate.max(1e-9)
}

/// What the saturation throughput varied by more than it does in the replays: the server's own speed. As a standard
/// error.
fn beyond_chance(record: &Record, replays: &[Replay]) -> f64 {
    let measured = record.saturation.map_or(0.0, half_width);
    let explained = mean(&replays.iter().map(|r| r.saturation).collect::<Vec<_>>());
    (measured.powi(2) - explained.powi(2)).max(0.0).sqrt() / crate::interval::Z
}
