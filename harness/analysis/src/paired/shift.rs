//! How far apart: the Hodges-Lehmann estimate and its interval (Hodges and Lehmann, 1963; Tukey's interval from the
//! Walsh averages, in Hollander and Wolfe, Nonparametric Statistical Methods, 3.2 and 3.3).

use redline_model::Interval;
use statrs::distribution::{ContinuousCDF, Normal};

use super::signed_rank::distribution;

/// Beyond so many pairs the interval's ends come from the normal distribution.
const EXACT: usize = 100;

/// The fewest pairs from which an interval of this `confidence` (0.95 for 95 %) can be had at all.
#[must_use]
pub fn fewest_pairs(confidence: f64) -> usize {
    // The widest interval, from the least to the greatest, misses with 2 × 0.5ⁿ.
    let tail = ((1.0 - confidence) / 2.0).max(f64::MIN_POSITIVE);
    (-tail.log2()).ceil().max(1.0) as usize
}

/// The median of all averages of two differences, with an interval that holds the centre of a symmetric distribution
/// with at least `confidence`. One spike moves it little. Absent with fewer pairs than [`fewest_pairs`], or where a
/// difference is not a number.
#[must_use]
pub fn hodges_lehmann(differences: &[f64], confidence: f64) -> Option<Interval> {
    let n = differences.len();
    if n < fewest_pairs(confidence) || differences.iter().any(|d| !d.is_finite()) {
        return None;
    }
    let mut averages = Vec::with_capacity(n * (n + 1) / 2);
    for (i, a) in differences.iter().enumerate() {
        averages.extend(differences[i..].iter().map(|b| (a + b) / 2.0));
    }
    averages.sort_by(f64::total_cmp);
    let cut = left_out(n, (1.0 - confidence) / 2.0);
    let last = averages.len() - 1;
    let estimate = (averages[last / 2] + averages[last.div_ceil(2)]) / 2.0;
    Some(Interval { estimate, low: averages[cut], high: averages[last - cut] })
}

/// How many averages are left out at either end so that each end misses with `tail` at most.
fn left_out(n: usize, tail: f64) -> usize {
    if n > EXACT {
        let n = n as f64;
        let (mean, spread) = (n * (n + 1.0) / 4.0, (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt());
        return (mean - spread * Normal::standard().inverse_cdf(1.0 - tail) - 0.5).floor().max(0.0) as usize;
    }
    let mut below = 0.0;
    let within = distribution(1..=n).into_iter().take_while(|chance| {
        below += chance;
        below <= tail
    });
    within.count().saturating_sub(1)
}

#[cfg(test)]
#[expect(clippy::approx_constant, reason = "a measured 3.14 is not pi")]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn the_textbook_example_comes_out_as_printed() {
        // Hollander, Wolfe and Chicken, examples 3.3 and 3.4: −.46, and (−.786, −.010) at 96 %.
        let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        let differences: Vec<f64> = before.iter().zip(after).map(|(b, a)| a - b).collect();
        let found = hodges_lehmann(&differences, 0.96).unwrap();
        assert!((found.estimate + 0.46).abs() < 1e-9, "{found:?}");
        assert!((found.low + 0.786).abs() < 1e-9 && (found.high + 0.010).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn too_few_pairs_have_no_interval() {
        assert_eq!((fewest_pairs(0.95), fewest_pairs(0.5)), (6, 2));
        assert!(hodges_lehmann(&[1.0; 5], 0.95).is_none());
        let six = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.95).unwrap();
        assert_eq!((six.low, six.estimate, six.high), (1.0, 3.5, 6.0));
    }

    #[test]
    fn a_spike_moves_it_little() {
        let calm: Vec<f64> = (0..20).map(|i| 0.01 * f64::from(i % 5)).collect();
        let mut spiky = calm.clone();
        spiky[7] = 30.0;
        let (calm, spiky) = (hodges_lehmann(&calm, 0.95).unwrap(), hodges_lehmann(&spiky, 0.95).unwrap());
        assert!((calm.estimate - spiky.estimate).abs() < 0.005);
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        let mut rng = SmallRng::seed_from_u64(11);
        for n in [10, 40, 150] {
            let holds = (0..2000).filter(|_| {
                // Laplace noise about 0.3.
                let draw = |rng: &mut SmallRng| {
                    let u = rng.random::<f64>() - 0.5;
                    0.3 - u.signum() * (1.0 - 2.0 * u.abs()).ln()
                };
                let pairs: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
                let found = hodges_lehmann(&pairs, 0.95).unwrap();
                found.low <= 0.3 && 0.3 <= found.high
            });
            let share = holds.count() as f64 / 2000.0;
            assert!((0.935..=0.98).contains(&share), "n = {n}: {share}");
        }
    }

    proptest! {
        #[test]
        fn the_interval_holds_its_estimate(differences in prop::collection::vec(-1e3f64..1e3, 6..130)) {
            let found = hodges_lehmann(&differences, 0.95).unwrap();
            prop_assert!(found.low <= found.estimate && found.estimate <= found.high);
        }
    }
}
