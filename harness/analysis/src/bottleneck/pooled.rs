//! The noise of all interventions of a run, taken together.

use redline_model::{Interval, Intervention};

use crate::interval::t_quantile;

/// The same interventions with intervals from one noise for all of them.
///
/// A few pairs tell little about their own spread, and Student's t makes the interval wide for it. The pairs of
/// all interventions come from the same stack, machine and minutes, so their variance is estimated together
/// (pooled variance): with two interventions of four pairs each there are six degrees of freedom and not three.
#[must_use]
pub fn pooled(interventions: Vec<Intervention>) -> Vec<Intervention> {
    let freedom: f64 = interventions.iter().map(|i| f64::from(i.pairs) - 1.0).sum();
    let sum: f64 = interventions.iter().map(|i| (f64::from(i.pairs) - 1.0) * variance(i)).sum();
    if interventions.len() < 2 || freedom <= 0.0 {
        return interventions;
    }
    let deviation = (sum / freedom).sqrt();
    let again = |i: Intervention| {
        let half = t_quantile(freedom) * deviation / f64::from(i.pairs).sqrt();
        let ln = i.throughput.estimate.ln();
        let e = half / i.factor.ln().abs().max(1e-9);
        Intervention {
            throughput: Interval { low: (ln - half).exp(), high: (ln + half).exp(), ..i.throughput },
            elasticity: Interval { low: i.elasticity.estimate - e, high: i.elasticity.estimate + e, ..i.elasticity },
            ..i
        }
    };
    interventions.into_iter().map(again).collect()
}

/// Of one pair's ln(throughput ratio), from the interval that its pairs alone gave.
fn variance(i: &Intervention) -> f64 {
    let half = (i.throughput.high.ln() - i.throughput.low.ln()) / 2.0;
    let error = half / t_quantile(f64::from(i.pairs) - 1.0);
    error * error * f64::from(i.pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(ln: f64, half: f64) -> Intervention {
        let of = |x: f64| x / 0.8f64.ln();
        Intervention {
            component: "server".into(),
            resource: "cpu".into(),
            done: "taken".into(),
            factor: 0.8,
            throughput: Interval { estimate: ln.exp(), low: (ln - half).exp(), high: (ln + half).exp() },
            elasticity: Interval { estimate: of(ln), low: of(ln + half), high: of(ln - half) },
            pairs: 4,
        }
    }

    #[test]
    fn two_with_the_same_noise_are_both_known_better() {
        let both = pooled(vec![measured(-0.2, 0.1), measured(0.0, 0.1)]);
        // t(6) ÷ t(3) = 2.447 ÷ 3.182.
        for (i, e) in both.iter().zip([-0.2 / 0.8f64.ln(), 0.0]) {
            let half = (i.elasticity.high - i.elasticity.low) / 2.0;
            assert!((half - 0.1 * 2.447 / 3.182 / 0.223_14).abs() < 1e-3, "{i:?}");
            assert!((i.elasticity.estimate - e).abs() < 1e-9);
        }
    }

    #[test]
    fn one_alone_is_as_it_was() {
        let alone = vec![measured(-0.2, 0.1)];
        assert_eq!(pooled(alone.clone()), alone);
    }
}
