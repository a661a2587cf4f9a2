//! Response times by class, second by second.

use std::collections::BTreeMap;

use redline_model::{Latencies, LatencyGrid, Seconds};

/// Classes to a factor of ten: each is a third wider than the one before.
const TO_A_DECADE: f64 = 8.0;

/// How many steps of one second are in which class.
pub(super) type Classes = BTreeMap<i32, u64>;

/// The classes of one second.
pub(super) fn classes(response: &Latencies) -> Classes {
    let mut classes = Classes::new();
    for value in response.histogram().iter_recorded() {
        let micros = value.value_iterated_to().max(1) as f64;
        *classes.entry((TO_A_DECADE * micros.log10()).floor() as i32).or_default() += value.count_at_value();
    }
    classes
}

/// The grid over all seconds, from the lowest class that occurred to the highest.
pub(super) fn grid(seconds: &[Classes]) -> LatencyGrid {
    let first = seconds.iter().filter_map(|c| c.keys().next()).min();
    let last = seconds.iter().filter_map(|c| c.keys().next_back()).max();
    let (Some(first), Some(last)) = (first, last) else { return LatencyGrid::default() };
    let of = |class: i32| seconds.iter().map(|c| c.get(&class).copied().unwrap_or_default()).collect();
    LatencyGrid { edges: (*first..=last + 1).map(edge).collect(), counts: (*first..=*last).map(of).collect() }
}

/// The lower edge of a class, to a microsecond.
pub(super) fn edge(class: i32) -> Seconds {
    Seconds(10f64.powf(f64::from(class) / TO_A_DECADE).round() / 1e6)
}

/// The lowest class of a grid and its highest; nothing for one without a class.
pub(super) fn reach(grid: &LatencyGrid) -> Option<(i32, i32)> {
    let first = (TO_A_DECADE * (grid.edges.first()?.0 * 1e6).max(1.0).log10()).round() as i32;
    let classes = i32::try_from(grid.counts.len()).ok().filter(|n| *n > 0)?;
    Some((first, first + classes - 1))
}
