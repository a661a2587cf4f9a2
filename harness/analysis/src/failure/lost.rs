//! How much service was lost: what the control got done and the faulted trial did not.

use redline_model::{Mono, Seconds, StepTrace};

/// The steps of one trial and when it began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline<'a> {
    pub(crate) steps: &'a [StepTrace],
    pub(crate) start: Mono,
}

impl Timeline<'_> {
    /// Good steps in each whole second from the trial's start.
    fn good(&self, seconds: usize) -> Vec<f64> {
        let mut bins = vec![0.0; seconds];
        for step in self.steps.iter().filter(|s| s.good && s.intended >= self.start) {
            let at = step.intended.since(self.start).as_secs() as usize;
            if let Some(bin) = bins.get_mut(at) {
                *bin += 1.0;
            }
        }
        bins
    }
}

/// ∫ (1 − goodput ÷ control's goodput) dt from `from` to `to`, both since the trials' starts, in whole seconds, as
/// the difference of the good steps by the control's mean rate; and its standard error, from how much the seconds
/// before `from` differ. Both trials have the same arrivals; where the control was shorter, its mean goes on.
pub(crate) fn lost_service(
    faulted: Timeline<'_>,
    control: Timeline<'_>,
    control_lasted: Seconds,
    from: Seconds,
    to: Seconds,
) -> (Seconds, Seconds) {
    let (first, last) = (from.0.max(0.0).floor() as usize, to.0.max(0.0).ceil() as usize);
    let seen = (control_lasted.0.max(0.0).floor() as usize).min(last);
    let mut had = control.good(seen);
    // The first second has sessions that are still at their first pages.
    let rate = had.iter().skip(1).sum::<f64>() / had.len().saturating_sub(1).max(1) as f64;
    had.resize(last, rate);
    let got = faulted.good(last);
    let differences: Vec<f64> = had.iter().zip(&got).map(|(had, got)| had - got).collect();
    if last <= first || rate <= 0.0 {
        return (Seconds(0.0), Seconds(0.0));
    }
    let lost = differences[first..].iter().sum::<f64>() / rate;
    let before = differences.get(1..first).unwrap_or_default();
    let of_one = if before.len() >= 3 {
        (before.iter().map(|d| d * d).sum::<f64>() / before.len() as f64).sqrt()
    } else {
        // Too few to see: as if both were counts of independent steps.
        (2.0 * rate).sqrt()
    };
    (Seconds(lost), Seconds(of_one * ((last - first) as f64).sqrt() / rate))
}

#[cfg(test)]
mod tests {
    use redline_model::Outcome;

    use super::*;

    fn steps(start: u64, good: impl Fn(u64) -> bool) -> Vec<StepTrace> {
        let at = |i: u64| Mono(start + i * 10_000_000);
        (0..3_000)
            .map(|i| StepTrace {
                intended: at(i),
                ended: at(i),
                step: "s".into(),
                outcome: Outcome::Ok,
                good: good(i * 10),
                session: i,
                version: None,
            })
            .collect()
    }

    #[test]
    fn what_was_not_served_is_lost() {
        let (start, later) = (7_000_000_000, 90_000_000_000);
        let (control, faulted) = (steps(start, |_| true), steps(later, |ms| !(6_200..8_700).contains(&ms)));
        let control = Timeline { steps: &control, start: Mono(start) };
        let faulted = Timeline { steps: &faulted, start: Mono(later) };
        let (lost, error) = lost_service(faulted, control, Seconds(30.0), Seconds(6.2), Seconds(20.0));
        assert!((lost.0 - 2.5).abs() < 1e-9, "{lost:?}");
        assert!(error.0.abs() < 1e-9, "{error:?}");
    }

    #[test]
    fn half_served_is_half_lost() {
        let (control, faulted) =
            (steps(0, |_| true), steps(0, |ms| !(6_000..10_000).contains(&ms) || ms.is_multiple_of(20)));
        let timeline = |steps| Timeline { steps, start: Mono(0) };
        for control_lasted in [30.0, 9.0] {
            let lasted = Seconds(control_lasted);
            let (lost, _) = lost_service(timeline(&faulted), timeline(&control), lasted, Seconds(6.0), Seconds(20.0));
            assert!((lost.0 - 2.0).abs() < 1e-9, "{lost:?}");
        }
    }
}
