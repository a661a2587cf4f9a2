//! The operational laws (Denning and Buzen, 1978) as checks. (DESIGN.md, rule 3)

use redline_model::{Check, Purpose, Seconds, Share, TrialResult};

use super::{Limits, trial::Measured};

/// Below this much time in flight, in seconds, rounding and single sessions decide.
const LITTLE_LEAST: f64 = 0.5;
/// Fewer sessions than this at low load and single logins decide what a session costs.
const LEAST_SESSIONS: f64 = 300.0;

/// Little's law over the whole trial: from the first arrival to the end of the drain ∫N dt = Σ durations
/// holds exactly, whatever the distribution, because nothing is in flight at either end.
pub(super) fn little(trial: &TrialResult, measured: &Measured, limits: &Limits) -> Check {
    let limit = format!("within {}", limits.little);
    let (area, durations) = (measured.in_flight_time.0, measured.durations.0);
    if trial.sessions.cancelled > 0 {
        let why = "Sessions were cancelled after the drain; their durations are not known.";
        return Check::not_available("little", limit, why);
    }
    if area.max(durations) < LITTLE_LEAST {
        return Check::not_available("little", limit, "Too little was in flight to compare.");
    }
    let off = (area - durations).abs() / durations.max(1e-9);
    Check::new(
        "little",
        off <= limits.little.0,
        format!("∫N dt {area:.2} s, Σ durations {durations:.2} s: {:.2} % apart", off * 100.0),
        limit,
        "Sessions in flight and their durations disagree, so sessions or time are miscounted.",
    )
}

/// At saturation both ways of counting agree: sessions per second, and responses per second divided by the
/// requests of a session. A bias by sessions that are cut off at their first pages shows here.
#[must_use]
pub fn agreement_of_throughputs(trials: &[TrialResult]) -> Check {
    const NAME: &str = "throughput-agreement";
    let overdriven: Vec<_> = trials.iter().filter(|t| t.spec.purpose == Purpose::Overdrive).collect();
    let sum = |of: &dyn Fn(&TrialResult) -> f64| overdriven.iter().map(|t| of(t)).sum::<f64>();
    let n = overdriven.len() as f64;
    let (sessions, responses) = (sum(&|t| t.completed.0), sum(&|t| t.responses.0));
    let per_session = sum(&|t| t.requests_per_session * t.completed.0) / sessions.max(1e-9);
    if overdriven.is_empty() || sessions <= 0.0 || per_session <= 0.0 {
        return Check::not_available(NAME, "within their noise", "No overdriven trial completed a session.");
    }
    let errors = sum(&|t| t.completed_error.0.powi(2) + (t.responses_error.0 / per_session).powi(2)).sqrt();
    let (by_sessions, by_requests) = (sessions / n, responses / per_session / n);
    let noise = (3.0 * errors / n).max(0.02 * by_sessions);
    Check::new(
        NAME,
        (by_sessions - by_requests).abs() <= noise,
        format!("{by_sessions:.2} sessions/s; {by_requests:.2} sessions/s by their requests"),
        format!("within ± {noise:.2} sessions/s"),
        "Requests and sessions tell different saturation throughputs, so the mix of pages was not that of whole sessions.",
    )
}

fn length(trial: &TrialResult) -> Seconds {
    trial.to - trial.from
}

/// The CPU time that the components are told by their cgroups against what the kernel counts for the servers'
/// CPUs: two clocks for the same time, in the longest trials. Advice only: the kernel's own work for the
/// containers (network, file systems) belongs to no component.
#[must_use]
pub fn busy_time(trials: &[TrialResult], server_cores: f64, limits: &Limits) -> Check {
    const NAME: &str = "busy-time";
    let limit = format!("within {} of the servers' CPUs", limits.busy_time);
    let apart = trials.iter().filter(|t| length(t).0 >= 5.0 && undisturbed(t)).filter_map(|t| {
        let counted = t.host.as_ref()?.server_cpus_busy.0;
        let told: f64 = t.components.iter().filter_map(|c| c.cpu).sum::<f64>() / server_cores.max(1e-9);
        (told > 0.0).then_some((counted - told, counted, told))
    });
    match apart.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())) {
        None => Check::not_available(NAME, limit, "No trial was long enough, or nothing was probed."),
        Some((off, counted, told)) => Check::new(
            NAME,
            off.abs() <= limits.busy_time.0,
            format!("{} busy, {} of it the components'", Share(counted), Share(told)),
            limit,
            "The servers' CPUs did other work than the components', so less was left for them than stated.",
        ),
    }
}

/// Neither the generator's own measurement nor one in which CPU time was taken on purpose.
fn undisturbed(trial: &TrialResult) -> bool {
    !matches!(trial.spec.purpose, Purpose::Calibration | Purpose::Intervene)
}

/// Utilisation law across trials: CPU busy time = U₀ + X·D, with the idle share U₀ and the demand D of the
/// trials up to half of the highest throughput predicts the busy time at the highest.
#[must_use]
pub fn utilisation_law(trials: &[TrialResult], limits: &Limits) -> Check {
    const NAME: &str = "utilisation-law";
    let limit = format!("within {}", limits.utilisation);
    let points: Vec<(f64, f64)> = trials
        .iter()
        .filter(|t| {
            !matches!(t.spec.purpose, Purpose::WarmUp | Purpose::Calibration | Purpose::Intervene)
                && t.completed.0 > 0.0
        })
        .filter_map(|t| Some((t.completed.0, t.components.iter().filter_map(|c| c.cpu).reduce(|a, b| a + b)?)))
        .collect();
    let top = points.iter().fold((0.0, 0.0), |a, p| if p.0 > a.0 { *p } else { a });
    let low = |x: f64| x <= 0.55 * top.0;
    let (x, u): (Vec<f64>, Vec<f64>) = points.iter().filter(|p| low(p.0)).copied().unzip();
    let sessions: f64 = trials.iter().filter(|t| low(t.completed.0)).map(|t| t.completed.times(length(t))).sum();
    if x.len() < 2 || sessions < LEAST_SESSIONS {
        let why = "Too few sessions at low load to know what one costs: their mix decides.";
        return Check::not_available(NAME, limit, why);
    }
    let demand = crate::interval::slope(&x, &u).max(0.0);
    let predicted = crate::interval::mean(&u) + demand * (top.0 - crate::interval::mean(&x));
    let off = (top.1 - predicted).abs() / predicted.max(1e-9);
    Check::new(
        NAME,
        off <= limits.utilisation.0,
        format!("{:.3} cores busy at {:.1} sessions/s, {predicted:.3} predicted", top.1, top.0),
        limit,
        "CPU time does not follow throughput × demand: the work per session changes with load, or CPU time is miscounted.",
    )
}
