//! From what was measured to the document of the run.

use jiff::Timestamp;
use redline_analysis::{
    Conclusion, DemandInput, Ending, Fitness, Limits, SaturationEvidence, SearchOutcome, agreement_of_throughputs,
    as_found, busy_time, demands, held, judge, nominate, speed, timeline, utilisation_law,
};
use redline_model::{
    BrowserReport, Check, Demands, DeployReport, FailureReport, Fault, Fingerprint, Mono, OverloadReport, Purpose,
    Rate, RunReport, SCHEMA_VERSION, Sample, Seconds, Tick, TrialClass, TrialResult, TrialSpec, Verdict,
};

use crate::{
    caches::caches,
    driver::Raw,
    intervene::Experiment,
    journal::Journal,
    lost_log::LostLogs,
    plan::{Mode, RunPlan},
    proof,
    restated::restate,
    site::{Books, Facts, memory_limits},
};

/// What the measurement left, beside the journal. It is filled as the measurement goes on, so that what was
/// found before it ended early is kept.
#[derive(Default)]
pub(crate) struct Measured {
    /// Requests per second that the generator alone can do.
    pub(crate) ceiling: Option<Rate>,
    /// Whose limits on CPU were lifted while that was measured.
    pub(crate) limits_lifted: Vec<String>,
    /// What a search found; absent for a load that was held, and for an interrupted run.
    pub(crate) outcome: Option<SearchOutcome>,
    /// How the stack was driven to saturation last, where it was.
    pub(crate) driven: Option<TrialSpec>,
    /// What became of the interventions.
    pub(crate) experiments: Vec<Experiment>,
    /// What each fault did.
    pub(crate) failures: Vec<FailureReport>,
    /// What each deployment did.
    pub(crate) deployments: Vec<DeployReport>,
    /// What became of each overload.
    pub(crate) overloads: Vec<OverloadReport>,
    /// What was left out for lack of time.
    pub(crate) left_out: Vec<String>,
    /// What else the reader must know, in sentences.
    pub(crate) notes: Vec<String>,
    /// What a browser saw, where one was asked for.
    pub(crate) browser: Option<BrowserReport>,
    /// Faults that were asked for and cannot be had here, and why.
    pub(crate) not_available: Vec<(Fault, String)>,
}

/// How a run came to its end.
pub(crate) struct Closing {
    /// Why it was ended early.
    pub(crate) interrupted: Option<String>,
    /// The name of the run.
    pub(crate) run: String,
}

