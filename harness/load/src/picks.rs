//! The random choices of one session. They follow from the run's seed and the session's index, never
//! from anything that happens, so that a session makes the same choices in every run with that seed.

use std::time::Duration;

use rand::{Rng, rngs::Xoshiro256PlusPlus};

use crate::rng::{self, Stream};

/// A popularity by which the n-th most popular of `n` things is chosen with probability ∝ 1 ÷ rankˢ (Zipf).
#[derive(Debug)]
pub struct Zipf {
    cumulated: Vec<f64>,
}

impl Zipf {
    /// `count` things with exponent `s`: 0 makes all equally popular, 1 is Zipf's own law.
    #[must_use]
    pub fn new(count: usize, s: f64) -> Self {
        let mut sum = 0.0;
        let cumulated = (1..=count).map(|rank| {
            sum += (rank as f64).powf(-s);
            sum
        });
        Self { cumulated: cumulated.collect() }
    }
    /// The rank, from 0, at share `u` (0 to 1) of all choices.
    fn rank(&self, u: f64) -> usize {
        let total = self.cumulated.last().copied().unwrap_or_default();
        self.cumulated.partition_point(|sum| *sum <= u * total).min(self.cumulated.len().saturating_sub(1))
    }
}

/// The random choices of one session.
#[derive(Debug)]
pub struct Picks {
    rng: Xoshiro256PlusPlus,
    orders: Xoshiro256PlusPlus,
}

impl Picks {
    pub(crate) fn new(seed: u64, order_seed: u64, session: u64) -> Self {
        let (rng, orders) = (Stream::Session, Stream::Orders);
        Self { rng: rng::numbers(seed, rng, session), orders: rng::numbers(order_seed, orders, session) }
    }
    /// A number from `first` to `last`, each equally likely.
    pub fn number(&mut self, first: u64, last: u64) -> u64 {
        first + rng::below(&mut self.rng, last.saturating_sub(first) + 1)
    }
    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: f64) -> bool {
        rng::unit(&mut self.rng) * 100.0 < percent
    }
    /// A rank from 0 by its popularity.
    pub fn popular(&mut self, popularity: &Zipf) -> usize {
        popularity.rank(rng::unit(&mut self.rng))
    }
    /// One of `things`, each equally likely; `None` only if there are none.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(rng::below(&mut self.rng, things.len() as u64) as usize)
    }
    /// A UUID in the form of version 4, different for each call, session and the plan's order seed.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.orders.next_u64(), self.orders.next_u64());
        let high = (high & !0xf000) | 0x4000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
    /// A think time: exponential with this mean, cut at ten times of it, as TPC-W prescribes (clause 5.3.2.1).
    pub(crate) fn think(&mut self, mean: Duration) -> Duration {
        mean.mul_f64((-(1.0 - rng::unit(&mut self.rng)).ln()).min(10.0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn popularity_follows_zipf() {
        let popularity = Zipf::new(10_000, 1.0);
        let mut picks = Picks::new(1, 1, 1);
        let mut counts = vec![0_u32; 10_000];
        for _ in 0..100_000 {
            counts[picks.popular(&popularity)] += 1;
        }
        // The harmonic number of 10 000 is 9.788: the first is picked in 10.2 % of cases, the second in 5.1 %.
        assert!((9_800..10_700).contains(&counts[0]), "{}", counts[0]);
        assert!((4_800..5_400).contains(&counts[1]), "{}", counts[1]);
    }

    #[test]
    fn a_session_picks_the_same_again() {
        let draw = |session| {
            let mut picks = Picks::new(9, 9, session);
            (picks.number(1, 50), picks.uuid(), picks.one_of(&["a", "b", "c"]).copied(), picks.chance(50.0))
        };
        assert_eq!(draw(4), draw(4));
        assert_ne!(draw(4).1, draw(5).1);
        let (mut one, mut other) = (Picks::new(9, 1, 4), Picks::new(9, 2, 4));
        assert_eq!(one.number(1, 1_000_000), other.number(1, 1_000_000));
        assert_ne!(one.uuid(), other.uuid());
    }

    #[test]
    fn uuids_are_of_version_4_and_unique() {
        let mut seen = HashSet::new();
        for session in 0..2_000 {
            let mut picks = Picks::new(3, 3, session);
            for _ in 0..3 {
                let uuid = picks.uuid();
                assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
                assert!("89ab".contains(&uuid[19..20]), "{uuid}");
                assert!(seen.insert(uuid));
            }
        }
    }

    #[test]
    fn thinking_has_its_mean_and_its_cap() {
        let mut picks = Picks::new(3, 3, 1);
        let mean = Duration::from_secs(8);
        let thinks: Vec<f64> = (0..50_000).map(|_| picks.think(mean).as_secs_f64()).collect();
        let average = thinks.iter().sum::<f64>() / thinks.len() as f64;
        assert!((average - 8.0).abs() < 0.15, "{average}");
        assert!(thinks.iter().all(|t| (0.0..=80.0).contains(t)));
    }
}
