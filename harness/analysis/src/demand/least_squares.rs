//! Least squares with coefficients that cannot be negative.

/// One coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coefficient {
    pub(super) value: f64,
    /// Its standard error as if it could be negative; absent where the data do not separate it.
    pub(super) error: Option<f64>,
}

const SWEEPS: usize = 20_000;
/// A pivot that elimination leaves smaller than this share of its diagonal has lost its digits.
const SINGULAR: f64 = 1e-9;

/// The d ≥ 0 with the least |X·d − u|², with their standard errors.
///
/// The normal equations are solved by projected coordinate descent, which converges for this convex problem
/// (Franc, Hlaváč and Navara, 2005). Errors are σ²(XᵀX)⁻¹ of the unconstrained problem.
pub(super) fn non_negative(rows: &[Vec<f64>], u: &[f64]) -> Vec<Coefficient> {
    let n = rows.first().map_or(0, Vec::len);
    let dot = |i: usize, j: usize| rows.iter().map(|r| r[i] * r[j]).sum::<f64>();
    let a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| dot(i, j)).collect()).collect();
    let b: Vec<f64> = (0..n).map(|i| rows.iter().zip(u).map(|(r, u)| r[i] * u).sum()).collect();
    let mut d = vec![0.0f64; n];
    for _ in 0..SWEEPS {
        let mut moved = 0.0f64;
        for i in (0..n).filter(|i| a[*i][*i] > 0.0) {
            let others: f64 = (0..n).filter(|j| *j != i).map(|j| a[i][j] * d[j]).sum();
            let new = ((b[i] - others) / a[i][i]).max(0.0);
            moved = moved.max((new - d[i]).abs() * a[i][i].sqrt());
            d[i] = new;
        }
        if moved < 1e-12 {
            break;
        }
    }
    let fitted = |r: &[f64]| r.iter().zip(&d).map(|(x, d)| x * d).sum::<f64>();
    let residual: f64 = rows.iter().zip(u).map(|(r, u)| (u - fitted(r)).powi(2)).sum();
    let variance = residual / rows.len().saturating_sub(n).max(1) as f64;
    let inverse = if rows.len() > n { inverse_diagonal(&a) } else { vec![None; n] };
    d.iter()
        .zip(inverse)
        .map(|(value, i)| Coefficient { value: *value, error: i.map(|i| (variance * i).sqrt()) })
        .collect()
}

/// The diagonal of the inverse of a symmetric matrix, by Gauss and Jordan; absent where it is singular.
fn inverse_diagonal(a: &[Vec<f64>]) -> Vec<Option<f64>> {
    let n = a.len();
    let scale: Vec<f64> = (0..n).map(|i| a[i][i].sqrt()).collect();
    if scale.iter().any(|s| *s <= 0.0) {
        return vec![None; n];
    }
    // Scaled to a unit diagonal, so that a pivot tells how much of a column the others do not explain.
    let unit = |i: usize, j: usize| if j < n { a[i][j] / scale[i] / scale[j] } else { f64::from(u8::from(i == j - n)) };
    let mut m: Vec<Vec<f64>> = (0..n).map(|i| (0..2 * n).map(|j| unit(i, j)).collect()).collect();
    for i in 0..n {
        let Some(p) = (i..n).max_by(|x, y| m[*x][i].abs().total_cmp(&m[*y][i].abs())) else { break };
        m.swap(i, p);
        let pivot = m[i][i];
        if pivot.abs() < SINGULAR {
            return vec![None; n];
        }
        m[i].iter_mut().for_each(|v| *v /= pivot);
        let row = m[i].clone();
        for (_, other) in m.iter_mut().enumerate().filter(|(k, _)| *k != i) {
            let factor = other[i];
            other.iter_mut().zip(&row).for_each(|(v, r)| *v -= factor * r);
        }
    }
    (0..n).map(|i| Some(m[i][n + i] / scale[i].powi(2)).filter(|v| *v > 0.0)).collect()
}
