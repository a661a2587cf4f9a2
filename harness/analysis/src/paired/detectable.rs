//! What could have been seen at all: a comparison that finds nothing says little without it.

use statrs::distribution::{ContinuousCDF, Normal};

use super::shift::hodges_lehmann;

/// The smallest shift that a one-sided test at level `alpha` would find with a chance of `power` (0.95 for 95 %), given
/// how much these `differences` scatter: (z₁₋α + z_power) × the standard error of their Hodges-Lehmann estimate. The
/// error is the width of its 95 % interval ÷ 2·1.96 (Lehmann, 1963), so that a spike does not blow it up. In the unit of
/// the differences. Absent where they have no interval.
#[must_use]
pub fn smallest_detectable(differences: &[f64], alpha: f64, power: f64) -> Option<f64> {
    let interval = hodges_lehmann(differences, 0.95)?;
    let standard = Normal::standard();
    let error = (interval.high - interval.low) / (2.0 * standard.inverse_cdf(0.975));
    Some((standard.inverse_cdf(1.0 - alpha) + standard.inverse_cdf(power)) * error)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    use super::*;
    use crate::paired::signed_rank;

    #[test]
    fn a_shift_of_that_size_is_found_about_as_often_as_promised() {
        let mut rng = SmallRng::seed_from_u64(5);
        let mut draw = |n: usize, shift: f64| -> Vec<f64> {
            (0..n).map(|_| shift + (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0).collect()
        };
        let found = (0..1000).filter(|_| {
            let shift = smallest_detectable(&draw(40, 0.0), 0.006, 0.95).unwrap();
            signed_rank(&draw(40, shift)).unwrap().p_greater < 0.006
        });
        let share = found.count() as f64 / 1000.0;
        assert!((0.88..=0.99).contains(&share), "{share}");
    }

    #[test]
    fn more_pairs_see_more() {
        let wave = |n: usize| (0..n).map(|i| (i as f64 * 2.4).sin()).collect::<Vec<_>>();
        let of = |n: usize| smallest_detectable(&wave(n), 0.01, 0.95).unwrap();
        assert!(of(40) < 0.7 * of(10));
        assert!(smallest_detectable(&[1.0], 0.01, 0.95).is_none());
    }
}
