//! What became of the goodput beyond the peak.

use redline_model::{
    AfterPeak, Behaviour, Interval, OverloadPoint, Purpose, Rate, Seconds, Share, TrialClass, TrialResult,
};

use super::record::{Record, fell_behind};
use crate::checks::cpu_exhausted;

/// At this share of the peak goodput or more the stack is graceful; below the other it collapsed.
const GRACEFUL: f64 = 0.95;
const COLLAPSED: f64 = 0.70;
/// By so much more of the peak a larger load must have to say that a smaller one was disturbed.
const CONTRADICTS: f64 = 0.15;
/// Collapse begins where the goodput falls under this share of its peak (DESIGN.md, Terms).
const BEGINS: f64 = 0.90;

/// The goodput beyond the peak relative to the peak; absent where nothing was driven beyond it.
pub(crate) fn after_peak(record: &Record) -> Option<AfterPeak> {
    let saturation = record.saturation?.estimate;
    let open: Vec<&TrialResult> = record.trials.iter().filter(|t| speaks(t)).collect();
    // Where the search tried nothing near the peak (a quick one) an overload may have the most: then that is the peak known.
    let peak = open.iter().max_by(|a, b| a.good.0.total_cmp(&b.good.0))?;
    let share = |t: &TrialResult| t.good.0 / peak.good.0;
    let point = |t: &&TrialResult| OverloadPoint {
        factor: t.spec.offered.0 / saturation,
        offered: t.spec.offered,
        goodput: Share(share(t)),
    };
    let points: Vec<OverloadPoint> =
        open.iter().copied().filter(|t| t.spec.purpose == Purpose::Overload).map(|t| point(&t)).collect();
    let overloads = open.iter().filter(|t| t.spec.purpose == Purpose::Overload);
    let lasted = overloads.map(|t| t.spec.settle.0 + t.spec.hold.0).reduce(f64::max).map(Seconds);
    let worst = points.iter().map(|p| p.goodput.0).reduce(f64::min).filter(|_| peak.good.0 > 0.0)?;
    let mut beyond: Vec<(f64, f64)> = open.iter().map(|t| (t.spec.offered.0, share(t))).collect();
    beyond.retain(|(load, _)| *load >= peak.spec.offered.0);
    beyond.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of_cpu = record.trials.iter().any(|t| t.spec.purpose == Purpose::Overdrive && cpu_exhausted(t));
    let unclear = contradict(&points);
    Some(AfterPeak {
        peak: peak.good,
        machine_speed: peak.machine_speed.filter(|_| of_cpu),
        behaviour: if unclear { Behaviour::Unclear } else { behaviour(worst) },
        collapse: crossing(&beyond).filter(|_| !unclear),
        points,
        lasted,
    })
}

/// Open trials, and those of the ramp that nobody was turned away from.
fn speaks(trial: &TrialResult) -> bool {
    let ramp = trial.spec.purpose == Purpose::Ramp && !fell_behind(trial);
    trial.class != TrialClass::GeneratorLimited && (trial.spec.cap.is_none() || ramp)
}

/// Whether less load did worse than more: something else was at work in one of them.
fn contradict(points: &[OverloadPoint]) -> bool {
    let worse = |less: &OverloadPoint, more: &OverloadPoint| {
        less.factor < more.factor && less.goodput.0 + CONTRADICTS < more.goodput.0
    };
    points.iter().any(|less| points.iter().any(|more| worse(less, more)))
}

/// What a share of the peak goodput is called.
pub(crate) fn behaviour(worst: f64) -> Behaviour {
    match worst {
        w if w >= GRACEFUL => Behaviour::Graceful,
        w if w >= COLLAPSED => Behaviour::Degraded,
        _ => Behaviour::Collapse,
    }
}

/// Where the goodput falls under 90 % of its peak for good: interpolated between the last load that keeps it and the
/// next, which bound it. `beyond` is (load, share of the peak) in the order of load.
fn crossing(beyond: &[(f64, f64)]) -> Option<Interval> {
    let last = beyond.iter().rposition(|(_, share)| *share >= BEGINS)?;
    let ((low, above), (high, below)) = (beyond[last], *beyond.get(last + 1)?);
    let part = (above - BEGINS) / (above - below).max(1e-9);
    Some(Interval { estimate: low + (high - low) * part, low, high })
}

/// How many sessions an overload may leave in flight at its end: what came and was not served.
#[must_use]
pub fn overload_in_flight(saturation: Rate, spec: &redline_model::TrialSpec) -> f64 {
    (spec.offered.0 - saturation.0).max(0.0) * (spec.settle.0 + spec.hold.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_of_collapse_is_between_its_neighbours() {
        let at = crossing(&[(100.0, 1.0), (150.0, 0.8), (200.0, 0.4)]).unwrap();
        assert_eq!((at.low, at.estimate, at.high), (100.0, 125.0, 150.0));
        assert_eq!(crossing(&[(100.0, 1.0), (150.0, 0.96), (200.0, 0.93)]), None);
    }

    #[test]
    fn more_load_with_more_goodput_tells_nothing() {
        let point = |(factor, share)| OverloadPoint { factor, offered: Rate(100.0 * factor), goodput: Share(share) };
        let of = |all: [(f64, f64); 2]| contradict(&all.map(point));
        assert!(of([(1.5, 0.54), (2.0, 1.0)]) && of([(2.0, 1.0), (1.5, 0.54)]));
        assert!(!of([(1.5, 0.61), (2.0, 0.38)]) && !of([(1.5, 0.30), (2.0, 0.36)]));
    }

    #[test]
    fn goodput_is_told_by_its_worst() {
        assert_eq!(behaviour(0.97), Behaviour::Graceful);
        assert_eq!(behaviour(0.8), Behaviour::Degraded);
        assert_eq!(behaviour(0.1), Behaviour::Collapse);
    }
}
