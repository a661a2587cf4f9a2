//! Where the limit is thought to be before any trial has shown it.
//!
//! A queue near saturation waits like an exponential: P(W > t) ≈ exp(−2·(1 − ρ)·μ·t ÷ (c²ₐ + c²ₛ)) with μ the rate at
//! which the full stack completes steps (Kingman, 1961, in heavy traffic). Where that equals what a promise allows, the
//! room 1 − ρ that the promise needs is ln(1 ÷ allowed)·(c²ₐ + c²ₛ) ÷ (2·μ·t). All but the variation of the service
//! times is known once the stack was saturated: a shop that promises half a second on steps of five milliseconds
//! reaches its limit a few percent below saturation, one that promises two service times far below it.
//!
//! A real stack need not be such a queue, so half of the belief is a broad one.

/// c²ₐ + c²ₛ: Poisson arrivals, and service times with a squared coefficient of variation of 1.5, the middle of what
/// single pages and whole mixes have.
const VARIATION: f64 = 2.5;
/// Standard deviation of ln(room): a service time's coefficient of variation from 0.5 to 2 is a factor of two either
/// way.
const SPREAD: f64 = 0.7;
/// The machine's own slow changes take some room of every promise.
const WANDER: f64 = 0.015;
/// Needs more room than this: then the promise is broken by the service times and not by waiting.
const MOST: f64 = 0.6;
/// The broad belief: with u the limit ÷ the saturation throughput, density ∝ u⁶·(1 − u) per ln(u), median 0.8.
const LEANING: f64 = 6.0;

/// The room below saturation that a promise is expected to need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ExpectedRoom(Option<f64>);

impl ExpectedRoom {
    /// Nothing is expected.
    pub(crate) const UNKNOWN: Self = Self(None);

    /// For a promise that allows a share of steps to wait longer than `patience` seconds, of a stack that completes
    /// `steps` per second at saturation.
    pub(crate) fn of(allowed: f64, patience: f64, steps: f64) -> Self {
        let room = (1.0 / allowed.max(1e-6)).ln() * VARIATION / (2.0 * steps * patience) + WANDER;
        Self(Some(room).filter(|r| patience > 0.0 && steps > 0.0 && *r < MOST))
    }

    /// ln of the density per ln(limit) at a limit of `u` saturation throughputs with `room` left, up to a constant.
    pub(crate) fn ln_density(self, u: f64, room: f64) -> f64 {
        let room = room.max(1e-12);
        // ∫ u⁶·(1 − u) d ln(u) = 1/42.
        let broad = LEANING * (LEANING + 1.0) * u.powf(LEANING) * room;
        let Some(expected) = self.0 else { return broad.max(f64::MIN_POSITIVE).ln() };
        let z = (room / expected).ln() / SPREAD;
        let queue = u * (-0.5 * z * z).exp() / (std::f64::consts::TAU.sqrt() * SPREAD * room);
        (0.5 * broad + 0.5 * queue).max(f64::MIN_POSITIVE).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeliest(of: ExpectedRoom) -> f64 {
        let at = |i: u32| 0.5 + 0.5 * f64::from(i) / 1000.0;
        (0..1000).map(at).max_by(|a, b| of.ln_density(*a, 1.0 - a).total_cmp(&of.ln_density(*b, 1.0 - b))).unwrap()
    }

    #[test]
    fn a_patient_promise_is_kept_to_near_saturation() {
        // 200 steps a second: one takes 5 ms of the stack's time, half a second is a hundred of them.
        let patient = likeliest(ExpectedRoom::of(0.05, 0.5, 200.0));
        let strict = likeliest(ExpectedRoom::of(0.05, 0.1, 200.0));
        assert!((0.93..0.98).contains(&patient), "{patient}");
        assert!(strict < patient - 0.05, "{strict}");
    }

    #[test]
    fn without_patience_or_throughput_nothing_is_expected() {
        assert_eq!(ExpectedRoom::of(0.05, -0.1, 200.0), ExpectedRoom::UNKNOWN);
        assert_eq!(ExpectedRoom::of(0.05, 0.5, 0.0), ExpectedRoom::UNKNOWN);
        assert!((0.8..0.95).contains(&likeliest(ExpectedRoom::UNKNOWN)));
    }
}
