//! Pairs without what the machine did: on a shared host one slice may run a third slower than the next, for no reason of
//! what is compared.
//!
//! What a response takes of the generator's own CPU in the same slices tells how fast the machine was in them (a control
//! variate). How far a figure follows that is taken from the pairs themselves, by a line *through the origin*. Were both
//! sides the same, each pair could as well have been the other way round, figure and machine together: that changes no
//! ratio of the two, hence not the slope, and the signed-rank test on what is left is as exact as it was on the raw pairs.

use super::signed_rank;

/// By this share the bytes of a response may differ between two sides for the generator's work to be the same.
pub const SAME_BYTES: f64 = 0.02;

/// With fewer pairs a slope says too little.
const FEWEST: usize = 10;
/// The machine's part is not used where it differs between the sides by more than chance: then it may be their doing.
const BY_CHANCE: f64 = 0.05;

/// Whether the machine's part is known of every pair and is one of chance.
pub(super) fn usable(slowdowns: &[f64], machine: &[f64]) -> bool {
    let known = machine.len() == slowdowns.len() && machine.len() >= FEWEST && machine.iter().all(|m| m.is_finite());
    known && signed_rank(machine).is_some_and(|found| 2.0 * found.p_greater.min(found.p_less) >= BY_CHANCE)
}

/// The slowdowns without the machine's part, for a test of whether their centre is `supposed`.
pub(super) fn freed(slowdowns: &[f64], machine: &[f64], supposed: f64) -> Vec<f64> {
    let ratios = slowdowns.iter().zip(machine).filter(|(_, m)| **m != 0.0).map(|(s, m)| ((s - supposed) / m, m.abs()));
    without(slowdowns, machine, weighted_median(ratios.collect()))
}

/// The slowdowns without the machine's part, for an estimate of their centre (the slope is Theil and Sen's).
pub(super) fn centred(slowdowns: &[f64], machine: &[f64]) -> Vec<f64> {
    let pairs: Vec<(f64, f64)> = slowdowns.iter().copied().zip(machine.iter().copied()).collect();
    let mut slopes = Vec::new();
    for (i, (slowdown, at)) in pairs.iter().enumerate() {
        let others = pairs[i + 1..].iter().filter(|(_, other)| other != at);
        slopes.extend(others.map(|(other, to)| ((other - slowdown) / (to - at), 1.0)));
    }
    without(slowdowns, machine, weighted_median(slopes))
}

fn without(slowdowns: &[f64], machine: &[f64], slope: f64) -> Vec<f64> {
    slowdowns.iter().zip(machine).map(|(slowdown, m)| slowdown - slope * m).collect()
}

/// The slope that leaves the least in all, |slowdown − slope × machine| added up, as (ratio, weight). Never below zero:
/// nothing is quicker on a slower machine.
fn weighted_median(mut ratios: Vec<(f64, f64)>) -> f64 {
    ratios.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = ratios.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    let median = ratios.iter().find(|(_, weight)| {
        below += weight;
        below >= half
    });
    median.map_or(0.0, |(ratio, _)| ratio.max(0.0))
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    use super::*;
    use crate::paired::{GateRule, PairedMetric, Role, judge_pairs};

    fn noise(rng: &mut SmallRng, sd: f64) -> f64 {
        sd * ((0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0)
    }

    /// Pairs of something that is `slower`, on a machine whose speed differs by 12 % between the slices of a pair (as seen
    /// on the host of a two-core machine, where the figures followed it by 0.6), with 4 % of other noise; one in twenty
    /// pairs has a spike.
    fn pairs(rng: &mut SmallRng, n: usize, slower: f64) -> (Vec<f64>, Vec<f64>) {
        let one = |_| {
            let machine = noise(rng, 0.12);
            let spike = if rng.random::<f64>() < 0.05 { noise(rng, 0.5) } else { 0.0 };
            (slower + 0.6 * machine + noise(rng, 0.04) + spike, machine)
        };
        (0..n).map(one).unzip()
    }

    fn metric((slowdowns, machine): (Vec<f64>, Vec<f64>)) -> PairedMetric {
        PairedMetric { name: "cpu".into(), slowdowns, machine, role: Role::Judged }
    }

    /// How often `which` was found in 400 gates at the look of 20 pairs, and how often without the machine's part.
    fn found(slower: f64, which: redline_model::GateOutcome) -> (u32, u32) {
        let rule = GateRule::default();
        let mut rng = SmallRng::seed_from_u64(11);
        let (mut freed, mut raw) = (0, 0);
        for _ in 0..400 {
            let with = metric(pairs(&mut rng, 20, slower));
            let alone = PairedMetric { machine: Vec::new(), ..with.clone() };
            let is = |m: PairedMetric| u32::from(judge_pairs(&[m], rule.looks[1], &rule).outcome == which);
            freed += is(with);
            raw += is(alone);
        }
        (freed, raw)
    }

    #[test]
    fn a_slowdown_is_found_and_ruled_out_more_often_and_the_same_is_not_called_slower() {
        use redline_model::GateOutcome::{Fail, Pass};
        // 0.3 % of 400 gates is 1.2.
        let (freed, _) = found(0.0, Fail);
        assert!(freed <= 4, "{freed} of 400 are false alarms");
        let (freed, raw) = found(0.05, Fail);
        assert!(freed > 280 && raw < 140, "{freed} and {raw} of 400 are found");
        let (freed, raw) = found(0.0, Pass);
        assert!(freed > 320 && raw < 240, "{freed} and {raw} of 400 pass");
        // 1 % of 400 is 4: what is 5 % slower must not pass.
        let (freed, _) = found(0.05, Pass);
        assert!(freed <= 8, "{freed} of 400 pass wrongly");
    }

    #[test]
    fn the_slope_is_the_same_whichever_way_round_a_pair_is() {
        let (slowdowns, machine) = pairs(&mut SmallRng::seed_from_u64(3), 20, 0.0);
        let once = freed(&slowdowns, &machine, 0.0);
        let turn =
            |all: &[f64]| all.iter().enumerate().map(|(i, v)| if i % 3 == 0 { -v } else { *v }).collect::<Vec<_>>();
        let turned = freed(&turn(&slowdowns), &turn(&machine), 0.0);
        assert!(turn(&once).iter().zip(&turned).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn a_machine_that_is_not_known_or_differs_between_the_sides_is_left_alone() {
        let (slowdowns, machine) = pairs(&mut SmallRng::seed_from_u64(5), 20, 0.0);
        assert!(usable(&slowdowns, &machine));
        let shifted: Vec<f64> = machine.iter().map(|m| m + 0.2).collect();
        assert!(!usable(&slowdowns, &shifted), "the candidate costs the generator more");
        assert!(!usable(&slowdowns, &machine[1..]) && !usable(&slowdowns[..9], &machine[..9]));
        assert_eq!(freed(&[0.1, 0.2], &[0.0, 0.0], 0.0), [0.1, 0.2], "a machine that does not vary explains nothing");
    }
}
