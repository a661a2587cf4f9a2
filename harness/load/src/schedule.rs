//! When sessions are meant to start: computed ahead, from the plan and the seed alone.
//!
//! A non-homogeneous process is made by inversion (Çinlar 1975; Lewis & Shedler 1979): points of unit
//! rate are laid on the axis of expected arrivals and mapped to time through the inverse of the
//! integrated rate. Constant arrivals are points at ½, 1½, 2½ …; Poisson arrivals are points whose
//! distances are exponential with mean 1.

use std::time::Duration;

use rand::rngs::Xoshiro256PlusPlus;
use redline_model::{Arrivals, LoadModel, LoadPlan, Shard, Stage};

use crate::rng::{self, Stream};

/// From this rate on single arrivals are closer together than a thread can be woken with any use.
const BATCHED_FROM: f64 = 10_000.0;
/// The least distance between two releases of such a rate.
const BATCH: Duration = Duration::from_micros(100);

/// One session that is meant to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// Its number in the whole schedule, over all shards.
    pub(crate) index: u64,
    /// When, from the start of the schedule.
    pub(crate) offset: Duration,
}

/// The arrivals of one shard in the order of their time.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pieces: Vec<Piece>,
    piece: usize,
    arrivals: Arrivals,
    rng: Xoshiro256PlusPlus,
    shard: Shard,
    index: u64,
    /// Expected arrivals up to the last point.
    position: f64,
}

/// A stage with what came before it.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Seconds before it.
    begin: f64,
    /// Expected arrivals before it.
    before: f64,
    from: f64,
    to: f64,
    length: f64,
}

impl Schedule {
    /// The open schedule of `plan`; one without arrivals for a closed model.
    pub(crate) fn of(plan: &LoadPlan) -> Self {
        match &plan.model {
            LoadModel::Open { arrivals, stages } => {
                Self::new(stages, *arrivals, plan.seed, plan.first_session, plan.shard)
            }
            LoadModel::Closed { .. } => Self::new(&[], Arrivals::Constant, plan.seed, plan.first_session, plan.shard),
        }
    }

    /// `first_session` tells successive trials of one run apart.
    pub(crate) fn new(stages: &[Stage], arrivals: Arrivals, seed: u64, first_session: u64, shard: Shard) -> Self {
        let (mut begin, mut before) = (0.0, 0.0);
        let pieces = stages.iter().map(|stage| {
            let piece = Piece { begin, before, from: stage.from.0, to: stage.to.0, length: stage.length.0 };
            begin += piece.length;
            before += piece.expected();
            piece
        });
        let pieces = pieces.collect();
        let rng = rng::numbers(seed, Stream::Arrivals, first_session);
        Self { pieces, piece: 0, arrivals, rng, shard, index: 0, position: 0.0 }
    }

    /// How long single releases must be apart at the schedule's highest rate.
    pub(crate) fn batch(&self) -> Duration {
        let peak = self.pieces.iter().fold(0.0, |peak: f64, p| peak.max(p.from).max(p.to));
        if peak >= BATCHED_FROM { BATCH } else { Duration::ZERO }
    }

    /// The next arrival of all shards.
    fn next_of_all(&mut self) -> Option<Due> {
        let target = match self.arrivals {
            Arrivals::Constant => self.index as f64 + 0.5,
            // 1 − u is in (0, 1], so that the logarithm is finite.
            Arrivals::Poisson => self.position - (1.0 - rng::unit(&mut self.rng)).ln(),
        };
        while self.pieces.get(self.piece).is_some_and(|p| target >= p.before + p.expected()) {
            self.piece += 1;
        }
        let piece = self.pieces.get(self.piece)?;
        let seconds = piece.begin + piece.time_of(target - piece.before);
        let due = Due { index: self.index, offset: Duration::try_from_secs_f64(seconds).ok()? };
        self.position = target;
        self.index += 1;
        Some(due)
    }
}

impl Iterator for Schedule {
    type Item = Due;
    fn next(&mut self) -> Option<Due> {
        loop {
            let due = self.next_of_all()?;
            if due.index % u64::from(self.shard.count.max(1)) == u64::from(self.shard.index) {
                return Some(due);
            }
        }
    }
}

impl Piece {
    /// Arrivals that are expected in it.
    fn expected(&self) -> f64 {
        (self.from + self.to) / 2.0 * self.length
    }
    /// When `count` arrivals of it are expected: the positive root of a quadratic, in the form that
    /// needs no special case for a constant rate and cancels nothing.
    fn time_of(&self, count: f64) -> f64 {
        let slope = (self.to - self.from) / self.length;
        let root = (self.from * self.from + 2.0 * slope * count).max(0.0).sqrt();
        let time = if self.from + root > 0.0 { 2.0 * count / (self.from + root) } else { 0.0 };
        time.clamp(0.0, self.length)
    }
}

