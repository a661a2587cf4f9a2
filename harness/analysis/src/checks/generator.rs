//! Was the generator fit? (DESIGN.md, rule 2)

use redline_model::{Check, Outcome, TrialResult};
use statrs::distribution::{Binomial, DiscreteCDF};

use super::Limits;

/// The share of sessions that a 99th percentile leaves to be late.
const LATE_SHARE: f64 = 0.01;

/// The window holds as many seconds as were to be measured.
pub(super) fn window(trial: &TrialResult, seconds: usize) -> Check {
    let wanted = trial.spec.hold.0.floor();
    Check::new(
        "window",
        seconds as f64 >= wanted,
        format!("{seconds} s"),
        format!("{wanted:.0} s"),
        "The generator did not report on every second of the window, so its figures are incomplete.",
    )
}

/// Sessions start when they are meant to: the 99th percentile of the lag is within its limit. In few sessions
/// that percentile is just the worst of them, so the question is whether more started late than 1 % can
/// explain: the check fails where that many or more have a probability below 2.5 % (binomial, one-sided).
///
/// Where the stack is kept full and further arrivals are turned away, only completions are counted. A session
/// that starts a little late takes the place of another that would have started then: there the limit is
/// 5 % of the SLO.
pub(super) fn schedule_lag(trial: &TrialResult, limits: &Limits) -> Check {
    let g = &trial.generator;
    let limit = limits.lag_of(trial.spec.purpose);
    Check::new(
        "schedule-lag",
        g.lag_p99 <= limit || explained(g.late_starts, g.starts, LATE_SHARE),
        format!("p99 {}, {} of {} late", g.lag_p99, g.late_starts, g.starts),
        format!("p99 ≤ {limit}"),
        "Sessions started late, so the generator offered less even a load than it claims.",
    )
}

/// Whether `k` or more of `n` have a probability of at least 2.5 % where each has the share `p`.
fn explained(k: u64, n: u64, p: f64) -> bool {
    let Ok(distribution) = Binomial::new(p, n) else { return false };
    k == 0 || distribution.sf(k - 1) >= 0.025
}

/// Every planned arrival was started, or turned away where that is what the trial is for.
pub(super) fn arrivals(trial: &TrialResult) -> Check {
    let s = &trial.sessions;
    let accounted = s.started + if trial.spec.cap.is_some() { s.turned_away } else { 0 };
    Check::new(
        "arrivals-started",
        accounted == s.planned,
        accounted.to_string(),
        format!("= {} planned", s.planned),
        "The generator left out arrivals of its schedule, so the load was less than stated.",
    )
}

/// No arrival had to wait for a slot.
pub(super) fn slots(trial: &TrialResult) -> Check {
    Check::new(
        "slots",
        trial.sessions.waited == 0,
        format!("{} waited", trial.sessions.waited),
        "0 waited",
        "Arrivals had to wait for a free slot, so the open load became a closed one.",
    )
}

/// The generator has CPU to spare.
pub(super) fn cpu(trial: &TrialResult, limits: &Limits) -> Check {
    Check::new(
        "generator-cpu",
        trial.generator.cpu < limits.generator_cpu,
        trial.generator.cpu.to_string(),
        format!("< {}", limits.generator_cpu),
        "The generator was short of CPU, so its own waiting is in the latencies.",
    )
}

/// The generator had ports and files enough.
pub(super) fn resources(trial: &TrialResult) -> Check {
    let short = trial.requests.outcomes.get(Outcome::Generator);
    Check::new(
        "generator-resources",
        short == 0,
        format!("{short} requests"),
        "0 requests",
        "The generator ran out of local ports or files, so these requests never reached the server.",
    )
}

/// Nothing is missing from the counts.
pub(super) fn events(dropped: u64) -> Check {
    Check::new(
        "dropped-events",
        dropped == 0,
        dropped.to_string(),
        "0",
        "Events of the generator were lost, so its counts are too low.",
    )
}
