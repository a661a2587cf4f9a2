//! Wilcoxon's signed-rank test (Wilcoxon, Individual comparisons by ranking methods, 1945).

use statrs::distribution::{ContinuousCDF, Normal};

/// Up to so many pairs the distribution is counted out; beyond, the normal one is near enough.
const EXACT: usize = 100;

/// What the signed ranks of some differences say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Pairs that differ; those that do not are left out.
    pub pairs: usize,
    /// The sum of the ranks of the positive differences.
    pub positive: f64,
    /// The chance of so large a sum, or a larger one, where the differences lie about zero: small when they are positive.
    pub p_greater: f64,
    /// The chance of so small a sum, or a smaller one: small when they are negative.
    pub p_less: f64,
}

/// Tests whether `differences` lie about zero. Ties share the mean of their ranks, and the distribution is that of the
/// ranks as they are. Absent where no pair differs, or a difference is not a number.
#[must_use]
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    if differences.iter().any(|d| !d.is_finite()) {
        return None;
    }
    let mut differing: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    if differing.is_empty() {
        return None;
    }
    differing.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = doubled_ranks(&differing);
    let positive: usize = differing.iter().zip(&ranks).filter(|(d, _)| **d > 0.0).map(|(_, r)| r).sum();
    let (p_less, p_greater) = if ranks.len() <= EXACT { counted(&ranks, positive) } else { normal(&ranks, positive) };
    Some(SignedRank { pairs: ranks.len(), positive: positive as f64 / 2.0, p_greater, p_less })
}

/// Twice the rank of each of the sorted values, so that the mean rank of ties is a whole number.
fn doubled_ranks(sorted: &[f64]) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(sorted.len());
    for group in sorted.chunk_by(|a, b| a.abs() == b.abs()) {
        let (first, last) = (ranks.len() + 1, ranks.len() + group.len());
        ranks.extend(std::iter::repeat_n(first + last, group.len()));
    }
    ranks
}

/// The chance of each sum of the ranks whose sign a fair coin makes positive; the index is the sum.
pub(super) fn distribution(ranks: impl IntoIterator<Item = usize>) -> Vec<f64> {
    let mut chances = vec![1.0];
    for rank in ranks {
        let mut next = vec![0.0; chances.len() + rank];
        for (sum, chance) in chances.iter().enumerate() {
            next[sum] += chance / 2.0;
            next[sum + rank] += chance / 2.0;
        }
        chances = next;
    }
    chances
}

/// The chances of at most and of at least `positive`, exactly.
fn counted(ranks: &[usize], positive: usize) -> (f64, f64) {
    let chances = distribution(ranks.iter().copied());
    let sum = |of: &[f64]| of.iter().sum::<f64>().min(1.0);
    (sum(&chances[..=positive]), sum(&chances[positive..]))
}

/// The same by the normal distribution with a correction for continuity.
fn normal(ranks: &[usize], positive: usize) -> (f64, f64) {
    let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
    let spread = (ranks.iter().map(|r| (r * r) as f64).sum::<f64>() / 4.0).sqrt();
    let standard = Normal::standard();
    let below = |sum: f64| standard.cdf((sum - mean) / spread);
    (below(positive as f64 + 1.0), 1.0 - below(positive as f64 - 1.0))
}

#[cfg(test)]
#[expect(clippy::approx_constant, reason = "a measured 3.14 is not pi")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_pairs_that_all_go_one_way_are_one_in_1024() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        let found = signed_rank(&ten).unwrap();
        assert_eq!((found.pairs, found.positive), (10, 55.0));
        assert!((found.p_greater - 1.0 / 1024.0).abs() < 1e-15);
        assert!((found.p_less - 1.0).abs() < 1e-12);
    }

    /// Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, example 3.1 (Hamilton depression scale): T+ = 5
    /// of nine pairs, P(T+ ≤ 5) = .020.
    #[test]
    fn a_textbook_example_comes_out_as_printed() {
        let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        let differences: Vec<f64> = before.iter().zip(after).map(|(b, a)| a - b).collect();
        let found = signed_rank(&differences).unwrap();
        assert_eq!(found.positive, 5.0);
        assert!((found.p_less - 0.0195).abs() < 5e-4, "{found:?}");
    }

    #[test]
    fn ties_and_zeros_are_counted_out() {
        // Ranks 1.5, 1.5 and 3; all eight signs by hand: at least 4.5 are {1.5 + 3}, twice, and {6}.
        let found = signed_rank(&[0.0, 1.0, -1.0, 2.0]).unwrap();
        assert_eq!((found.pairs, found.positive), (3, 4.5));
        assert!((found.p_greater - 3.0 / 8.0).abs() < 1e-15);
        assert!(signed_rank(&[0.0, 0.0]).is_none() && signed_rank(&[]).is_none());
        assert!(signed_rank(&[1.0, f64::NAN]).is_none());
    }

    #[test]
    fn where_counting_ends_the_normal_distribution_agrees() {
        let ranks: Vec<usize> = (1..=EXACT).map(|r| 2 * r).collect();
        for positive in [4200, 5050, 5900, 6600] {
            let (exact, near) = (counted(&ranks, positive), normal(&ranks, positive));
            assert!((exact.0 - near.0).abs() < 2e-3 && (exact.1 - near.1).abs() < 2e-3, "{exact:?} {near:?}");
        }
    }

    proptest! {
        #[test]
        fn turning_the_signs_turns_the_answer(differences in prop::collection::vec(-5i32..=5, 1..40)) {
            let of = |sign: f64| signed_rank(&differences.iter().map(|d| sign * f64::from(*d)).collect::<Vec<_>>());
            match (of(1.0), of(-1.0)) {
                (Some(a), Some(b)) => prop_assert!((a.p_greater - b.p_less).abs() < 1e-12),
                (a, b) => prop_assert!(a.is_none() && b.is_none()),
            }
        }
    }
}
