//! The server's own speed over a run: slow noise and drift, as a shared host has them.

use rand::{SeedableRng, rngs::SmallRng};
use redline_model::Seconds;

use super::arrivals::normal;

/// How the speed wanders around 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Standard deviation of the noise, a first-order autoregression second by second.
    pub noise: f64,
    /// Over what time the noise forgets.
    pub memory: Seconds,
    /// Change of the speed per minute.
    pub drift: f64,
    /// When the drifting speed passes 1, from the start of the run.
    pub centre: Seconds,
}

impl Speed {
    /// Always the same.
    pub const CONSTANT: Self = Self { noise: 0.0, memory: Seconds(1.0), drift: 0.0, centre: Seconds(0.0) };
}

/// One course of a speed; the same seed gives the same.
#[derive(Debug, Clone)]
pub(super) struct SpeedPath {
    of: Speed,
    rng: SmallRng,
    noise: Vec<f64>,
}

impl SpeedPath {
    pub(super) fn new(of: Speed, seed: u64) -> Self {
        Self { of, rng: SmallRng::seed_from_u64(seed ^ 0x5eed), noise: Vec::new() }
    }

    /// The speed at a moment of the run, in seconds.
    pub(super) fn at(&mut self, moment: f64) -> f64 {
        if self.of == Speed::CONSTANT {
            return 1.0;
        }
        let second = moment.max(0.0) as usize;
        while self.noise.len() <= second {
            let kept = (-1.0 / self.of.memory.0).exp();
            let fresh = self.of.noise * normal(&mut self.rng);
            let next = match self.noise.last() {
                Some(last) => kept * last + (1.0 - kept * kept).sqrt() * fresh,
                None => fresh,
            };
            self.noise.push(next);
        }
        let drifted = self.of.drift * (moment - self.of.centre.0) / 60.0;
        (1.0 + drifted + self.noise[second]).max(0.1)
    }
}
