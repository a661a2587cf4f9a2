//! Intervals that honour what the data are worth: batches that are correlated, counts that are small.

use redline_model::Interval;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The 97.5 % quantile of the normal distribution.
pub(crate) const Z: f64 = 1.959_964;

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom (at least one).
pub(crate) fn t_quantile(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(Z, |t| t.inverse_cdf(0.975))
}

/// Arithmetic mean; zero of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Sample standard deviation; zero of fewer than two.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let m = mean(values);
    (values.iter().map(|v| (v - m).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// Standard error of the ratio Σ `parts` ÷ Σ `wholes` over batches in the order of time.
///
/// The ratio estimator's linearised residuals (Cochran, Sampling Techniques, 6.4), their sum's variance
/// with the autocovariances up to the first that is not positive (Geyer's initial positive sequence,
/// 1992), so that neighbouring batches that are bad together count as one.
pub(crate) fn ratio_error(parts: &[f64], wholes: &[f64]) -> f64 {
    let whole: f64 = wholes.iter().sum();
    let n = parts.len();
    if n < 2 || whole <= 0.0 {
        return 0.0;
    }
    let ratio = parts.iter().sum::<f64>() / whole;
    let residuals: Vec<f64> = parts.iter().zip(wholes).map(|(p, w)| p - ratio * w).collect();
    let product = |lag: usize| residuals.iter().zip(&residuals[lag..]).map(|(a, b)| a * b).sum::<f64>();
    let mut sum = product(0);
    for lag in 1..=n / 3 {
        let autocovariance = product(lag);
        if autocovariance <= 0.0 {
            break;
        }
        sum += 2.0 * autocovariance;
    }
    (sum * n as f64 / (n - 1) as f64).sqrt() / whole
}

/// Wilson's score interval for `bad` of `n` independent observations (Wilson, 1927); `n` may be a fraction.
pub(crate) fn wilson(share: f64, n: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let z2 = Z * Z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0).min(share), (centre + half).min(1.0).max(share))
}

/// One estimate of a quantity with its standard error and the degrees of freedom behind that error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slice {
    pub(crate) value: f64,
    pub(crate) error: f64,
    pub(crate) seconds: f64,
}

/// The mean of repeated slices with its 95 % interval.
///
/// The error is that of the slices' own batches; where the slices differ by more than those explain,
/// it is widened by the Birge ratio (Birge, 1932), so that what changes between trials is not hidden.
pub(crate) fn combine(slices: &[Slice]) -> Option<Interval> {
    let time: f64 = slices.iter().map(|s| s.seconds).sum();
    if slices.is_empty() || time <= 0.0 {
        return None;
    }
    let estimate = slices.iter().map(|s| s.value * s.seconds).sum::<f64>() / time;
    let within = slices.iter().map(|s| (s.error * s.seconds / time).powi(2)).sum::<f64>().sqrt();
    let birge = if slices.len() < 2 {
        1.0
    } else {
        let chi2: f64 = slices.iter().filter(|s| s.error > 0.0).map(|s| ((s.value - estimate) / s.error).powi(2)).sum();
        (chi2 / (slices.len() - 1) as f64).sqrt().max(1.0)
    };
    let freedom = (time - slices.len() as f64).max(1.0);
    let half = t_quantile(freedom) * within * birge;
    Some(Interval { estimate, low: (estimate - half).max(0.0), high: estimate + half })
}

/// What is thought of the relative standard deviation between slices before any is seen, and what that is worth in
/// degrees of freedom. Calibrated on the simulator with no noise, noise of 1 and 3 %, and drift.
const BETWEEN: (f64, f64) = (0.012, 3.0);

