//! Runs that were made at different times: what can be said, and it is little.

use redline_model::{Answer, ComparedFigure, Contrast, Interval, Pairing, RunReport, Share};

use super::contrast::direction;

/// By how much a run's saturation throughput, adjusted for the machine's speed, differs from that of another run of the
/// same stack (relative standard deviation): three default runs were 2.7 % apart once and 4.3 % once, that is some
/// 2 %; more, because few were seen and the adjustment was made for one stack.
const ADJUSTED: f64 = 0.035;
/// The same for what was not adjusted: 5.8 % to 13.7 % apart.
const RAW: f64 = 0.08;
/// The 97.5 % and the 99.5 % quantile of the normal distribution.
const Z95: f64 = 1.96;
const Z99: f64 = 2.576;

/// The saturation throughput of `run` against that of `first`. `unfair` is in what they differ so that nothing follows.
pub(super) fn contrast(
    (against, first): (&str, &RunReport),
    (stack, run): (&str, &RunReport),
    unfair: &[String],
) -> Contrast {
    let found = ratio(first, run);
    let wide = found.map(|(ratio, error)| spread(ratio, error, Z99));
    let (answer, why_not) = match wide {
        _ if !unfair.is_empty() => {
            (Answer::Inconclusive, Some(format!("the runs differ in what is not compared: {}", unfair.join(", "))))
        }
        None => (Answer::Inconclusive, Some("one of the runs has no saturation throughput".to_owned())),
        Some(i) if i.low > 1.0 || i.high < 1.0 => (direction(FIGURE, i.estimate), None),
        Some(_) => (
            Answer::Inconclusive,
            Some("runs at different times differ by as much on a machine whose speed varies".to_owned()),
        ),
    };
    Contrast {
        stack: stack.to_owned(),
        against: against.to_owned(),
        figure: FIGURE,
        how: Pairing::Unpaired,
        pairs: 0,
        ratio: found.map(|(ratio, error)| spread(ratio, error, Z95)),
        raw_ratio: None,
        p: None,
        // What 99 % call a difference with a chance of 95 % (z = 1.645).
        detectable: found.map(|(_, error)| Share(((Z99 + 1.645) * error).exp_m1())),
        answer,
        why_not,
    }
}

const FIGURE: ComparedFigure = ComparedFigure::SaturationThroughput;

/// The ratio, adjusted for the machine's speed where both runs are, with what it is without that; and the standard error
/// of its logarithm.
fn ratio(first: &RunReport, run: &RunReport) -> Option<((f64, f64), f64)> {
    let raw = |r: &RunReport| r.verdict.saturation.map(|c| c.requests_per_second);
    let adjusted = |r: &RunReport| r.verdict.saturation_adjusted.map(|a| a.requests_per_second);
    let (a, b) = (raw(first)?, raw(run)?);
    if a.estimate <= 0.0 || b.estimate <= 0.0 {
        return None;
    }
    let plain = b.estimate / a.estimate;
    Some(match (adjusted(first), adjusted(run)) {
        (Some(x), Some(y)) if x.estimate > 0.0 => ((y.estimate / x.estimate, plain), error(x, y, ADJUSTED)),
        _ => ((plain, plain), error(a, b, RAW)),
    })
}

fn error(a: Interval, b: Interval, between: f64) -> f64 {
    let own = |i: Interval| (i.high - i.low) / (2.0 * Z95 * i.estimate);
    own(a).hypot(own(b)).hypot(between * std::f64::consts::SQRT_2)
}

/// The interval about the adjusted ratio, and wide enough to hold the raw one.
fn spread((ratio, raw): (f64, f64), error: f64, z: f64) -> Interval {
    let (low, high) = (ratio * (-z * error).exp(), ratio * (z * error).exp());
    Interval { estimate: ratio, low: low.min(raw), high: high.max(raw) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_both_ratios_and_is_never_narrow() {
        let i = spread((1.2, 1.5), 0.05, Z95);
        assert!(i.low < 1.1 && i.high >= 1.5 && i.estimate == 1.2, "{i:?}");
        let sure = Interval { estimate: 100.0, low: 100.0, high: 100.0 };
        assert!(error(sure, sure, ADJUSTED) > 0.049);
    }
}
