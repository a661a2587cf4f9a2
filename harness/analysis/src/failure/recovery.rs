//! Whether the stack came back by itself once the fault was over, and as fast as it should.

use std::time::Duration;

use redline_model::{Mono, Recovery, RecoveryVerdict, Seconds, Share};

use super::FoundOutage;

/// For so long a stack is given the chance to recover.
pub const RECOVERY_WATCHED: Duration = Duration::from_secs(60);
/// A recovery is slow when it takes so much longer than working off its backlog.
const SLOW: f64 = 3.0;
/// What a component may take besides, to open its caches and connections.
const WAKING: f64 = 1.0;

/// What a recovery is judged by.
#[derive(Debug, Clone, Copy)]
pub struct RecoveryInput {
    /// When the fault's effect was seen.
    pub injected: Mono,
    /// When the component answered again; absent if it never did.
    pub cleared: Option<Mono>,
    /// What visitors had of it.
    pub outage: Option<FoundOutage>,
    /// Whether that can be told from what is bad without a fault.
    pub clear: bool,
    /// The load as a share of the saturation throughput, where that is known.
    pub load: Option<Share>,
}

/// What working off the backlog of a fault takes: ρD ÷ (1 − ρ). While nothing is served for a time D, λD requests
/// come together; then they are worked off at μ − λ, which takes λD ÷ (μ − λ).
#[must_use]
pub fn predicted_recovery(lasted: Seconds, load: Share) -> Option<Seconds> {
    (load.0 > 0.0 && load.0 < 1.0).then(|| Seconds(load.0 * lasted.0 / (1.0 - load.0)))
}

/// Judges it. Whether half the load brings back a stack that has not recovered is the caller's to try.
#[must_use]
pub fn judge_recovery(input: &RecoveryInput) -> Recovery {
    let lasted = input.cleared.map(|cleared| Seconds::from(cleared.since(input.injected)));
    let predicted = lasted.zip(input.load).and_then(|(lasted, load)| predicted_recovery(lasted, load));
    let Some(outage) = input.outage else {
        return Recovery {
            verdict: RecoveryVerdict::NotNeeded,
            took: None,
            predicted,
            watched: None,
            after_half: None,
        };
    };
    let not = |verdict| Recovery { verdict, took: None, predicted, watched: None, after_half: None };
    let Some(cleared) = input.cleared else { return not(RecoveryVerdict::NotRecovered) };
    if !input.clear {
        return not(RecoveryVerdict::Unknown);
    }
    let Some(ends) = outage.ends else { return not(RecoveryVerdict::Metastable) };
    let took = Seconds::from(ends.since(cleared));
    let slow = predicted.is_some_and(|predicted| took.0 > SLOW * predicted.0 + WAKING);
    let verdict = if slow { RecoveryVerdict::Slow } else { RecoveryVerdict::Recovered };
    Recovery { verdict, took: Some(took), predicted, watched: None, after_half: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }
    fn judge(ends: Option<u64>) -> RecoveryVerdict {
        let outage = FoundOutage { begins: at(1_000), ends: ends.map(at), resolution: Duration::ZERO, bad: Share(1.0) };
        let input = RecoveryInput {
            injected: at(1_000),
            cleared: Some(at(3_000)),
            outage: Some(outage),
            clear: true,
            load: Some(Share(0.5)),
        };
        judge_recovery(&input).verdict
    }

    #[test]
    fn a_backlog_takes_its_time() {
        assert_eq!(predicted_recovery(Seconds(2.0), Share(0.8)).map(|s| (s.0 * 1e6).round() / 1e6), Some(8.0));
        assert_eq!(predicted_recovery(Seconds(2.0), Share(1.0)), None);
    }

    #[test]
    fn slower_than_its_backlog_is_slow_and_never_is_metastable() {
        // 2 s at half the capacity: the backlog takes 2 s.
        assert_eq!(judge(Some(2_500)), RecoveryVerdict::Recovered);
        assert_eq!(judge(Some(5_000)), RecoveryVerdict::Recovered);
        assert_eq!(judge(Some(10_500)), RecoveryVerdict::Slow);
        assert_eq!(judge(None), RecoveryVerdict::Metastable);
    }
}
