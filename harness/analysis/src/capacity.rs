//! One load in the units that people think in.

use redline_model::{Capacity, Interval, Seconds, TrialResult};

/// Converts a load in sessions per second, with the proportions that `trial` measured. Shoppers are by
/// Little's law (1961): sessions/s × (session duration + nominal think time).
#[must_use]
pub fn in_all_units(sessions_per_second: Interval, trial: &TrialResult) -> Capacity {
    let orders = if trial.completed.0 > 0.0 { trial.orders.0 / trial.completed.0 } else { 0.0 };
    let stay = Seconds(trial.session_duration.0 + trial.nominal_think.0);
    Capacity {
        requests_per_second: sessions_per_second.scaled(trial.requests_per_session),
        sessions_per_second,
        orders_per_second: sessions_per_second.scaled(orders),
        shoppers: sessions_per_second.scaled(stay.0),
    }
}

/// The load that one trial completed, with the interval of its own seconds.
#[must_use]
pub fn of_trial(trial: &TrialResult) -> Capacity {
    let half = crate::interval::Z * trial.completed_error.0;
    let x = trial.completed.0;
    in_all_units(Interval { estimate: x, low: (x - half).max(0.0), high: x + half }, trial)
}
