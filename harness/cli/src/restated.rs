//! Loads as shares of the capacity that the report states. Where something was broken the load was chosen by what the search
//! had found; what was seen since (the interventions) may have moved that.

use redline_model::{Rate, RunReport, Share};

/// From so many points of difference on the reader is told.
const TOLD: f64 = 0.02;

/// Brings the shares to the stated capacity, and says so where they differ from those that were meant.
pub(crate) fn restate(report: &mut RunReport) {
    let capacity =
        |of: Option<redline_model::Capacity>| of.map(|c| c.sessions_per_second.estimate).filter(|c| *c > 0.0);
    let (sustainable, saturation) = (capacity(report.verdict.sustainable), capacity(report.verdict.saturation));
    let mut told = None;
    let mut of_sustainable = |share: &mut Option<Share>, offered: Rate| {
        if let (Some(meant), Some(sustainable)) = (*share, sustainable) {
            let (is, differs) = brought_to(sustainable, offered, meant);
            *share = Some(is);
            told = told.take().or(differs);
        }
    };
    for failure in &mut report.failures {
        of_sustainable(&mut failure.of_sustainable, failure.offered);
        if let (Some(_), Some(saturation)) = (failure.of_saturation, saturation) {
            failure.of_saturation = Some(Share(failure.offered.0 / saturation));
        }
    }
    for deployment in &mut report.deployments {
        of_sustainable(&mut deployment.of_sustainable, deployment.offered);
    }
    for overload in &mut report.overloads {
        of_sustainable(&mut overload.of_sustainable, overload.around);
    }
    report.verdict.caveats.extend(told);
}

/// A load as a share of the stated capacity, and what to say where it was `meant` to be another.
fn brought_to(sustainable: f64, offered: Rate, meant: Share) -> (Share, Option<String>) {
    let is = Share(offered.0 / sustainable);
    let told = ((is.0 - meant.0).abs() >= TOLD).then(|| {
        format!(
            "What broke was meant to break at {meant} of the sustainable load as the search had found it ({:.1}/s); by all that was seen that load is {sustainable:.1}/s, so it was {is}.",
            offered.0 / meant.0
        )
    });
    (is, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_of_the_load_that_the_report_states() {
        // From a default run: 80 % of 64.3/s were offered, and the report stated 58.3/s.
        let (is, told) = brought_to(58.3, Rate(51.4), Share(0.8));
        let told = told.unwrap();
        assert!((is.0 - 0.8816).abs() < 1e-3, "{is:?}");
        assert!(told.contains("80 %") && told.contains("64.2/s") && told.contains("88 %"), "{told}");
        assert_eq!(brought_to(63.5, Rate(51.4), Share(0.8)).1, None);
    }
}
