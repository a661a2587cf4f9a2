//! Random numbers that anybody can draw again: each follows from the run's seed, what it is for and an index.
//!
//! The generator is xoshiro256++, whose output is part of its definition, so that a seed printed by one
//! version of redline gives the same sessions in the next one.

use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

/// What random numbers are drawn for: equal seeds and indices give unrelated numbers for different uses.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    /// The moments of arrivals.
    Arrivals = 1,
    /// The order of journeys in a block of sessions.
    Deck = 2,
    /// The choices of one session.
    Session = 3,
    /// The identifiers of one session's orders.
    Orders = 4,
}

/// The random numbers for `stream` of number `index`.
pub(crate) fn numbers(seed: u64, stream: Stream, index: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(mix(mix(seed ^ mix(stream as u64)) ^ index))
}

/// A number in [0, 1) with all 53 bits that an `f64` can hold.
pub(crate) fn unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number below `n`; 0 if there is none. The bias is below `n` ÷ 2^64.
pub(crate) fn below(rng: &mut impl Rng, n: u64) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(n)) >> 64) as u64
}

/// SplitMix64's finaliser: every bit of the input changes half of the output's.
fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_stream_and_index_give_the_same_numbers_and_others_do_not() {
        let first = |seed, stream, index| numbers(seed, stream, index).next_u64();
        assert_eq!(first(7, Stream::Session, 3), first(7, Stream::Session, 3));
        assert_ne!(first(7, Stream::Session, 3), first(7, Stream::Session, 4));
        assert_ne!(first(7, Stream::Session, 3), first(8, Stream::Session, 3));
        assert_ne!(first(7, Stream::Session, 3), first(7, Stream::Orders, 3));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut rng = numbers(1, Stream::Session, 0);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&unit(&mut rng)));
            seen[below(&mut rng, 10) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (800..1200).contains(n)), "{seen:?}");
        assert_eq!(below(&mut rng, 0), 0);
    }
}