/// How long `model` starts sessions.
pub(crate) fn length(model: &LoadModel) -> Duration {
    match model {
        LoadModel::Open { stages, .. } => stages.iter().map(|s| s.length).sum::<redline_model::Seconds>().to_duration(),
        LoadModel::Closed { length, .. } => length.to_duration(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redline_model::{Rate, Seconds};
    use rstest::rstest;

    use super::*;

    const WHOLE: Shard = Shard { index: 0, count: 1 };

    fn stage(from: f64, to: f64, length: f64) -> Stage {
        Stage { from: Rate(from), to: Rate(to), length: Seconds(length) }
    }

    fn all(stages: &[Stage], arrivals: Arrivals, seed: u64) -> Vec<Due> {
        Schedule::new(stages, arrivals, seed, 0, WHOLE).collect()
    }

    #[rstest]
    #[case(&[stage(1000.0, 1000.0, 10.0)], 10_000)]
    #[case(&[stage(0.0, 100.0, 10.0)], 500)]
    #[case(&[stage(100.0, 0.0, 10.0), stage(50.0, 50.0, 2.0)], 600)]
    #[case(&[stage(0.0, 0.0, 5.0), stage(10.0, 10.0, 1.0)], 10)]
    #[case(&[stage(0.5, 0.5, 1.0)], 0)]
    #[case(&[], 0)]
    fn constant_arrivals_are_as_many_as_the_rate_says(#[case] stages: &[Stage], #[case] count: usize) {
        let due = all(stages, Arrivals::Constant, 1);
        assert_eq!(due.len(), count);
        assert!(due.windows(2).all(|w| w[0].offset <= w[1].offset));
    }

    #[test]
    fn constant_arrivals_are_evenly_spaced() {
        let due = all(&[stage(1000.0, 1000.0, 1.0)], Arrivals::Constant, 1);
        for pair in due.windows(2) {
            let gap = (pair[1].offset - pair[0].offset).as_nanos();
            assert!((999_990..=1_000_010).contains(&gap), "{gap}");
        }
    }

    #[test]
    fn poisson_arrivals_have_their_mean_and_variance() {
        let due = all(&[stage(1000.0, 1000.0, 100.0)], Arrivals::Poisson, 42);
        let n = due.len() as f64;
        assert!((n - 100_000.0).abs() < 4.0 * 316.0, "{n}");
        let gaps: Vec<f64> = due.windows(2).map(|w| (w[1].offset - w[0].offset).as_secs_f64() * 1e3).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_ramp_has_its_rate_at_every_moment() {
        let due = all(&[stage(0.0, 2000.0, 10.0)], Arrivals::Poisson, 3);
        let in_last_second = due.iter().filter(|d| d.offset >= Duration::from_secs(9)).count() as f64;
        assert!((in_last_second - 1900.0).abs() < 4.0 * 1900_f64.sqrt(), "{in_last_second}");
    }

    #[test]
    fn only_high_rates_are_released_in_batches() {
        let at = |rate| Schedule::new(&[stage(rate, rate, 1.0)], Arrivals::Constant, 1, 0, WHOLE).batch();
        assert_eq!(at(9_999.0), Duration::ZERO);
        assert_eq!(at(10_000.0), BATCH);
    }

    proptest! {
        #[test]
        fn the_shards_together_are_the_whole(
            seed: u64, count in 1_u32..6, from in 0.0..200.0_f64, to in 0.0..200.0_f64, poisson: bool,
        ) {
            let arrivals = if poisson { Arrivals::Poisson } else { Arrivals::Constant };
            let stages = [stage(from, to, 2.0), stage(to, from, 1.0)];
            let mut union: Vec<Due> = (0..count)
                .flat_map(|index| Schedule::new(&stages, arrivals, seed, 0, Shard { index, count }))
                .collect();
            union.sort_by_key(|d| d.index);
            prop_assert_eq!(union, all(&stages, arrivals, seed));
        }

        #[test]
        fn the_same_seed_gives_the_same_schedule_within_its_length(seed: u64, rate in 1.0..500.0_f64) {
            let stages = [stage(rate, rate / 2.0, 3.0)];
            let first = all(&stages, Arrivals::Poisson, seed);
            prop_assert_eq!(&first, &all(&stages, Arrivals::Poisson, seed));
            prop_assert!(first.iter().all(|d| d.offset <= Duration::from_secs(3)));
            let next_trial: Vec<Due> = Schedule::new(&stages, Arrivals::Poisson, seed, 99, WHOLE).collect();
            prop_assert!(first.is_empty() || first != next_trial);
        }
    }
}
