//! From the steps of a trial with a deployment in it and its control to the figures of the deployment.

use std::collections::BTreeMap;

use redline_model::{Deploy, DeployReport, DeployWindow, Mono, Outcome, OutcomeCounts, Seconds, StepTrace};

use super::{
    Evidence, find_outage,
    measure::{cautions, lost, outage},
    needed_share,
};

/// Measures what the deployment did.
#[must_use]
pub fn measure_deployment(deploy: Deploy, window: &DeployWindow, evidence: Evidence<'_>) -> DeployReport {
    let Evidence { load, watched, control, machine, requests, orders } = evidence;
    let needed = needed_share(control.steps);
    let found = find_outage(watched.steps, window.asked, Some(window.done), watched.until, needed);
    let slower = machine.slower(watched, found, Some(window.done));
    let over = found.map_or(window.done, |o| o.ends.unwrap_or(watched.until).max(window.done));
    let touched: Vec<&StepTrace> =
        watched.steps.iter().filter(|s| s.ended > window.asked && s.intended < over).collect();
    let mut outcomes = OutcomeCounts::default();
    touched.iter().filter(|s| s.outcome.is_error()).for_each(|s| outcomes.add(s.outcome));
    let right = touched.iter().filter(|s| s.outcome == Outcome::Ok);
    let longest = right.clone().map(|s| s.ended.since(s.intended)).max().unwrap_or_default();
    let (lost_service, lost_service_error) = lost(watched, control, window.asked, over);
    let since = |at: Mono| Seconds::from(at.since(watched.start));
    let changes = deploy.changes_code();
    DeployReport {
        deploy,
        version: window.version.clone(),
        offered: load.offered,
        of_sustainable: load.of_sustainable,
        trial: watched.trial,
        control: control.trial,
        asked: since(window.asked),
        done: since(window.done),
        evidence: window.evidence.clone(),
        outage: outage(found, watched.until, needed, slower),
        outage_began: found.map(|o| o.begins.since(watched.start).into()),
        downtime: downtime(&touched),
        outcomes,
        slow: right.filter(|s| !s.good).count() as u64,
        longest: longest.into(),
        lost_service,
        lost_service_error,
        requests,
        all_new_after: changes.then(|| last_old(watched.steps, window)),
        mixed_sessions: changes.then(|| mixed(watched.steps)),
        orders,
        broken: None,
        caveats: cautions(needed, found, slower),
    }
}

/// From each failed step's intended start to that of the next one that did not fail, added up.
fn downtime(touched: &[&StepTrace]) -> Seconds {
    let mut steps = touched.to_vec();
    steps.sort_unstable_by_key(|step| step.intended);
    let (mut sum, mut since) = (0.0, None);
    for step in steps {
        match (step.outcome.is_error(), since) {
            (true, None) => since = Some(step.intended),
            (false, Some(began)) => {
                sum += step.intended.since(began).as_secs_f64();
                since = None;
            }
            _ => {}
        }
    }
    Seconds(sum)
}

/// From the deployment to the end of the last page with another version; zero where none came any more.
fn last_old(steps: &[StepTrace], window: &DeployWindow) -> Seconds {
    let old = steps.iter().filter(|s| s.version.as_ref().is_some_and(|v| *v != window.version));
    old.map(|s| s.ended).max().map_or(Seconds(0.0), |last| last.since(window.asked).into())
}

/// Sessions that got pages of more than one version.
fn mixed(steps: &[StepTrace]) -> u64 {
    let mut seen: BTreeMap<u64, &str> = BTreeMap::new();
    let mut both = std::collections::BTreeSet::new();
    for step in steps {
        let Some(version) = step.version.as_deref() else { continue };
        if *seen.entry(step.session).or_insert(version) != version {
            both.insert(step.session);
        }
    }
    both.len() as u64
}

#[cfg(test)]
mod tests {
    use redline_model::{Outage, Rate};

    use super::*;
    use crate::failure::{LoadShares, Machine, Watched};

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }

    #[test]
    fn a_short_interruption_has_its_downtime_and_its_mixed_sessions() {
        let step = |i: u64| {
            let ms = i * 10;
            let failed = (10_000..10_090).contains(&ms);
            StepTrace {
                intended: at(ms),
                ended: at(ms + if ms == 10_200 { 900 } else { 4 }),
                step: "home".into(),
                outcome: if failed { Outcome::ServerError } else { Outcome::Ok },
                good: !failed && ms != 10_200,
                session: i / 4,
                version: (!failed).then(|| if ms < 10_000 { "1".into() } else { "2".into() }),
            }
        };
        let steps: Vec<StepTrace> = (0..3_000).map(step).collect();
        let control: Vec<StepTrace> =
            steps.iter().map(|s| StepTrace { outcome: Outcome::Ok, good: true, ..s.clone() }).collect();
        let window = DeployWindow {
            asked: at(9_990),
            first_new: Some(at(10_095)),
            done: at(10_500),
            version: "2".into(),
            evidence: "looked".into(),
        };
        let watched = |trial, steps| Watched { trial, start: at(0), until: at(30_000), steps };
        let evidence = Evidence {
            load: LoadShares { offered: Rate(25.0), of_sustainable: None, of_saturation: None },
            watched: watched(2, &steps),
            control: watched(1, &control),
            machine: Machine { control: None, ticks: &[] },
            requests: OutcomeCounts::default(),
            orders: None,
        };
        let report = measure_deployment(Deploy::Reload, &window, evidence);
        // Nine failures in 5 s are more than 1 % of 500.
        assert!(matches!(report.outage, Outage::Ended { length, .. } if (length.0 - 0.09).abs() < 1e-9));
        assert!((report.downtime.0 - 0.09).abs() < 1e-9, "{:?}", report.downtime);
        assert_eq!((report.outcomes.get(Outcome::ServerError), report.slow), (9, 1));
        assert!((report.longest.0 - 0.9).abs() < 1e-9);
        // Steps 998 to 1011: session 249 has 996–999, so all are old, 252 has 1008–1011, all new.
        assert_eq!(report.mixed_sessions, Some(0));
        assert!((report.all_new_after.unwrap().0 - 0.004).abs() < 1e-9, "{:?}", report.all_new_after);
    }
}
