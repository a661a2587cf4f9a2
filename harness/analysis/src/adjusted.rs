//! The saturation throughput, adjusted for how fast the machine was while it was measured.
//!
//! A shared host is up to a third faster at one time than at another, and everything on it with it. The
//! generator's work for one response is fixed and is done at the same time on another CPU, so that its CPU time
//! shows what both have in common (a control variate; Lavenberg and Welch, 1981). The servers follow it in part:
//! their throughput goes with the generator's CPU time to the power of −0.7.

use redline_model::{Interval, Purpose, Seconds, SpeedAdjusted, TrialClass, TrialResult};

use crate::{
    checks::cpu_exhausted,
    interval::{Slice, combine},
    search::mostly_whole,
};

/// The speed that is adjusted to: a response takes the generator 100 µs of CPU time.
const REFERENCE: f64 = 10_000.0;
/// How far the servers' throughput follows the generator's speed, d ln X ÷ d ln speed: the least-squares slope within
/// two sessions of six and three default runs of `checkout` on `single` was 0.69 (0.77 and 0.59), within the seven
/// overdriven trials of the latter 0.61. With 1, what is adjusted varies more than it does raw where the machine
/// is steady.
pub(crate) const FOLLOWS: f64 = 0.7;

/// From the trials that saturated the stack by exhausting its CPUs, and from the seconds of interventions in which nothing
/// was changed; absent with fewer than two of them, or
/// without the generator's CPU time. Comparable between runs of the same scenario, stack and version of redline on one kind of machine.
#[must_use]
pub fn speed_adjusted(trials: &[TrialResult], as_found: &[TrialResult]) -> Option<SpeedAdjusted> {
    let fit = |t: &&TrialResult| {
        t.spec.purpose == Purpose::Overdrive
            && t.class != TrialClass::GeneratorLimited
            && cpu_exhausted(t)
            && mostly_whole(t)
    };
    let driven: Vec<(&TrialResult, f64)> = trials
        .iter()
        .chain(as_found)
        .filter(fit)
        .filter_map(|t| Some((t, t.machine_speed.filter(|s| *s > 0.0)?)))
        .collect();
    if driven.len() < 2 {
        return None;
    }
    let slices: Vec<Slice> = driven
        .iter()
        .map(|(t, speed)| {
            let factor = (REFERENCE / speed).powf(FOLLOWS);
            let (value, error) = (t.responses.0 * factor, t.responses_error.0 * factor);
            Slice { value, error, seconds: t.to.0 - t.from.0 }
        })
        .collect();
    let costs: Vec<f64> = driven.iter().map(|(_, speed)| 1.0 / speed).collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    let (low, high) = costs.iter().fold((f64::INFINITY, 0.0f64), |(l, h), c| (l.min(*c), h.max(*c)));
    Some(SpeedAdjusted {
        requests_per_second: combine(&slices)?,
        generator_per_response: Interval { estimate: mean, low, high },
        reference_per_response: Seconds(1.0 / REFERENCE),
    })
}

#[cfg(test)]
mod tests {
    use redline_model::{HostHealth, Rate, Share, TrialSpec};

    use super::*;
    use crate::checks::tests::trial;

    fn driven(responses: f64, micros: f64) -> TrialResult {
        let base = trial(10.0, None);
        TrialResult {
            spec: TrialSpec { purpose: Purpose::Overdrive, ..base.spec },
            class: TrialClass::Fail,
            responses: Rate(responses),
            responses_error: Rate(responses * 0.01),
            machine_speed: Some(1e6 / micros),
            host: Some(HostHealth { server_cpus_busy: Share(1.0), ..HostHealth::default() }),
            ..base
        }
    }

    #[test]
    fn a_machine_that_slows_down_takes_both_along() {
        let slower = 2000.0 / 1.25f64.powf(FOLLOWS);
        let adjusted = speed_adjusted(&[driven(2000.0, 100.0), driven(slower, 125.0)], &[]).unwrap();
        let Interval { estimate, low, high } = adjusted.requests_per_second;
        assert!((estimate - 2000.0).abs() < 1e-6, "{adjusted:?}");
        assert!(low > 1900.0 && high < 2100.0, "{adjusted:?}");
        assert!((adjusted.generator_per_response.estimate - 112.5e-6).abs() < 1e-9, "{adjusted:?}");
    }

    #[test]
    fn a_server_that_slows_down_alone_is_not_excused() {
        let same = speed_adjusted(&[driven(2000.0, 100.0)], &[driven(1600.0, 100.0)]).unwrap();
        assert!(same.requests_per_second.low < 1600.0 && same.requests_per_second.high > 2000.0, "{same:?}");
        assert!(speed_adjusted(&[driven(2000.0, 100.0)], &[]).is_none());
    }
}
