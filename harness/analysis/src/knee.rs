//! The knee: the load with the highest throughput ÷ response time (Kleinrock's power, 1979).

use redline_model::{Capacity, Interval, Purpose, TrialClass, TrialResult};

use crate::{capacity::in_all_units, search::mostly_whole};

/// The knee among the trials; its interval reaches to the neighbouring loads that were tried. Absent where
/// fewer than three loads were.
#[must_use]
pub fn knee(trials: &[TrialResult]) -> Option<Capacity> {
    let mut tried: Vec<&TrialResult> = trials
        .iter()
        .filter(|t| {
            !matches!(
                t.spec.purpose,
                Purpose::WarmUp | Purpose::Calibration | Purpose::Overdrive | Purpose::Intervene | Purpose::Overload
            )
        })
        .filter(|t| t.class != TrialClass::GeneratorLimited && t.response.mean.0 > 0.0 && t.completed.0 > 0.0)
        .filter(|t| mostly_whole(t))
        .collect();
    if tried.len() < 3 {
        return None;
    }
    tried.sort_by(|a, b| a.completed.0.total_cmp(&b.completed.0));
    let power = |t: &TrialResult| t.completed.0 / t.response.mean.0;
    let best = (0..tried.len()).max_by(|a, b| power(tried[*a]).total_cmp(&power(tried[*b])))?;
    let load = |i: usize| tried[i].completed.0;
    let (low, high) = (load(best.saturating_sub(1)), load((best + 1).min(tried.len() - 1)));
    Some(in_all_units(Interval { estimate: load(best), low, high }, tried[best], trials))
}