/// Assembles every trial again with the access log, checks the run as a whole, and concludes.
pub(crate) fn conclude(
    plan: &RunPlan,
    journal: &Journal,
    facts: &Facts,
    books: &Books,
    measured: &Measured,
    closing: Closing,
) -> RunReport {
    let memory_limits = memory_limits(&facts.servers);
    let lost = LostLogs::new(measured.failures.iter().map(|f| (f.trial, &f.fault)), &facts.servers);
    let assembled = |raw: &Raw| {
        let log = books.of(&raw.tag()).filter(|_| !lost.has(raw.number()));
        let trial = lost.told(raw.result(&plan.slo, journal.started, &memory_limits, log));
        if raw.was_cut() { with_open_books(trial) } else { trial }
    };
    let trials: Vec<TrialResult> = journal.raw.iter().map(assembled).collect();
    let counted = of_the_capacity(plan, &trials);
    let run_checks = run_checks(plan, &counted, measured, books, &journal.acknowledged, facts);
    let mut verdict = verdict(plan, journal, facts, &counted, &run_checks, measured, closing.interrupted.as_deref());
    verdict.caveats.extend(not_to_be_trusted(&trials, &counted));
    let demands = measured.outcome.as_ref().map(|_| demands_of(journal, facts, &counted));
    let validity = trials.iter().flat_map(|t| t.checks.iter().cloned()).chain(run_checks).collect();
    let mut report = RunReport {
        schema_version: SCHEMA_VERSION,
        run: closing.run,
        started: Timestamp::try_from(journal.wall).map_or_else(|_| String::new(), |t| format!("{t:.0}")),
        took: Mono::now().since(journal.started).into(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        seed: plan.seed,
        interrupted: closing.interrupted,
        verdict,
        validity,
        fingerprint: fingerprint(plan, facts),
        generator_ceiling: measured.ceiling,
        limits_lifted: measured.limits_lifted.clone(),
        demands,
        failures: measured.failures.clone(),
        deployments: measured.deployments.clone(),
        overloads: measured.overloads.clone(),
        browser: measured.browser.clone(),
        sessions: Vec::new(),
        caches: caches(books, &loads(journal, &counted)),
        trials,
        timeline: timeline(journal.started, &journal.raw.iter().map(Raw::seconds).collect::<Vec<_>>()),
    };
    restate(&mut report);
    let shown = redline_reports::representatives(&report);
    let of_shown = journal.raw.iter().filter(|raw| shown.contains(&raw.number()));
    report.sessions = of_shown.filter_map(|raw| raw.sampled(journal.started)).collect();
    report
}

/// What the run is made on.
pub(crate) fn fingerprint(plan: &RunPlan, facts: &Facts) -> Fingerprint {
    Fingerprint {
        environment: facts.environment.clone(),
        topology: plan.site_name(),
        network: facts.network.clone(),
        network_reason: facts.network_reason.clone(),
        servers: facts.servers.clone(),
        data_set: facts.data_set.clone(),
        arrival_process: plan.arrival_process(),
        scenario: plan.scenario.name().to_owned(),
        slo: plan.slo.0.iter().map(ToString::to_string).collect(),
    }
}

/// Checks that hold what began against what ended.
const OF_ENDS: [&str; 4] = ["books-balance", "sessions-balance", "access-log", "little"];

/// Where a run is interrupted its worker is ended at once: what was under way then is in the books as begun, and what
/// became of it is in none.
fn with_open_books(mut trial: TrialResult) -> TrialResult {
    let open = |check: &&mut Check| OF_ENDS.contains(&check.check.as_str());
    for check in trial.checks.iter_mut().filter(open).filter(|check| !check.passed) {
        let why = "The run was interrupted in this trial; what became of what was under way is not known.";
        *check = Check { trial: check.trial, ..Check::not_available(&check.check, check.limit.clone(), why) };
    }
    trial.class = TrialClass::Undecided;
    trial.reasons = vec!["the run was interrupted in it".into()];
    trial
}

/// The trials that the capacity is concluded from. What is miscounted while a server is killed after the search says
/// nothing against the search.
fn of_the_capacity(plan: &RunPlan, trials: &[TrialResult]) -> Vec<TrialResult> {
    let searched = matches!(plan.mode, Mode::Search { .. });
    let counts = |trial: &&TrialResult| match trial.spec.purpose {
        // Beside a browser nothing was measured but what it saw.
        Purpose::Browse => false,
        Purpose::Control | Purpose::Fault => !searched,
        _ => true,
    };
    trials.iter().filter(counts).cloned().collect()
}

/// What was miscounted in the other trials.
fn not_to_be_trusted(trials: &[TrialResult], counted: &[TrialResult]) -> Vec<String> {
    let others = trials.iter().filter(|trial| counted.iter().all(|other| other.number != trial.number));
    let checks: Vec<Check> = others.flat_map(|trial| trial.checks.iter().cloned()).collect();
    match judge(&checks) {
        Fitness::Invalid(reasons) => {
            let told = |reason| {
                format!("In the failure part, where the figures of that trial are not to be trusted: {reason}")
            };
            reasons.into_iter().map(told).collect()
        }
        Fitness::Limited(_) | Fitness::Fit => Vec::new(),
    }
}

/// All trials but the calibration.
fn loads<'a>(journal: &'a Journal, trials: &[TrialResult]) -> Vec<&'a Raw> {
    let counts = |number| trials.iter().any(|t| t.number == number && t.spec.purpose != Purpose::Calibration);
    journal.raw.iter().filter(|raw| counts(raw.number())).collect()
}

/// What each step cost each component, over all trials but the calibration.
fn demands_of(journal: &Journal, facts: &Facts, trials: &[TrialResult]) -> Demands {
    let loads = loads(journal, trials);
    let ticks: Vec<&Tick> = loads.iter().flat_map(|raw| raw.ticks()).collect();
    let samples: Vec<&Sample> = loads.iter().flat_map(|raw| raw.samples()).collect();
    let mut found =
        demands(&DemandInput { trials, ticks: &ticks, samples: &samples, server_cores: facts.server_cores() });
    // The predictions are of one queue for all CPU; several servers are several queues.
    if facts.servers.len() > 1 {
        found.predictions.clear();
    }
    found
}

fn run_checks(
    plan: &RunPlan,
    trials: &[TrialResult],
    measured: &Measured,
    books: &Books,
    acknowledged: &[String],
    facts: &Facts,
) -> Vec<Check> {
    let limits = Limits::for_slo(&plan.slo);
    let mut checks = vec![calibration(trials, measured.ceiling)];
    checks.extend(books.orders(acknowledged, trials));
    if measured.outcome.is_some() {
        checks.push(agreement_of_throughputs(trials));
        checks.push(utilisation_law(trials, &limits));
    }
    if facts.server_cores() > 0.0 {
        checks.push(busy_time(trials, facts.server_cores(), &limits));
        checks.push(speed(trials, &limits));
    }
    checks
}

/// Rule 2: the same path measured against a trivial response carries at least twice the load.
fn calibration(trials: &[TrialResult], ceiling: Option<Rate>) -> Check {
    let most =
        trials.iter().filter(|t| t.spec.purpose != Purpose::Calibration).map(|t| t.responses.0).fold(0.0, f64::max);
    let limit = format!("≥ 2 × {}", Rate(most));
    match ceiling {
        Some(ceiling) => Check::new(
            "generator-ceiling",
            ceiling.0 >= 2.0 * most,
            ceiling.to_string(),
            limit,
            "The generator can hardly carry more than what was measured, so its own limit may have been measured.",
        ),
        None => {
            Check::not_available("generator-ceiling", limit, "The target has no trivial response to calibrate against.")
        }
    }
}

