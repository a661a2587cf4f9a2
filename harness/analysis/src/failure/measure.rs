//! From the steps of a faulted trial and its control to the figures of a failure.

use std::collections::BTreeMap;

use redline_model::{
    FailureReport, Fault, FaultTimes, FaultWindow, Mono, Outage, Outcome, OutcomeCounts, Seconds, Share, StepInFault,
    StepTrace,
};

use super::{
    Evidence, FoundOutage, RecoveryInput, Watched, find_outage, judge_recovery, lost::lost_service, needed_share,
    outage::control_is_good,
};

/// Measures what the fault did.
#[must_use]
pub fn measure_failure(fault: &Fault, window: &FaultWindow, evidence: Evidence<'_>) -> FailureReport {
    let Evidence { load, watched: faulted, control, machine, requests, orders } = evidence;
    let needed = needed_share(control.steps);
    let found = find_outage(faulted.steps, window.injected, window.cleared, faulted.until, needed);
    let slower = machine.slower(faulted, found, window.cleared);
    let outage_over = found.map_or(window.cleared.unwrap_or(window.injected), |o| o.ends.unwrap_or(faulted.until));
    let (lost_service, lost_service_error) = lost(faulted, control, window.injected, outage_over);
    let during = |step: &&StepTrace| step.ended > window.injected && step.intended < outage_over;
    let bad = faulted.steps.iter().filter(during).filter(|step| !step.good);
    let mut outcomes = OutcomeCounts::default();
    let mut slow = 0;
    for step in bad {
        if step.outcome == Outcome::Ok {
            slow += 1;
        } else {
            outcomes.add(step.outcome);
        }
    }
    let failed = |step: &&StepTrace| step.outcome.is_error() && step.ended > window.injected;
    let first = faulted.steps.iter().filter(failed).filter(|s| s.intended < outage_over).map(|s| s.intended).min();
    let under_way = faulted.steps.iter().filter(failed).filter(|s| s.intended < window.injected).count() as u64;
    FailureReport {
        fault: fault.clone(),
        offered: load.offered,
        of_sustainable: load.of_sustainable,
        of_saturation: load.of_saturation,
        trial: faulted.trial,
        control: control.trial,
        window: times(window, faulted.start),
        outage: outage(found, faulted.until, needed, slower),
        outage_began: found.map(|o| o.begins.since(faulted.start).into()),
        first_failure: first.map(|at| at.since(window.injected).into()),
        caught_under_way: under_way,
        lost_service,
        lost_service_error,
        outcomes,
        slow,
        requests,
        recovery: judge_recovery(&RecoveryInput {
            injected: window.injected,
            cleared: window.cleared,
            outage: found,
            clear: found.is_none_or(|found| found.is_clear(needed, slower)),
            load: load.of_saturation,
        }),
        steps: steps_in_fault(faulted.steps, window),
        orders,
        broken: None,
        caveats: cautions(needed, found, slower),
    }
}

pub(super) fn outage(found: Option<FoundOutage>, until: Mono, needed: Share, slower: Option<Share>) -> Outage {
    match found {
        None => Outage::None,
        Some(outage) if !outage.is_clear(needed, slower) => Outage::Unclear { bad: outage.bad },
        Some(outage) => match outage.length() {
            Some(length) => Outage::Ended { length, resolution: outage.resolution.into() },
            None => Outage::NotEnded { at_least: until.since(outage.begins).into() },
        },
    }
}

/// From the fault to a second after the outage's end, as far as the trial goes.
pub(super) fn lost(
    faulted: Watched<'_>,
    control: Watched<'_>,
    injected: Mono,
    outage_over: Mono,
) -> (Seconds, Seconds) {
    let from = Seconds::from(injected.since(faulted.start));
    let over = Seconds::from(outage_over.since(faulted.start)) + Seconds(1.0);
    let lasted = |watched: Watched<'_>| Seconds::from(watched.until.since(watched.start));
    let to = Seconds(over.0.ceil().min(lasted(faulted).0.floor()));
    lost_service(faulted.timeline(), control.timeline(), lasted(control), from, to)
}

fn times(window: &FaultWindow, start: Mono) -> FaultTimes {
    let since = |at: Mono| Seconds::from(at.since(start));
    FaultTimes {
        asked: since(window.asked),
        injected: since(window.injected),
        lifted: window.lifted.map(since),
        cleared: window.cleared.map(since),
        evidence: window.evidence.clone(),
    }
}

