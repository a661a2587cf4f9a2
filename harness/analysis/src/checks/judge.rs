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

/// Whether checks failed, and all that count are of the machine's other business: stolen CPU time and foreign
/// processes, which may be over in the next trial.
#[must_use]
pub fn disturbed(checks: &[Check]) -> bool {
    only_failed(checks, |name| name.starts_with("host-"))
}

/// Whether checks failed, and all that count are of those that `which` names.
pub(crate) fn only_failed(checks: &[Check], which: impl Fn(&str) -> bool) -> bool {
    let counts = |c: &&Check| c.status == CheckStatus::Failed && !ADVISORY.contains(&c.check.as_str());
    let mut failed = checks.iter().filter(counts).peekable();
    failed.peek().is_some() && failed.all(|c| which(&c.check))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, passed: bool) -> Check {
        Check::new(name, passed, "value", "limit", "detail")
    }

    #[test]
    fn only_the_machines_business_is_a_disturbance() {
        assert!(disturbed(&[check("host-steal", false), check("schedule-lag", true)]));
        // Advice counts for nothing here, as in the judgement itself.
        assert!(disturbed(&[check("host-steal", false), check("probe-lag", false)]));
        assert!(!disturbed(&[check("host-steal", false), check("schedule-lag", false)]));
        assert!(!disturbed(&[check("host-steal", true)]));
        assert!(!disturbed(&[check("probe-lag", false)]));
    }
}
