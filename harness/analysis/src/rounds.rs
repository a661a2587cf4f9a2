//! In which order the contenders of a comparison are measured, round by round.
//!
//! The machine's speed wanders over minutes, so what is compared is measured close together: each round has every
//! contender once, in an order drawn from the seed. Every second round is the mirror image of the one before it, so that
//! a steady drift of the machine takes from all alike.

use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

/// A contender's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The round, from 0. All turns of a round have the same visitors.
    pub round: u32,
    /// Whose turn it is in the round, from 0.
    pub place: usize,
    /// The contender, from 0.
    pub contender: usize,
}

/// So many rounds are begun for each that is wanted, at most: on a busy host four of ten were broken off, early mostly.
const BEGUN: u32 = 3;
/// And so many besides.
const MORE: u32 = 4;

/// The turns of a comparison, until as many rounds as are wanted are complete.
#[derive(Debug, Clone)]
pub struct Rounds {
    wanted: u32,
    most: u32,
    rng: SmallRng,
    order: Vec<usize>,
    turn: Turn,
    complete: u32,
}

impl Rounds {
    /// `wanted` rounds of `contenders`; everything random comes from `seed`. A round with a turn that was not fit is
    /// broken off and made again with other visitors, until three times as many as are wanted were begun, and four more.
    #[must_use]
    pub fn new(contenders: usize, wanted: u32, seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed ^ 0x9a12_5eed);
        let mut order: Vec<usize> = (0..contenders).collect();
        order.shuffle(&mut rng);
        let turn = Turn { round: 0, place: 0, contender: order.first().copied().unwrap_or(0) };
        let wanted = if contenders == 0 { 0 } else { wanted };
        Self { wanted, most: BEGUN * wanted + MORE, rng, order, turn, complete: 0 }
    }

    /// Goes on until `wanted` rounds are complete in all.
    pub fn want(&mut self, wanted: u32) {
        if !self.order.is_empty() {
            self.most += BEGUN * wanted.saturating_sub(self.wanted);
            self.wanted = wanted;
        }
    }

    /// The next turn; none when enough rounds are complete, or too many were broken off. Asking again without
    /// recording gives the same.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        (self.complete < self.wanted && self.turn.round < self.most).then_some(self.turn)
    }

    /// Takes whether the turn that was asked for last was fit to be compared.
    pub fn record(&mut self, fit: bool) {
        let last = self.turn.place + 1 == self.order.len();
        if fit && !last {
            self.turn.place += 1;
        } else {
            self.complete += u32::from(fit);
            // Mirrored after a complete round only: what was broken off has taken from nobody.
            if fit && self.complete % 2 == 1 {
                self.order.reverse();
            } else {
                self.order.shuffle(&mut self.rng);
            }
            self.turn.round += 1;
            self.turn.place = 0;
        }
        self.turn.contender = self.order.get(self.turn.place).copied().unwrap_or(0);
    }

    /// How many rounds are complete.
    #[must_use]
    pub fn complete(&self) -> u32 {
        self.complete
    }

    /// How many rounds are wanted.
    #[must_use]
    pub fn wanted(&self) -> u32 {
        self.wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(mut rounds: Rounds) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = Vec::new();
        while let Some(turn) = rounds.turn() {
            if turn.place == 0 {
                all.push(Vec::new());
            }
            all.last_mut().unwrap().push(turn.contender);
            rounds.record(true);
        }
        all
    }

    #[test]
    fn every_round_has_every_contender_and_the_second_mirrors_the_first() {
        let all = orders(Rounds::new(3, 10, 7));
        assert_eq!(all.len(), 10);
        for pair in all.chunks(2) {
            let mut sorted = pair[0].clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2]);
            let mirrored: Vec<usize> = pair[0].iter().rev().copied().collect();
            assert_eq!(pair[1], mirrored);
        }
        assert_eq!(all, orders(Rounds::new(3, 10, 7)), "the seed decides alone");
        assert_ne!(all, orders(Rounds::new(3, 10, 8)));
    }

    #[test]
    fn both_orders_come_first_as_often() {
        let first = (0..200).filter(|seed| orders(Rounds::new(2, 1, *seed))[0][0] == 0).count();
        assert!((75..=125).contains(&first), "{first}");
    }

    #[test]
    fn a_round_that_was_not_fit_is_made_again_but_not_for_ever() {
        let mut rounds = Rounds::new(2, 4, 1);
        rounds.record(true);
        rounds.record(false);
        assert_eq!((rounds.complete(), rounds.turn().unwrap().round, rounds.turn().unwrap().place), (0, 1, 0));
        while rounds.turn().is_some() {
            rounds.record(true);
        }
        assert_eq!(rounds.complete(), 4);
        let mut hopeless = Rounds::new(2, 4, 1);
        let mut made = 0;
        while hopeless.turn().is_some() {
            hopeless.record(false);
            made += 1;
        }
        assert_eq!((made, hopeless.complete()), (16, 0));
        assert!(Rounds::new(0, 4, 1).turn().is_none());
    }

    #[test]
    fn more_rounds_go_on_where_the_first_ended() {
        let mut grown = Rounds::new(2, 0, 5);
        assert!(grown.turn().is_none());
        let mut all = Vec::new();
        for wanted in [3, 6] {
            grown.want(wanted);
            while let Some(turn) = grown.turn() {
                all.push(turn);
                grown.record(true);
            }
            assert_eq!(grown.complete(), wanted);
        }
        let mut at_once = Rounds::new(2, 6, 5);
        for turn in all {
            assert_eq!(at_once.turn(), Some(turn));
            at_once.record(true);
        }
        assert!(at_once.turn().is_none());
    }
}