/// Each step that was meant to begin while the fault lasted.
fn steps_in_fault(steps: &[StepTrace], window: &FaultWindow) -> Vec<StepInFault> {
    let until = window.lifted.or(window.cleared).unwrap_or(Mono(u64::MAX));
    let mut by_name: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for step in steps.iter().filter(|s| s.intended >= window.injected && s.intended < until) {
        let counts = by_name.entry(&step.step).or_default();
        counts.0 += 1;
        counts.1 += u64::from(step.good);
    }
    by_name.into_iter().map(|(step, (count, good))| StepInFault { step: step.to_owned(), count, good }).collect()
}

pub(super) fn cautions(needed: Share, found: Option<FoundOutage>, slower: Option<Share>) -> Vec<String> {
    let few = found.filter(|outage| !outage.is_clear(needed, slower)).map(|outage| {
        format!(
            "{} of the time that would be an outage was bad, which is too little to tell it from what is bad anyway",
            outage.bad
        )
    });
    let control = (!control_is_good(needed)).then(|| {
        let so = few.clone().unwrap_or_else(|| {
            format!("an outage therefore ends where {needed} of 5 s are good, as in the worst 5 s of the control")
        });
        format!("Without any fault there were 5 s in which fewer than 99 % of the steps were good at this load; {so}.")
    });
    let machine = slower.zip(few).map(|(by, few)| {
        format!("A response took {by} more of the generator's CPU time during what would be the outage than in the control: the machine was slower by then, and {few}.")
    });
    control.into_iter().chain(machine).collect()
}

#[cfg(test)]
mod tests {
    use redline_model::{FaultKind, Mono, Rate, RecoveryVerdict};

    use super::*;
    use crate::failure::{LoadShares, Machine};

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }
    fn steps(bad: impl Fn(u64) -> bool) -> Vec<StepTrace> {
        let one = |i: u64| {
            let (ms, bad) = (i * 10, bad(i * 10));
            let outcome = if bad { Outcome::Refused } else { Outcome::Ok };
            let step = if i.is_multiple_of(2) { "home" } else { "product" };
            StepTrace {
                intended: at(ms),
                ended: at(ms + 3),
                step: step.into(),
                outcome,
                good: !bad,
                session: i / 4,
                version: None,
            }
        };
        (0..3_000).map(one).collect()
    }

    #[test]
    fn a_stop_of_two_seconds_has_its_figures() {
        let (control, faulted) = (steps(|_| false), steps(|ms| (8_005..10_015).contains(&ms)));
        let window = FaultWindow {
            asked: at(8_000),
            injected: at(8_004),
            lifted: Some(at(10_000)),
            cleared: Some(at(10_010)),
            evidence: "refused".into(),
        };
        let watched = |trial, steps| Watched { trial, start: at(0), until: at(30_000), steps };
        let fault = Fault { kind: FaultKind::Kill, component: "nginx".into() };
        let evidence = Evidence {
            load: LoadShares { offered: Rate(100.0), of_sustainable: None, of_saturation: Some(Share(0.5)) },
            watched: watched(3, &faulted),
            control: watched(2, &control),
            machine: Machine { control: None, ticks: &[] },
            requests: OutcomeCounts::default(),
            orders: None,
        };
        let report = measure_failure(&fault, &window, evidence);
        let Outage::Ended { length, resolution } = report.outage else { panic!("{:?}", report.outage) };
        assert_eq!(report.outage_began, Some(Seconds(8.01)), "the first step that failed was meant to begin then");
        assert!((length.0 - 2.01).abs() < 1e-9 && resolution.0 <= 0.010_001, "{:?}", report.outage);
        assert!((report.lost_service.0 - 2.01).abs() < 1e-9, "{:?}", report.lost_service);
        assert_eq!(report.outcomes.get(Outcome::Refused), 201);
        assert_eq!((report.recovery.verdict, report.first_failure), (RecoveryVerdict::Recovered, Some(Seconds(0.006))));
        let home = report.steps.iter().find(|s| s.step == "home").unwrap();
        assert_eq!((home.count, home.good), (99, 0));
        assert!(report.caveats.is_empty());
    }
}
