//! From the traffic that people name to sessions per second.

use redline_model::{Demanded, Purpose, Rate, RunReport, Traffic, TrialResult};

use crate::comparison::usable;

/// Sessions per second of the traffic, growth included; absent where the run cannot tell what a session is.
pub(super) fn needed(demanded: &Demanded, run: &RunReport) -> Option<Rate> {
    let today = match demanded.traffic {
        Traffic::Sessions(rate) => rate.0,
        Traffic::Requests(rate) => rate.0 / loaded(run).map(|t| t.requests_per_session).filter(|r| *r > 0.0).last()?,
        Traffic::Users(users) => {
            // The quickest sessions are those of a stack with room, and the same users then make the most of them.
            let stay = |t: &TrialResult| t.session_duration.0 + t.nominal_think.0;
            let shortest = loaded(run).filter(|t| t.session_duration.0 > 0.0).map(stay).reduce(f64::min)?;
            users / shortest
        }
    };
    Some(Rate(today * demanded.growth))
}

/// Trials that nobody was turned away from: the open ones; where there are none (a quick run) the ramp, whose short steps
/// tell less. The few sessions of a warm-up tell by luck how long one stays.
fn loaded(run: &RunReport) -> impl Iterator<Item = &TrialResult> {
    let other = |t: &TrialResult| matches!(t.spec.purpose, Purpose::Calibration | Purpose::Overload | Purpose::WarmUp);
    let kept_up = move |t: &&TrialResult| usable(t) && t.sessions.turned_away == 0 && !other(t);
    let open = run.trials.iter().any(|t| kept_up(&t) && t.spec.cap.is_none());
    run.trials.iter().filter(move |t| kept_up(t) && (!open || t.spec.cap.is_none()))
}
