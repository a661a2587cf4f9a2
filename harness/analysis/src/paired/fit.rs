//! Which trials may be one side of a pair.
//!
//! Who states a capacity states it for a machine that was wholly his: there a stolen hundredth of the CPU makes a trial
//! unfit (DESIGN.md, rule 2). A pair says only by how much one side differs from the other. What the host takes by chance
//! it takes from either, in an order that was drawn, so it widens the interval and moves it in no direction (rule 9). A
//! shared host steals a few hundredths for minutes, in which a gate would otherwise have no pair at all.

use redline_model::{Seconds, Share, TrialClass, TrialResult};

use crate::checks::only_failed;

/// Five times what a trial that stands for itself allows, each.
const STEAL: Share = Share(0.05);
const OTHERS: f64 = 0.25;
const LAG: Seconds = Seconds(0.005);

/// Whether a trial may be paired with one of the other side: it was fit, or unfit only by what the host took, and not by
/// much. Where the generator itself was at its limit, or something was miscounted, it may not.
#[must_use]
pub fn fit_to_be_paired(trial: &TrialResult) -> bool {
    trial.class != TrialClass::GeneratorLimited || is_disturbed(trial)
}

/// Whether a trial is fit to be paired, and to nothing else.
fn is_disturbed(trial: &TrialResult) -> bool {
    let little = |check: &str| match check {
        "host-steal" => trial.host.is_some_and(|host| host.steal <= STEAL),
        "host-others" => trial.host.is_some_and(|host| host.others <= OTHERS),
        "schedule-lag" => trial.generator.lag_p99 <= LAG,
        _ => false,
    };
    trial.class == TrialClass::GeneratorLimited && only_failed(&trial.checks, little)
}

/// What a reader must know of those that were paired although they were disturbed; nothing where none was.
#[must_use]
pub fn disturbed_caveat<'a>(trials: impl IntoIterator<Item = &'a TrialResult>) -> Option<String> {
    let paired = trials.into_iter().filter(|t| fit_to_be_paired(t));
    let (all, disturbed) = paired.fold((0, 0), |(all, disturbed), t| (all + 1, disturbed + u32::from(is_disturbed(t))));
    (disturbed > 0).then(|| {
        format!("From {disturbed} of {all} slices the host took more than a hundredth of the CPU time, or sessions started late for it: by chance from either side, so it is noise, and in the intervals.")
    })
}

#[cfg(test)]
mod tests {
    use redline_model::{Check, HostHealth, Rate, Slo, TrialSpec};

    use super::*;
    use crate::simulator::{SimServer, Simulator};

    fn trial(steal: f64, lag: f64, failed: &[&str]) -> TrialResult {
        let mut world =
            Simulator::new(SimServer::with_capacity(Rate(60.0), 1, 6, 1.0), Slo::parse(["p95<500ms"]).unwrap(), 5);
        let (settle, hold) = (Seconds(2.0), Seconds(5.0));
        let purpose = redline_model::Purpose::Hold;
        let mut result = world.trial(TrialSpec { purpose, offered: Rate(30.0), settle, hold, cap: None });
        result.host = Some(HostHealth { steal: Share(steal), ..HostHealth::default() });
        result.generator.lag_p99 = Seconds(lag);
        result.checks = failed.iter().map(|name| Check::new(name, false, "much", "little", "why")).collect();
        if !failed.is_empty() {
            result.class = TrialClass::GeneratorLimited;
        }
        result
    }

    #[test]
    fn what_the_host_takes_is_noise_of_a_pair_up_to_a_point() {
        assert!(fit_to_be_paired(&trial(0.0, 0.0, &[])));
        let disturbed = trial(0.03, 0.002, &["host-steal", "schedule-lag", "busy-time"]);
        assert!(fit_to_be_paired(&disturbed) && is_disturbed(&disturbed));
        assert!(!fit_to_be_paired(&trial(0.10, 0.002, &["host-steal", "schedule-lag"])));
        assert!(!fit_to_be_paired(&trial(0.03, 0.008, &["host-steal", "schedule-lag"])));
        assert!(!fit_to_be_paired(&trial(0.03, 0.002, &["host-steal", "generator-cpu"])));
        assert!(!fit_to_be_paired(&trial(0.0, 0.0, &["books-balance"])));
        assert!(!is_disturbed(&trial(0.0, 0.0, &[])));
    }

    #[test]
    fn it_is_told_how_many_were_disturbed_of_those_that_are_paired() {
        let fit = trial(0.0, 0.0, &[]);
        let (disturbed, unfit) = (trial(0.03, 0.002, &["host-steal"]), trial(0.10, 0.002, &["host-steal"]));
        let told = disturbed_caveat([&fit, &disturbed, &unfit, &fit]).unwrap();
        assert!(told.starts_with("From 1 of 3 slices"), "{told}");
        assert_eq!(disturbed_caveat([&fit, &unfit]), None);
    }
}
