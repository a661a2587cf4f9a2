//! Was the machine equally fast all the time?

use redline_model::{Check, Interval, Purpose, Share, TrialResult};

use super::Limits;

/// The bottleneck's own threshold for busy CPUs.
const EXHAUSTED: f64 = 0.9;

/// The machine's speed over a run: median, lowest and highest of the trials that saturated the stack, in
/// responses that the generator dealt with a second of its CPU time; absent with fewer than three of them.
///
/// The generator's work for a response is the same all the time and is done beside the servers', so when it
/// takes longer the machine has become slower. Where the load differs so does the work, hence only saturated
/// trials count.
#[must_use]
pub fn machine_speed(trials: &[TrialResult]) -> Option<Interval> {
    let saturated =
        |t: &&TrialResult| matches!(t.spec.purpose, Purpose::Overdrive | Purpose::Intervene) && cpu_exhausted(t);
    let mut speeds: Vec<f64> = trials.iter().filter(saturated).filter_map(|t| t.machine_speed).collect();
    speeds.sort_by(f64::total_cmp);
    let (low, high) = (*speeds.first()?, *speeds.last()?);
    (speeds.len() >= 3).then(|| Interval { estimate: speeds[speeds.len() / 2], low, high })
}

/// Whether the servers' CPUs were exhausted, so that a slower machine serves less.
#[must_use]
pub fn cpu_exhausted(trial: &TrialResult) -> bool {
    trial.host.as_ref().is_some_and(|h| h.server_cpus_busy.0 >= EXHAUSTED)
}

/// The machine's own speed was about constant. Advice: the capacities' intervals are widened by it.
#[must_use]
pub fn speed(trials: &[TrialResult], limits: &Limits) -> Check {
    const NAME: &str = "machine-speed";
    let limit = format!("varies by ≤ {}", limits.machine_speed);
    let Some(s) = machine_speed(trials) else {
        return Check::not_available(
            NAME,
            limit,
            "Fewer than three trials exhausted the servers' CPUs, and nothing else moves with the machine's speed.",
        );
    };
    let varied = (s.high - s.low) / s.estimate;
    Check::new(
        NAME,
        varied <= limits.machine_speed.0,
        format!(
            "{} (the generator took {:.0} to {:.0} µs of CPU a response)",
            Share(varied),
            1e6 / s.high,
            1e6 / s.low
        ),
        limit,
        "The machine itself was faster at some times than at others (other tenants, clock, heat); the intervals are widened by that, and a run at another time may differ by as much.",
    )
}

/// `capacity` with its interval widened by how the machine's speed varied.
#[must_use]
pub fn widened(capacity: Interval, speed: Interval) -> Interval {
    let (slow, fast) = (speed.low / speed.estimate, speed.high / speed.estimate);
    Interval { estimate: capacity.estimate, low: capacity.low * slow, high: capacity.high * fast }
}

#[cfg(test)]
mod tests {
    use redline_model::{HostHealth, Slo, TrialSpec};

    use super::*;
    use crate::checks::tests::trial;

    fn at(speeds: &[f64]) -> Vec<TrialResult> {
        let trial = |s: &f64| {
            let base = trial(10.0, None);
            let spec = TrialSpec { purpose: Purpose::Overdrive, ..base.spec };
            let host = HostHealth { server_cpus_busy: Share(1.0), ..HostHealth::default() };
            TrialResult { machine_speed: Some(*s), spec, host: Some(host), ..base }
        };
        speeds.iter().map(trial).collect()
    }

    #[test]
    fn a_machine_that_slows_down_is_noticed_and_widens_the_interval() {
        let limits = Limits::for_slo(&Slo::default());
        assert!(speed(&at(&[1000.0, 1010.0, 990.0]), &limits).passed);
        let drifting = at(&[1000.0, 1000.0, 800.0]);
        assert!(!speed(&drifting, &limits).passed);
        let wide = widened(Interval { estimate: 50.0, low: 49.0, high: 51.0 }, machine_speed(&drifting).unwrap());
        assert!((wide.low - 39.2).abs() < 1e-9 && (wide.high - 51.0).abs() < 1e-9, "{wide:?}");
        assert!(machine_speed(&at(&[1000.0])).is_none());
    }
}
