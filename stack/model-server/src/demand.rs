//! How much of a stage a request needs.

use rand::{RngExt, rngs::SmallRng};
use redline_model::Seconds;
use serde::{Deserialize, Serialize};

/// How a demand varies from request to request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// Always the mean.
    Constant,
    /// Exponential: standard deviation = mean.
    Exponential,
    /// Lognormal with this standard deviation ÷ mean.
    Lognormal(f64),
}

/// What a stage does with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Waits: its throughput is exact whatever the machine does.
    Sleep,
    /// Takes that much CPU time: its throughput depends on the CPUs that it gets.
    Burn,
}

/// How long a request of weight 1 keeps a slot busy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// On average.
    pub mean: Seconds,
    /// How it varies.
    pub distribution: Distribution,
    /// What the slot does meanwhile.
    pub work: Work,
}

impl Demand {
    /// No demand at all.
    pub const NONE: Self = Self { mean: Seconds(0.0), distribution: Distribution::Constant, work: Work::Sleep };

    /// One request's demand, of a request of this weight.
    pub(crate) fn draw(&self, rng: &mut SmallRng, weight: f64) -> Seconds {
        let mean = self.mean.0 * weight;
        let factor = match self.distribution {
            Distribution::Constant => 1.0,
            Distribution::Exponential => -above_zero(rng).ln(),
            Distribution::Lognormal(cv) => {
                let variance = (1.0 + cv * cv).ln();
                let (radius, turn) = ((-2.0 * above_zero(rng).ln()).sqrt(), rng.random::<f64>());
                (variance.sqrt() * radius * (std::f64::consts::TAU * turn).cos() - variance / 2.0).exp()
            }
        };
        Seconds(mean * factor)
    }
}

impl std::fmt::Display for Demand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = match self.work {
            Work::Sleep => "asleep",
            Work::Burn => "of CPU",
        };
        match self.distribution {
            Distribution::Constant => write!(f, "{} {how}", self.mean),
            Distribution::Exponential => write!(f, "{} {how}, exponential", self.mean),
            Distribution::Lognormal(cv) => write!(f, "{} {how}, lognormal with a CV of {cv}", self.mean),
        }
    }
}

/// Uniform in (0, 1], so that its logarithm is finite.
pub(crate) fn above_zero(rng: &mut SmallRng) -> f64 {
    1.0 - rng.random::<f64>()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Distribution::Constant, 0.0)]
    #[case(Distribution::Exponential, 1.0)]
    #[case(Distribution::Lognormal(0.5), 0.5)]
    #[case(Distribution::Lognormal(2.0), 2.0)]
    fn mean_and_variation_are_as_written(#[case] distribution: Distribution, #[case] cv: f64) {
        let demand = Demand { mean: Seconds(0.02), distribution, work: Work::Sleep };
        let mut rng = SmallRng::seed_from_u64(7);
        let n = 400_000;
        let all: Vec<f64> = (0..n).map(|_| demand.draw(&mut rng, 3.0).0).collect();
        let mean = all.iter().sum::<f64>() / f64::from(n);
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean / 0.06 - 1.0).abs() < 0.015, "{mean}");
        assert!((variance.sqrt() / mean - cv).abs() < 0.1, "{}", variance.sqrt() / mean);
    }
}
