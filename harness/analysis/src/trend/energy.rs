//! How different two samples are: the energy statistic (Székely and Rizzo, 2005).

/// The statistic of Matteson and James (A nonparametric approach for multiple change point analysis of multivariate
/// data, 2014, with α = 1) for `values` split before `at`: n·m ÷ (n + m) times twice the mean distance between the two
/// sides, less the mean distances within each. Large where they differ in any way. Both sides have two values or more.
pub(super) fn energy(values: &[f64], at: usize) -> f64 {
    let (left, right) = values.split_at(at);
    let (n, m) = (left.len() as f64, right.len() as f64);
    let between: f64 = left.iter().flat_map(|a| right.iter().map(move |b| (a - b).abs())).sum();
    n * m / (n + m) * (2.0 * between / (n * m) - within(left) - within(right))
}

/// The mean distance of two different values.
fn within(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let sum: f64 =
        values.iter().enumerate().flat_map(|(i, a)| values[i + 1..].iter().map(move |b| (a - b).abs())).sum();
    sum / (n * (n - 1.0) / 2.0)
}

/// The split with the largest statistic that leaves `least` values on both sides; nothing where none does.
pub(super) fn best_split(values: &[f64], least: usize) -> Option<(usize, f64)> {
    let last = values.len().checked_sub(least)?;
    (least..=last).map(|at| (at, energy(values, at))).max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statistic_is_that_of_the_paper() {
        // By hand: between 3 × |0 − 3|… = 9·3 ÷ 9, nothing within: 3·3 ÷ 6 × 2·3.
        assert!((energy(&[0.0, 0.0, 0.0, 3.0, 3.0, 3.0], 3) - 9.0).abs() < 1e-12);
        assert_eq!(best_split(&[0.0, 0.0, 0.0, 3.0, 3.0, 3.0], 2).map(|b| b.0), Some(3));
        assert!(best_split(&[1.0, 2.0, 3.0], 2).is_none());
    }
}
