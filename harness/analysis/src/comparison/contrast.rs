//! Better, worse or inconclusive, from pairs.

use redline_model::{Answer, ComparedFigure, Contrast, Interval, Pairing, Share};

use crate::paired::{hodges_lehmann, holm, signed_rank, smallest_detectable};

/// A difference is called one where chance explains it with less than this, over all stacks together: of twenty
/// comparisons of a stack with itself, hardly one is called different.
const CHANCE: f64 = 0.01;
/// How often the smallest difference that is told would have been called.
const SEEN: f64 = 0.95;

/// The pairs of one figure of one stack, not judged yet.
pub(super) struct Paired {
    pub(super) stack: String,
    pub(super) figure: ComparedFigure,
    /// ln(stack ÷ first).
    pub(super) ratios: Vec<f64>,
    /// The same before the adjustment for the machine's speed, where there was one.
    pub(super) raw: Option<Vec<f64>>,
}

/// The fewest complete rounds with which anything can be called different, where `others` stacks are compared with the
/// first: below, even pairs that all go one way may be chance.
#[must_use]
pub fn fewest_rounds(others: usize) -> u32 {
    // All n pairs one way have 2 × 0.5ⁿ, and Holm multiplies the least by the number of stacks.
    let needed = (2.0 * others.max(1) as f64 / CHANCE).log2();
    needed.floor() as u32 + 1
}

/// The answer for one other stack, from ln(its throughput ÷ the first's) of each round.
#[must_use]
pub fn paired_answer(against: &str, stack: &str, ratios: Vec<f64>) -> Contrast {
    let figure = ComparedFigure::SaturationThroughput;
    one(against, Paired { stack: stack.to_owned(), figure, ratios: ratios.clone(), raw: None }, two_sided(&ratios), 1)
}

/// Judges one figure of all stacks together.
pub(super) fn judge(against: &str, paired: Vec<Paired>) -> Vec<Contrast> {
    let chances: Vec<f64> = paired.iter().map(|p| two_sided(&p.ratios)).collect();
    let chances = holm(&chances);
    let others = paired.len();
    paired.into_iter().zip(chances).map(|(p, chance)| one(against, p, chance, others)).collect()
}

fn one(against: &str, paired: Paired, chance: f64, others: usize) -> Contrast {
    let Paired { stack, figure, ratios, raw } = paired;
    let ratio = hodges_lehmann(&ratios, 0.95).map(exp);
    let raw_ratio = raw.and_then(|raw| hodges_lehmann(&raw, 0.95)).map(exp);
    let detectable = smallest_detectable(&ratios, CHANCE / 2.0 / others.max(1) as f64, SEEN).map(f64::exp_m1);
    let (answer, why_not) = match ratio {
        None => (Answer::Inconclusive, Some(format!("{} pairs are too few to tell", ratios.len()))),
        Some(r) if raw_ratio.is_some_and(|raw| contradicts(raw, r)) => {
            let why = "the machine's speed alone would turn the answer round";
            (Answer::Inconclusive, Some(why.to_owned()))
        }
        Some(r) if chance < CHANCE && (r.low > 1.0 || r.high < 1.0) => (direction(figure, r.estimate), None),
        Some(_) => (Answer::Inconclusive, Some("chance alone explains what was seen".to_owned())),
    };
    Contrast {
        stack,
        against: against.to_owned(),
        figure,
        how: Pairing::Paired,
        pairs: u32::try_from(ratios.len()).unwrap_or(u32::MAX),
        ratio,
        raw_ratio,
        p: Some(chance),
        detectable: detectable.map(Share),
        answer,
        why_not,
    }
}

/// Whether the one says more and the other less.
fn contradicts(raw: Interval, adjusted: Interval) -> bool {
    (raw.high < 1.0 && adjusted.low > 1.0) || (raw.low > 1.0 && adjusted.high < 1.0)
}

/// More throughput is better; more time is worse.
pub(super) fn direction(figure: ComparedFigure, ratio: f64) -> Answer {
    match (figure, ratio > 1.0) {
        (ComparedFigure::SaturationThroughput, true) | (ComparedFigure::CpuTime | ComparedFigure::P95, false) => {
            Answer::Better
        }
        (ComparedFigure::SaturationThroughput, false) | (ComparedFigure::CpuTime | ComparedFigure::P95, true) => {
            Answer::Worse
        }
    }
}

fn two_sided(ratios: &[f64]) -> f64 {
    signed_rank(ratios).map_or(1.0, |found| (2.0 * found.p_greater.min(found.p_less)).min(1.0))
}

pub(super) fn exp(ln: Interval) -> Interval {
    Interval { estimate: ln.estimate.exp(), low: ln.low.exp(), high: ln.high.exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(n: usize, shift: f64, scatter: f64) -> Paired {
        let ratios = (0..n).map(|i| shift + scatter * (2.4 * i as f64 + 0.3).sin()).collect();
        Paired { stack: "other".into(), figure: ComparedFigure::SaturationThroughput, ratios, raw: None }
    }

    #[test]
    fn pairs_that_go_one_way_are_called_and_those_that_do_not_are_not() {
        let of = |n, shift, scatter| judge("first", vec![pairs(n, shift, scatter)]).remove(0);
        assert_eq!(of(12, 0.10, 0.02).answer, Answer::Better);
        assert_eq!(of(12, -0.10, 0.02).answer, Answer::Worse);
        let same = of(12, 0.0, 0.04);
        assert_eq!(same.answer, Answer::Inconclusive);
        assert!(same.detectable.unwrap().0 > 0.02, "{same:?}");
        let (ratio, seen) = (same.ratio.unwrap(), same.detectable.unwrap());
        assert!(ratio.low < 1.0 && 1.0 < ratio.high && ratio.high - 1.0 < seen.0, "{same:?}");
    }

    #[test]
    fn too_few_rounds_call_nothing_however_clear_they_look() {
        let fewest = fewest_rounds(1) as usize;
        assert_eq!((fewest, fewest_rounds(3)), (8, 10));
        let of = |n| judge("first", vec![pairs(n, 0.5, 0.01)]).remove(0);
        assert_eq!(of(fewest - 1).answer, Answer::Inconclusive);
        assert_eq!(of(fewest).answer, Answer::Better);
        assert!(of(3).why_not.unwrap().contains("3 pairs are too few"));
    }

    #[test]
    fn less_time_is_better() {
        assert_eq!(direction(ComparedFigure::CpuTime, 0.9), Answer::Better);
        assert_eq!(direction(ComparedFigure::P95, 1.1), Answer::Worse);
    }
}
