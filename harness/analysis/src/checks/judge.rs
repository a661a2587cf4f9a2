//! What failed checks mean: nothing can be trusted, or nothing can be said about the stack.

use redline_model::{Check, CheckStatus};

/// A failure of one of these means that something is miscounted or mistimed: no figure can be trusted.
const INVALIDATING: [&str; 6] =
    ["books-balance", "sessions-balance", "access-log", "little", "client-time", "dropped-events"];
/// A failure of one of these is worth knowing and decides nothing.
const ADVISORY: [&str; 6] =
    ["utilisation-law", "throughput-agreement", "busy-time", "machine-speed", "probe-coverage", "probe-lag"];

/// What the checks allow to be concluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fitness {
    /// Everything.
    Fit,
    /// The generator or the machine was not fit: what was carried is a lower bound.
    Limited(Vec<String>),
    /// Nothing.
    Invalid(Vec<String>),
}

/// Judges the checks of one trial, or of a whole run.
///
/// Miscounted or mistimed figures (`books-balance`, `sessions-balance`, `access-log`, `little`, `client-time`,
/// `dropped-events`) make a run invalid; a generator or machine that was not fit makes only the trial
/// generator-limited, and a capacity into "at least"; the rest is advice.
#[must_use]
pub fn judge(checks: &[Check]) -> Fitness {
    let failed = || checks.iter().filter(|c| c.status == CheckStatus::Failed);
    let told = |c: &Check| {
        let trial = c.trial.map_or(String::new(), |n| format!("trial {n}, "));
        format!("{trial}{}: {} where {} was allowed. {}", c.check, c.value, c.limit, c.detail)
    };
    let of = |which: &dyn Fn(&str) -> bool| failed().filter(|c| which(&c.check)).map(told).collect::<Vec<_>>();
    let invalid = of(&|name| INVALIDATING.contains(&name));
    let limited = of(&|name| !INVALIDATING.contains(&name) && !ADVISORY.contains(&name));
    match (invalid.is_empty(), limited.is_empty()) {
        (false, _) => Fitness::Invalid(invalid),
        (true, false) => Fitness::Limited(limited),
        (true, true) => Fitness::Fit,
    }
}
