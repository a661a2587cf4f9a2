//! JUnit XML: each validity check, each promise, each fault and each deployment is a test case, so that a CI server
//! shows them.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use redline_model::{
    Check, CheckStatus, DeployReport, FailureReport, OrderBooks, Outage, RecoveryVerdict, RunReport, SloOutcome,
    TrialResult, VerdictKind,
};

use crate::{
    RenderError, deployment_words, failure_words,
    select::{at_sustainable, held, was_set_aside},
    words,
};

/// All suites: the verdict, the promises, the checks.
pub(crate) fn suites(report: &RunReport) -> Result<String, RenderError> {
    let mut all = Report::new(format!("redline {}", report.run));
    all.add_test_suite(suite("verdict", vec![verdict(report)]));
    all.add_test_suite(suite("promises", promises(report)));
    if !report.failures.is_empty() {
        all.add_test_suite(suite("faults", report.failures.iter().map(fault).collect()));
    }
    if !report.deployments.is_empty() {
        all.add_test_suite(suite("deployments", report.deployments.iter().map(deployment).collect()));
    }
    all.add_test_suite(suite("validity", report.validity.iter().map(|c| check(report, c)).collect()));
    Ok(known_attributes(all.to_string()?))
}

/// The schema of JUnit's reports has no `skipped` on the outermost element; the library writes one. Quotes in values
/// are escaped, so the first of its kind is that attribute.
pub(crate) fn known_attributes(xml: String) -> String {
    let Some(from) = xml.find(" skipped=\"") else { return xml };
    match xml[from + 10..].find('"') {
        Some(length) => format!("{}{}", &xml[..from], &xml[from + 10 + length + 1..]),
        None => xml,
    }
}

pub(crate) fn suite(name: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases);
    suite
}

/// A test case of `class`.
pub(crate) fn case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

pub(crate) fn broken(kind: NonSuccessKind, what: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(what).set_message(message);
    status
}

/// A test case that is fine.
pub(crate) fn passed() -> TestCaseStatus {
    TestCaseStatus::success()
}

pub(crate) fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    status
}

fn verdict(report: &RunReport) -> TestCase {
    let verdict = &report.verdict;
    let status = match (verdict.kind, &report.interrupted) {
        (VerdictKind::Invalid, _) => broken(NonSuccessKind::Error, "invalid", &verdict.sentence),
        (_, Some(why)) => broken(NonSuccessKind::Error, "interrupted", why),
        _ => TestCaseStatus::success(),
    };
    let mut case = case("redline.verdict", words::kind(verdict.kind), status);
    case.set_system_out(&verdict.sentence);
    case
}

/// The promises at the load that stands for the run: the sustainable one, or the one that was held.
fn promises(report: &RunReport) -> Vec<TestCase> {
    match held(report).or_else(|| at_sustainable(report)) {
        Some(trial) => trial.slo.iter().map(|o| promise(trial, o)).collect(),
        None => {
            let why = "no load was found that stands for the run";
            report.fingerprint.slo.iter().map(|term| case("redline.promises", term, skipped(why))).collect()
        }
    }
}

fn promise(trial: &TrialResult, outcome: &SloOutcome) -> TestCase {
    let allowed = outcome.term.allowed();
    let told = format!(
        "{} of {} steps were slow or failed (95 % interval {} to {}), {allowed} are allowed; trial {} at {} sessions",
        outcome.bad, outcome.count, outcome.low, outcome.high, trial.number, trial.offered
    );
    let status = if outcome.count == 0 {
        skipped("no step was judged")
    } else if outcome.bad.0 > allowed.0 {
        broken(NonSuccessKind::Failure, "promise-broken", &told)
    } else {
        TestCaseStatus::success()
    };
    let mut case = case("redline.promises", &outcome.term.to_string(), status);
    case.set_system_out(&told);
    case
}

/// How long an outage may be nobody has promised here: a gate does that. But what was broken must become whole, and no
/// order that was acknowledged may be lost.
fn fault(failure: &FailureReport) -> TestCase {
    let not_recovered = match failure.recovery.verdict {
        RecoveryVerdict::NotRecovered => Some("what was broken never answered again".to_owned()),
        RecoveryVerdict::Metastable => {
            Some("the fault was over and the site did not recover within a minute".to_owned())
        }
        RecoveryVerdict::NotNeeded | RecoveryVerdict::Recovered | RecoveryVerdict::Slow | RecoveryVerdict::Unknown => {
            None
        }
    };
    let wrong = [failure.broken.clone(), wrong_orders(failure.orders), not_recovered];
    let name = format!("{} at {}", failure.fault, failure.offered);
    disturbed("redline.faults", &name, wrong, &failure_words::failure_line(failure))
}

fn deployment(made: &DeployReport) -> TestCase {
    let lasting = matches!(made.outage, Outage::NotEnded { .. }).then(|| "the outage did not end".to_owned());
    let wrong = [made.broken.clone(), wrong_orders(made.orders), lasting];
    let name = format!("{} at {}", made.deploy, made.offered);
    disturbed("redline.deployments", &name, wrong, &deployment_words::deployment_line(made))
}

fn wrong_orders(books: Option<OrderBooks>) -> Option<String> {
    books.filter(|books| !books.balanced()).map(|books| failure_words::told_orders(&books))
}

fn disturbed(class: &str, name: &str, wrong: [Option<String>; 3], told: &str) -> TestCase {
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    let status = if wrong.is_empty() {
        TestCaseStatus::success()
    } else {
        broken(NonSuccessKind::Failure, "not-whole", &wrong.join("; "))
    };
    let mut case = case(class, name, status);
    case.set_system_out(told);
    case
}

fn check(report: &RunReport, check: &Check) -> TestCase {
    let told = format!("{} where {} was needed. {}", check.value, check.limit, check.detail);
    let status = match check.status {
        CheckStatus::Passed => TestCaseStatus::success(),
        CheckStatus::NotAvailable => skipped(&check.detail),
        CheckStatus::Failed if was_set_aside(report, check) => {
            skipped(&format!("the trial was set aside and decides nothing: {told}"))
        }
        CheckStatus::Failed => broken(NonSuccessKind::Failure, "check-failed", &told),
    };
    let name = check.trial.map_or_else(|| check.check.clone(), |n| format!("{} (trial {n})", check.check));
    let mut case = case("redline.validity", &name, status);
    case.set_system_out(format!("{} (limit {})", check.value, check.limit));
    case
}
