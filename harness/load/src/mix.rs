//! Which journey a session makes.
//!
//! Journeys are dealt from a deck, not drawn independently: the deck holds each journey as often as its
//! weight says and is shuffled anew for every block of sessions. Each block thus has the exact mix, and
//! two trials of the same length differ less than with independent draws, where the number of (dear)
//! buying sessions would vary by its square root.

use std::sync::{Mutex, PoisonError};

use crate::rng::{self, Stream};

/// The mix of a scenario's journeys.
#[derive(Debug)]
pub(crate) struct Mix {
    seed: u64,
    /// Each journey's number as often as its weight says, in order.
    deck: Vec<u16>,
    /// The block that was last dealt from, shuffled.
    dealt: Mutex<(u64, Vec<u16>)>,
}

impl Mix {
    /// The mix with these weights; the weights' common divisor is taken out, so blocks are short.
    pub(crate) fn new(weights: &[u32], seed: u64) -> Self {
        let divisor = weights.iter().copied().fold(0, gcd).max(1);
        let deck = weights.iter().zip(0_u16..).flat_map(|(w, journey)| (0..w / divisor).map(move |_| journey));
        Self { seed, deck: deck.collect(), dealt: Mutex::new((u64::MAX, Vec::new())) }
    }

    /// The number of the journey that session `index` makes: a function of the seed and the index alone.
    pub(crate) fn journey(&self, index: u64) -> usize {
        let length = self.deck.len() as u64;
        if length < 2 {
            return self.deck.first().map_or(0, |j| usize::from(*j));
        }
        let (block, card) = (index / length, (index % length) as usize);
        let mut dealt = self.dealt.lock().unwrap_or_else(PoisonError::into_inner);
        if dealt.0 != block {
            *dealt = (block, self.shuffled(block));
        }
        dealt.1.get(card).map_or(0, |j| usize::from(*j))
    }

    /// Fisher and Yates's shuffle of `block`'s deck.
    fn shuffled(&self, block: u64) -> Vec<u16> {
        let mut rng = rng::numbers(self.seed, Stream::Deck, block);
        let mut deck = self.deck.clone();
        for last in (1..deck.len()).rev() {
            deck.swap(last, rng::below(&mut rng, last as u64 + 1) as usize);
        }
        deck
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_has_the_exact_mix() {
        let mix = Mix::new(&[70, 20, 6, 3, 1], 11);
        for block in 0..20 {
            let mut counts = [0_u32; 5];
            for card in 0..100 {
                counts[mix.journey(block * 100 + card)] += 1;
            }
            assert_eq!(counts, [70, 20, 6, 3, 1]);
        }
    }

    #[test]
    fn a_journey_follows_from_seed_and_index_alone() {
        let (forward, backward) = (Mix::new(&[3, 2], 5), Mix::new(&[3, 2], 5));
        let there: Vec<usize> = (0..1000).map(|i| forward.journey(i)).collect();
        let mut back: Vec<usize> = (0..1000).rev().map(|i| backward.journey(i)).collect();
        back.reverse();
        assert_eq!(there, back);
        let other = Mix::new(&[3, 2], 6);
        assert_ne!(there, (0..1000).map(|i| other.journey(i)).collect::<Vec<_>>());
    }

    #[test]
    fn one_journey_needs_no_deck() {
        assert_eq!(Mix::new(&[5], 1).journey(1_000_000), 0);
        assert_eq!(Mix::new(&[], 1).journey(7), 0);
    }
}
