//! When sessions arrive, and how long services take.

use rand::{RngExt, rngs::SmallRng};
use redline_model::Arrivals;

/// The moments of a schedule at a constant rate, in seconds from its start.
pub(super) fn schedule(rng: &mut SmallRng, arrivals: Arrivals, rate: f64, length: f64) -> Vec<f64> {
    let mut all = Vec::with_capacity((rate * length * 1.1) as usize + 1);
    let mut at = 0.0;
    loop {
        at += match arrivals {
            Arrivals::Constant => 1.0 / rate,
            Arrivals::Poisson => -(1.0 - rng.random::<f64>()).ln() / rate,
        };
        if at >= length {
            return all;
        }
        all.push(at);
    }
}

/// A lognormal service time with a mean and a coefficient of variation.
pub(super) fn service(rng: &mut SmallRng, mean: f64, variation: f64) -> f64 {
    if variation <= 0.0 {
        return mean;
    }
    let variance = (1.0 + variation * variation).ln();
    mean * (variance.sqrt() * normal(rng) - variance / 2.0).exp()
}

/// A standard normal value (Box and Muller, 1958).
pub(super) fn normal(rng: &mut SmallRng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
