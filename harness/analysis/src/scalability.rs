//! Notes on the curve of throughput over load: where it bends, and what the Universal Scalability Law makes of it.
//! Neither decides anything.

use redline_model::{CurveNotes, CurvePoint, Interval, Purpose, Rate, Scalability, TrialClass, TrialResult};

use crate::search::mostly_whole;

/// A fit is extrapolated only when its data reach this multiple of the concurrency at saturation: below it the
/// coherency term is told from noise.
const REACH: f64 = 1.5;

/// Why the law says nothing here.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
enum NoScalability {
    /// Too few different loads.
    #[error("{0} loads were tried; the law has three unknowns and needs five at least")]
    TooFew(usize),
    /// The data end before the law's bend.
    #[error(
        "the trials reach {reached:.1} sessions in flight, {REACH} × the {saturated:.1} at saturation are needed: a fit would be extrapolated"
    )]
    OutOfReach {
        /// The most in flight of any trial.
        reached: f64,
        /// In flight where the throughput saturates without waiting.
        saturated: f64,
    },
    /// No law of this form fits.
    #[error("the throughput does not follow the law: a coefficient came out negative")]
    NotOfThisForm,
}

/// What both rules make of a run whose saturation throughput, in sessions per second, is known.
#[must_use]
pub(crate) fn curve_notes(trials: &[TrialResult], saturation: Interval) -> CurveNotes {
    let points = curve(trials);
    let fit = scalability(&points, saturation);
    CurveNotes {
        bend: kneedle(&points),
        scalability: fit.ok(),
        no_scalability: fit.err().map(|refused| refused.to_string()),
    }
}

/// The curve of the trials that were stationary: those that the stack kept up with, and the capped overdrive.
fn curve(trials: &[TrialResult]) -> Vec<CurvePoint> {
    let stationary = |t: &&TrialResult| {
        let purpose = matches!(
            t.spec.purpose,
            Purpose::Ramp | Purpose::Bisect | Purpose::ConfirmHolds | Purpose::ConfirmFails | Purpose::Overdrive
        );
        purpose
            && t.class != TrialClass::GeneratorLimited
            && t.in_flight.mean > 0.0
            && t.completed.0 > 0.0
            && mostly_whole(t)
    };
    let point = |t: &TrialResult| CurvePoint { in_flight: t.in_flight.mean, throughput: t.completed };
    let mut all: Vec<CurvePoint> = trials.iter().filter(stationary).map(point).collect();
    all.sort_by(|a, b| a.in_flight.total_cmp(&b.in_flight));
    all
}

/// Fits the law by least squares on n ÷ X(n) = (1 + σ(n − 1) + κn(n − 1)) ÷ λ, which is linear in 1/λ, σ/λ and κ/λ,
/// each point weighted so that relative errors of the throughput count alike.
///
/// # Errors
/// Too few loads, data that do not reach 1.5 × the concurrency at saturation, or no law of this form.
fn scalability(points: &[CurvePoint], saturation: Interval) -> Result<Scalability, NoScalability> {
    if points.len() < 5 {
        return Err(NoScalability::TooFew(points.len()));
    }
    // Little's law: what would be in flight at the saturation throughput with the sessions of the lowest load.
    let first = points[0];
    let saturated = saturation.estimate * first.in_flight / first.throughput.0;
    let reached = points.iter().map(|p| p.in_flight).fold(0.0, f64::max);
    if reached < REACH * saturated {
        return Err(NoScalability::OutOfReach { reached, saturated });
    }
    let rows = points.iter().map(|p| {
        let (n, time) = (p.in_flight, p.in_flight / p.throughput.0);
        ([1.0 / time, (n - 1.0) / time, n * (n - 1.0) / time], 1.0)
    });
    let [a, b, c] = least_squares(rows).ok_or(NoScalability::NotOfThisForm)?;
    let fit = Scalability { alone: Rate(1.0 / a), contention: b / a, coherency: c / a, reach: reached };
    // A hair below zero is noise around none.
    let possible = a > 0.0 && fit.contention > -0.02 && fit.coherency > -1e-4;
    possible
        .then_some(Scalability { contention: fit.contention.max(0.0), coherency: fit.coherency.max(0.0), ..fit })
        .ok_or(NoScalability::NotOfThisForm)
}

