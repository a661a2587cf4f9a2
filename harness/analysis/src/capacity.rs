//! One load in the units that people think in.

use redline_model::{Capacity, Interval, Purpose, Seconds, TrialResult};

use crate::search::mostly_whole;

/// What a session is made of, on average.
#[derive(Debug, Clone, Copy)]
struct Proportions {
    requests: f64,
    orders: f64,
    think: Seconds,
}

impl Proportions {
    /// Of one trial.
    fn of(trial: &TrialResult) -> Self {
        Self {
            requests: trial.requests_per_session,
            orders: if trial.completed.0 > 0.0 { trial.orders.0 / trial.completed.0 } else { 0.0 },
            think: trial.nominal_think,
        }
    }

    /// Of all trials together whose sessions were whole: the same visitors come at every load, and which of them come in
    /// one trial is chance. Nothing where there are none.
    fn of_all(trials: &[TrialResult]) -> Option<Self> {
        let not_shoppers = |t: &TrialResult| matches!(t.spec.purpose, Purpose::Calibration | Purpose::Browse);
        let whole = trials.iter().filter(|t| !not_shoppers(t) && mostly_whole(t));
        let weighed = whole.map(|t| (t.completed.0 * (t.to.0 - t.from.0), Self::of(t))).filter(|(n, _)| *n > 0.0);
        let sum = weighed.fold((0.0, 0.0, 0.0, 0.0), |sum, (n, of)| {
            (sum.0 + n, sum.1 + n * of.requests, sum.2 + n * of.orders, sum.3 + n * of.think.0)
        });
        let mean = |part: f64| part / sum.0;
        (sum.0 > 0.0).then(|| Self { requests: mean(sum.1), orders: mean(sum.2), think: Seconds(mean(sum.3)) })
    }

    /// Shoppers are by Little's law (1961): sessions/s × (session duration + nominal think time).
    fn capacity(self, sessions_per_second: Interval, duration: Seconds) -> Capacity {
        Capacity {
            requests_per_second: sessions_per_second.scaled(self.requests),
            sessions_per_second,
            orders_per_second: sessions_per_second.scaled(self.orders),
            shoppers: sessions_per_second.scaled(duration.0 + self.think.0),
        }
    }
}

/// Converts a load in sessions per second: requests and orders by what sessions were made of in all `trials` together,
/// shoppers by how long sessions took in `nearest`, a trial like that load. Where the load made the sessions of `nearest`
/// end early, by that trial alone.
#[must_use]
pub fn in_all_units(sessions_per_second: Interval, nearest: &TrialResult, trials: &[TrialResult]) -> Capacity {
    let all = Proportions::of_all(trials).filter(|_| mostly_whole(nearest));
    let proportions = all.unwrap_or_else(|| Proportions::of(nearest));
    proportions.capacity(sessions_per_second, nearest.session_duration)
}

/// The load that one trial completed, with the interval of its own seconds.
#[must_use]
pub fn of_trial(trial: &TrialResult) -> Capacity {
    let half = crate::interval::Z * trial.completed_error.0;
    let x = trial.completed.0;
    let sessions = Interval { estimate: x, low: (x - half).max(0.0), high: x + half };
    Proportions::of(trial).capacity(sessions, trial.session_duration)
}
