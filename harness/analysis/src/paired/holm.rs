//! Several questions at once: Holm's correction (Holm, A simple sequentially rejective multiple test procedure, 1979).

/// The p values adjusted so that comparing each with α makes one false alarm or more with a chance of α at most, over
/// all of them together. In the order they came in.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 0.0f64;
    for (place, of) in order.into_iter().enumerate() {
        least = least.max(p[of] * (p.len() - place) as f64).min(1.0);
        adjusted[of] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_counts_for_all_and_none_overtakes() {
        let adjusted = holm(&[0.04, 0.01, 0.03]);
        let expected = [0.06, 0.03, 0.06];
        assert!(adjusted.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{adjusted:?}");
        assert_eq!(holm(&[0.9, 0.8]), vec![1.0, 1.0]);
        assert_eq!(holm(&[0.2]), vec![0.2]);
        assert!(holm(&[]).is_empty());
    }
}
