//! A fault, a deployment or an overload with the seconds of its trial and of its control.

use std::collections::BTreeMap;

use redline_model::{DeployReport, FailureReport, Outage, OverloadReport, RunReport, Seconds, TrialResult};

/// Something that was done to the site while load went on. All moments are from the start of its trial, in seconds.
#[derive(Debug, Clone)]
pub(super) struct Disturbance {
    /// What it was, and at which load.
    pub(super) name: String,
    /// What its window is called.
    pub(super) window: String,
    /// The trial that it was in.
    pub(super) trial: u32,
    /// The trial without it.
    pub(super) control: u32,
    /// When its effect was seen.
    pub(super) from: f64,
    /// When the site was as it should be again; absent if it never was.
    pub(super) to: Option<f64>,
    /// From when to when visitors were failed; the end is absent where it did not end.
    pub(super) outage: Option<(f64, Option<f64>)>,
}

/// All of a run, the faults first.
pub(super) fn all(report: &RunReport) -> Vec<Disturbance> {
    let (faults, deployments) = (report.failures.iter().map(of_fault), report.deployments.iter().map(of_deployment));
    faults.chain(deployments).chain(report.overloads.iter().map(of_overload)).collect()
}

fn of_fault(failure: &FailureReport) -> Disturbance {
    Disturbance {
        name: format!("{} at {}", failure.fault, failure.offered),
        window: failure.fault.to_string(),
        trial: failure.trial,
        control: failure.control,
        from: failure.window.injected.0,
        to: failure.window.cleared.map(|at| at.0),
        outage: outage(failure.outage_began, failure.outage),
    }
}

fn of_deployment(made: &DeployReport) -> Disturbance {
    Disturbance {
        name: format!("{} at {}", made.deploy, made.offered),
        window: format!("{} deploys", made.deploy),
        trial: made.trial,
        control: made.control,
        from: made.asked.0,
        to: Some(made.done.0),
        outage: outage(made.outage_began, made.outage),
    }
}

fn of_overload(made: &OverloadReport) -> Disturbance {
    // When its outage began is not told apart from when the overload did.
    Disturbance {
        name: format!("overload of {} × at {}", made.times, made.around),
        window: format!("{} × offered", made.times),
        trial: made.trial,
        control: made.control,
        from: made.began.0,
        to: Some(made.ended.0),
        outage: None,
    }
}

fn outage(began: Option<Seconds>, outage: Outage) -> Option<(f64, Option<f64>)> {
    let began = began?.0;
    match outage {
        Outage::None | Outage::Unclear { .. } => None,
        Outage::Ended { length, .. } => Some((began, Some(began + length.0))),
        Outage::NotEnded { .. } => Some((began, None)),
    }
}

/// When a trial's schedule began, from the start of the run, in seconds.
pub(super) fn start(trial: &TrialResult) -> f64 {
    trial.from.0 - trial.spec.settle.0
}

/// The rows of the run's timeline that are of one trial, by the whole seconds since its start. What came after the
/// last arrival is left out: a load that ends is no effect of what was done.
pub(super) fn rows(report: &RunReport, number: u32) -> BTreeMap<usize, usize> {
    let Some(trial) = report.trials.iter().find(|t| t.number == number) else { return BTreeMap::new() };
    let (start, length) = (start(trial), (trial.spec.settle + trial.spec.hold).0);
    let second = |row: usize| (report.timeline.at[row].0 - start).round();
    let of_it = (0..report.timeline.len()).filter(|row| report.timeline.trial[*row] == number);
    of_it
        .map(|row| (second(row), row))
        .filter(|(s, _)| (0.0..length).contains(s))
        .map(|(s, r)| (s as usize, r))
        .collect()
}