/// The solution of three unknowns that is nearest to all rows, by the normal equations and Cramer's rule.
fn least_squares(rows: impl Iterator<Item = ([f64; 3], f64)>) -> Option<[f64; 3]> {
    let (mut m, mut v) = ([[0.0; 3]; 3], [0.0; 3]);
    for (x, y) in rows {
        for i in 0..3 {
            v[i] += x[i] * y;
            for j in 0..3 {
                m[i][j] += x[i] * x[j];
            }
        }
    }
    let of = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = of(m);
    let with = |column: usize| {
        let mut changed = m;
        (0..3).for_each(|row| changed[row][column] = v[row]);
        of(changed) / whole
    };
    (whole.abs() > 1e-300).then(|| [with(0), with(1), with(2)])
}

/// The throughput at which the curve bends most: the largest distance above the straight line between its ends, both
/// axes scaled to one (Satopää et al., Finding a "Kneedle" in a Haystack, 2011, for one batch without smoothing).
/// Absent where the curve has fewer than five points or does not bend.
fn kneedle(points: &[CurvePoint]) -> Option<CurvePoint> {
    let (first, last) = (points.first()?, points.last()?);
    let (width, height) = (last.in_flight - first.in_flight, last.throughput.0 - first.throughput.0);
    if points.len() < 5 || width <= 0.0 || height <= 0.0 {
        return None;
    }
    let above =
        |p: &CurvePoint| (p.throughput.0 - first.throughput.0) / height - (p.in_flight - first.in_flight) / width;
    let knee = points.iter().max_by(|a, b| above(a).total_cmp(&above(b)))?;
    (above(knee) > 0.05).then_some(*knee)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(n: f64) -> CurvePoint {
        CurvePoint { in_flight: n, throughput: Rate(10.0 * n / (1.0 + 0.05 * (n - 1.0) + 0.001 * n * (n - 1.0))) }
    }

    const X: Interval = Interval { estimate: 120.0, low: 119.0, high: 121.0 };

    #[test]
    fn the_law_is_found_in_its_own_data() {
        let points: Vec<_> = [1.0, 2.0, 5.0, 10.0, 20.0, 40.0].map(law).to_vec();
        let fit = scalability(&points, X).unwrap();
        assert!((fit.alone.0 - 10.0).abs() < 1e-6, "{fit:?}");
        assert!((fit.contention - 0.05).abs() < 1e-6 && (fit.coherency - 0.001).abs() < 1e-6, "{fit:?}");
    }

    #[test]
    fn a_fit_is_not_extrapolated() {
        let points: Vec<_> = [1.0, 2.0, 4.0, 6.0, 8.0, 12.0].map(law).to_vec();
        let refused = scalability(&points, X).unwrap_err();
        assert!(matches!(refused, NoScalability::OutOfReach { .. }), "{refused}");
        assert!(refused.to_string().contains("1.5 × the 12.0"), "{refused}");
        assert_eq!(scalability(&points[..4], X).unwrap_err(), NoScalability::TooFew(4));
    }

    #[test]
    fn a_bend_is_found_where_it_is() {
        let bent: Vec<_> = (1..=20)
            .map(|n| CurvePoint {
                in_flight: f64::from(n),
                throughput: Rate(10.0 * f64::from(n.min(8)) + 0.1 * f64::from(n)),
            })
            .collect();
        assert_eq!(kneedle(&bent).unwrap().in_flight, 8.0);
        let straight: Vec<_> =
            (1..=20).map(|n| CurvePoint { in_flight: f64::from(n), throughput: Rate(f64::from(n)) }).collect();
        assert_eq!(kneedle(&straight), None);
    }
}
