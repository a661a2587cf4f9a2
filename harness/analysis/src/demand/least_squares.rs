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

/// The normal equations of the least squares.
struct Normal {
    a: Vec<Vec<f64>>,
    b: Vec<f64>,
}

impl Normal {
    fn of(rows: &[Vec<f64>], u: &[f64]) -> Self {
        let n = rows.first().map_or(0, Vec::len);
        let dot = |i: usize, j: usize| rows.iter().map(|r| r[i] * r[j]).sum::<f64>();
        let a = (0..n).map(|i| (0..n).map(|j| dot(i, j)).collect()).collect();
        let b = (0..n).map(|i| rows.iter().zip(u).map(|(r, u)| r[i] * u).sum()).collect();
        Self { a, b }
    }

    /// The solution with no coefficient below `floor`, by projected coordinate descent, which converges for
    /// this convex problem (Franc, Hlaváč and Navara, 2005).
    fn solved(&self, floor: f64) -> Vec<f64> {
        let n = self.b.len();
        let mut d = vec![0.0f64; n];
        for _ in 0..SWEEPS {
            let mut moved = 0.0f64;
            for i in (0..n).filter(|i| self.a[*i][*i] > 0.0) {
                let others: f64 = (0..n).filter(|j| *j != i).map(|j| self.a[i][j] * d[j]).sum();
                let new = ((self.b[i] - others) / self.a[i][i]).max(floor);
                moved = moved.max((new - d[i]).abs() * self.a[i][i].sqrt());
                d[i] = new;
            }
            if moved < 1e-12 {
                break;
            }
        }
        d
    }
}

/// The d ≥ 0 with the least |X·d − u|², with their standard errors.
///
/// Errors are σ²(XᵀX)⁻¹ of the unconstrained problem. Where the constraint moved a coefficient by more than its
/// error, its value is another's that was held at zero (of two steps that mostly go together, say): such a
/// coefficient counts as not separated.
pub(super) fn non_negative(rows: &[Vec<f64>], u: &[f64]) -> Vec<Coefficient> {
    let normal = Normal::of(rows, u);
    let (n, d, free) = (normal.b.len(), normal.solved(0.0), normal.solved(f64::NEG_INFINITY));
    let fitted = |r: &[f64]| r.iter().zip(&free).map(|(x, d)| x * d).sum::<f64>();
    let residual: f64 = rows.iter().zip(u).map(|(r, u)| (u - fitted(r)).powi(2)).sum();
    let variance = residual / rows.len().saturating_sub(n).max(1) as f64;
    let inverse = if rows.len() > n { inverse_diagonal(&normal.a) } else { vec![None; n] };
    d.iter()
        .zip(free)
        .zip(inverse)
        .map(|((value, free), i)| {
            let error = i.map(|i| (variance * i).sqrt());
            Coefficient { value: *value, error: error.filter(|e| (value - free).abs() <= *e + 1e-12) }
        })
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