/// The mean of slices that were made at different times of a run, with its 95 % interval.
///
/// What the slices differ by beyond their own errors is what the machine's speed wanders by. A few slices tell little
/// of it, so their variance is taken together with what is thought beforehand (a scaled inverse χ² prior, Gelman et
/// al., Bayesian Data Analysis, 3.2), and the interval is Student's t with the degrees of freedom of both.
pub(crate) fn combine_wandering(slices: &[Slice]) -> Option<Interval> {
    let time: f64 = slices.iter().map(|s| s.seconds).sum();
    if slices.is_empty() || time <= 0.0 {
        return None;
    }
    let n = slices.len() as f64;
    let estimate = slices.iter().map(|s| s.value * s.seconds).sum::<f64>() / time;
    let within = slices.iter().map(|s| (s.error * s.seconds / time).powi(2)).sum::<f64>();
    let own = mean(&slices.iter().map(|s| s.error.powi(2)).collect::<Vec<_>>());
    let seen = slices.iter().map(|s| (s.value - estimate).powi(2)).sum::<f64>() - (n - 1.0) * own;
    let (prior, worth) = BETWEEN;
    let freedom = worth + n - 1.0;
    let between = (worth * (prior * estimate).powi(2) + seen.max(0.0)) / freedom;
    let half = t_quantile(freedom) * (within + between / n).sqrt();
    Some(Interval { estimate, low: (estimate - half).max(0.0), high: estimate + half })
}

/// Slope of the least-squares line through (`x`, `y`); zero of fewer than two points.
pub(crate) fn slope(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean(x), mean(y));
    let sxx: f64 = x.iter().map(|v| (v - mx).powi(2)).sum();
    let sxy: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
    if sxx > 0.0 { sxy / sxx } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn none_bad_in_n_is_at_most_about_four_over_n() {
        let (low, high) = wilson(0.0, 1000.0);
        assert_eq!(low, 0.0);
        assert!((high - 0.003_83).abs() < 1e-4, "{high}");
    }

    #[test]
    fn slices_that_disagree_widen_the_interval() {
        let slice = |value| Slice { value, error: 1.0, seconds: 10.0 };
        let calm = combine(&[slice(100.0), slice(100.5)]).unwrap();
        let torn = combine(&[slice(90.0), slice(110.0)]).unwrap();
        assert!(torn.high - torn.low > 5.0 * (calm.high - calm.low));
    }

    #[test]
    fn slices_at_different_times_tell_what_the_machine_wanders_by() {
        let slice = |value| Slice { value, error: 0.3, seconds: 6.0 };
        let half = |of: &[f64]| {
            let i = combine_wandering(&of.iter().copied().map(slice).collect::<Vec<_>>()).unwrap();
            (i.high - i.low) / 2.0
        };
        // One slice cannot tell; calm ones are known to about a percent, torn ones are not.
        assert!(half(&[100.0]) > 3.0);
        assert!(half(&[100.0, 100.2, 99.9]) < 1.6);
        assert!(half(&[100.0, 106.0, 94.0]) > 5.0);
        assert!(combine_wandering(&[]).is_none());
    }

    #[test]
    fn batches_that_are_bad_together_count_less() {
        let wholes = vec![100.0; 12];
        let apart = [10.0, 0.0].repeat(6);
        let together = [vec![10.0; 6], vec![0.0; 6]].concat();
        assert!(ratio_error(&together, &wholes) > 1.5 * ratio_error(&apart, &wholes));
    }

    proptest! {
        #[test]
        fn wilson_holds_the_share(share in 0.0f64..=1.0, n in 1.0f64..1e6) {
            let (low, high) = wilson(share, n);
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }
        #[test]
        fn an_interval_holds_its_estimate(values in prop::collection::vec((1.0f64..1e4, 0.0f64..10.0), 1..6)) {
            let slices: Vec<_> =
                values.iter().map(|(value, error)| Slice { value: *value, error: *error, seconds: 5.0 }).collect();
            let i = combine(&slices).unwrap();
            prop_assert!(i.low <= i.estimate && i.estimate <= i.high);
        }
    }
}