fn verdict(
    plan: &RunPlan,
    journal: &Journal,
    facts: &Facts,
    trials: &[TrialResult],
    run_checks: &[Check],
    measured: &Measured,
    interrupted: Option<&str>,
) -> Verdict {
    let mut verdict = match (&measured.outcome, trials.iter().rfind(held_as_asked)) {
        (Some(outcome), _) => {
            let counts = |raw: &&Raw| trials.iter().any(|trial| trial.number == raw.number());
            let samples: Vec<&Sample> = journal.raw.iter().filter(counts).flat_map(|raw| raw.samples()).collect();
            let driven = trials.iter().any(|t| t.spec.purpose == Purpose::Overdrive);
            let evidence = SaturationEvidence {
                run_start: journal.started,
                trials,
                samples: &samples,
                server_cores: facts.server_cores(),
            };
            let bottleneck = (driven && !samples.is_empty()).then(|| nominate(&evidence)).map(|nominee| {
                if measured.experiments.is_empty() {
                    nominee
                } else {
                    proof::proved(nominee, &journal.raw, &facts.out_of_reach, trials, &measured.experiments)
                }
            });
            let as_found = unchanged(journal, trials, measured);
            redline_analysis::conclude(&Conclusion { outcome, trials, run_checks, as_found: &as_found, bottleneck })
        }
        (None, Some(trial)) => held(trial, run_checks),
        (None, None) => {
            let outcome = stopped();
            let (outcome, bottleneck) = (&outcome, None);
            redline_analysis::conclude(&Conclusion { outcome, trials, run_checks, as_found: &[], bottleneck })
        }
    };
    verdict.caveats.splice(0..0, facts.caveat.clone());
    let missing = measured.not_available.iter();
    verdict.caveats.extend(measured.notes.iter().cloned());
    if !measured.left_out.is_empty() {
        verdict.caveats.push(format!("Left out for lack of time: {}.", measured.left_out.join(", ")));
    }
    verdict.caveats.extend(missing.map(|(fault, why)| format!("The fault `{fault}` is not available here: {why}.")));
    if let Some(why) = interrupted {
        verdict.caveats.push(format!("The run was ended early: {why}."));
    }
    if plan.think.0 == 0.0 && verdict.saturation.is_some() {
        verdict.caveats.push(
            "Sessions went without think times, so that each load could become steady; the connections and PHP sessions that idle shoppers would hold are not in these figures.".into(),
        );
    }
    verdict
}

/// The seconds of the interventions in which nothing was changed.
fn unchanged(journal: &Journal, trials: &[TrialResult], measured: &Measured) -> Vec<TrialResult> {
    let of = |experiment: &Experiment| {
        let trial = trials.iter().find(|t| t.number == experiment.trial)?;
        let raw = journal.raw.iter().find(|raw| raw.number() == experiment.trial)?;
        as_found(trial, raw.ticks(), &experiment.periods)
    };
    measured.experiments.iter().filter_map(of).collect()
}

/// A load that was held: because it was asked for, or as the control of faults.
fn held_as_asked(trial: &&TrialResult) -> bool {
    matches!(trial.spec.purpose, Purpose::Hold | Purpose::Control)
}

fn stopped() -> SearchOutcome {
    SearchOutcome {
        ending: Ending::Stopped,
        saturation: None,
        sustainable: None,
        by_curve: None,
        kappa: None,
        after_peak: None,
        confirmed: false,
        reopened: 0,
        spent: Seconds(0.0),
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use redline_analysis::simulator::{SimServer, Simulator};
    use redline_model::Slo;

    use super::*;

    #[test]
    fn a_trial_that_was_cut_has_open_books_and_not_wrong_ones() {
        let failed = |name: &str| Check::new(name, false, "1418", "1420", "Requests are missing.");
        let server = SimServer::with_capacity(Rate(100.0), 8, 8, 1.0);
        let (settle, hold) = (Seconds(0.0), Seconds(2.0));
        let spec = TrialSpec { purpose: Purpose::Hold, offered: Rate(10.0), settle, hold, cap: None };
        let mut trial = Simulator::new(server, Slo::default(), 1).trial(spec);
        trial.checks = vec![failed("books-balance"), failed("little"), failed("schedule-lag")];
        let trial = with_open_books(trial);
        let told: Vec<(bool, bool)> =
            trial.checks.iter().map(|c| (c.passed, c.detail.contains("interrupted"))).collect();
        assert_eq!(told, [(true, true), (true, true), (false, false)]);
        assert!(matches!(judge(&trial.checks), Fitness::Limited(_)));
    }
}
