//! Change points by division: the best split of all, if it is hardly chance, then each part again (E-divisive; Matteson
//! and James, 2014). Chance is what comes of the same values in random orders.

use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};
use redline_model::Interval;

use super::energy::best_split;
use crate::interval::{deviation, mean, t_quantile};

/// The fewest values of a series in which a change can be told at all: permutations of fewer say little.
pub const FEWEST: usize = 8;
/// The fewest values between two changes.
const APART: usize = 3;
/// Random orders for each test.
const ORDERS: usize = 999;
/// A split that chance explains with more than this is none.
const CHANCE: f64 = 0.01;

/// A change in a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The first value after it, by its place.
    pub at: usize,
    /// The mean after ÷ the mean before, less 1, up to the next changes on both sides, with a 95 % interval.
    pub by: Interval,
    /// The share of random orders that split at least as well.
    pub p: f64,
}

/// The changes in a series, in its order; everything random comes from `seed`. Empty for fewer than [`FEWEST`] values.
#[must_use]
pub fn change_points(values: &[f64], seed: u64) -> Vec<Changed> {
    if values.len() < FEWEST || values.iter().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut parts = vec![(0, values.len())];
    while let Some((from, to)) = parts.pop() {
        let part = &values[from..to];
        let Some((at, statistic)) = best_split(part, APART) else { continue };
        let p = chance(part, statistic, &mut rng);
        if p <= CHANCE {
            found.push((from + at, p));
            parts.extend([(from, from + at), (from + at, to)]);
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let edges: Vec<usize> =
        std::iter::once(0).chain(found.iter().map(|(at, _)| *at)).chain(std::iter::once(values.len())).collect();
    let of = |(i, (at, p)): (usize, &(usize, f64))| {
        let (before, after) = (&values[edges[i]..*at], &values[*at..edges[i + 2]]);
        Changed { at: *at, by: ratio(before, after), p: *p }
    };
    found.iter().enumerate().map(of).collect()
}

/// The share of random orders whose best split is at least as good, the true order counted in.
fn chance(part: &[f64], statistic: f64, rng: &mut SmallRng) -> f64 {
    let mut order = part.to_vec();
    let as_good = (0..ORDERS).filter(|_| {
        order.shuffle(rng);
        best_split(&order, APART).is_some_and(|(_, s)| s >= statistic)
    });
    (as_good.count() + 1) as f64 / (ORDERS + 1) as f64
}

/// The mean of the later values ÷ that of the earlier, less 1, by the delta method with Student's t.
fn ratio(before: &[f64], after: &[f64]) -> Interval {
    let (x, y) = (mean(before), mean(after));
    let relative = |of: &[f64], mean: f64| deviation(of).powi(2) / of.len() as f64 / (mean * mean);
    let error = (y / x).abs() * (relative(before, x) + relative(after, y)).sqrt();
    let half = t_quantile((before.len() + after.len()) as f64 - 2.0) * error;
    let estimate = y / x - 1.0;
    Interval { estimate, low: estimate - half, high: estimate + half }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    fn noisy(rng: &mut SmallRng, level: f64) -> f64 {
        level * (1.0 + 0.02 * ((0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0))
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let mut rng = SmallRng::seed_from_u64(3);
        let values: Vec<f64> = (0..30).map(|i| noisy(&mut rng, if i < 18 { 100.0 } else { 90.0 })).collect();
        let found = change_points(&values, 1);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].at.abs_diff(18) <= 1 && (found[0].by.estimate + 0.1).abs() < 0.03, "{found:?}");
        assert!(found[0].by.low <= -0.1 && -0.1 <= found[0].by.high, "{found:?}");
    }

    #[test]
    fn two_steps_are_two_changes() {
        let mut rng = SmallRng::seed_from_u64(4);
        let level = |i| match i {
            0..15 => 100.0,
            15..30 => 80.0,
            _ => 110.0,
        };
        let values: Vec<f64> = (0..45).map(|i| noisy(&mut rng, level(i))).collect();
        let places: Vec<usize> = change_points(&values, 1).iter().map(|c| c.at).collect();
        assert_eq!(places, [15, 30]);
    }

    #[test]
    fn a_steady_series_is_rarely_called_changed() {
        let alarms = (0..100).filter(|seed| {
            let mut rng = SmallRng::seed_from_u64(1000 + seed);
            let values: Vec<f64> = (0..20).map(|_| noisy(&mut rng, 100.0)).collect();
            !change_points(&values, *seed).is_empty()
        });
        // 1 % each; 5 or more of a hundred come once in 300.
        assert!(alarms.count() <= 4);
    }

    #[test]
    fn too_short_a_series_says_nothing() {
        assert!(change_points(&[1.0, 1.0, 1.0, 9.0, 9.0, 9.0], 1).is_empty());
    }
}
