//! The trials and checks that stand for something.

use std::collections::BTreeMap;

use redline_model::{Check, CheckStatus, Purpose, RunReport, TrialClass, TrialResult, VerdictKind};

/// The trial that stands for the sustainable load: its confirmation, else the highest that passed.
pub(crate) fn at_sustainable(report: &RunReport) -> Option<&TrialResult> {
    let confirmed = |t: &&TrialResult| t.spec.purpose == Purpose::ConfirmHolds && t.class == TrialClass::Pass;
    report.trials.iter().rfind(confirmed).or_else(|| {
        report
            .trials
            .iter()
            .filter(|t| t.class == TrialClass::Pass && t.spec.purpose == Purpose::Bisect)
            .max_by(|a, b| a.offered.0.total_cmp(&b.offered.0))
    })
}

/// The trial that stands for saturation: the last overdrive.
pub(crate) fn at_saturation(report: &RunReport) -> Option<&TrialResult> {
    report.trials.iter().rfind(|t| t.spec.purpose == Purpose::Overdrive)
}

/// The trial that was asked for, where no capacity was searched.
pub(crate) fn held(report: &RunReport) -> Option<&TrialResult> {
    report.trials.iter().rfind(|t| t.spec.purpose == Purpose::Hold)
}

/// The numbers of the trials that stand for the loads of a run: the sustainable one, saturation, the one that was held.
#[must_use]
pub fn representatives(report: &RunReport) -> Vec<u32> {
    [at_sustainable(report), at_saturation(report), held(report)].into_iter().flatten().map(|t| t.number).collect()
}

/// The checks by name, in the order of the names.
pub(crate) fn by_name(report: &RunReport) -> BTreeMap<&str, Vec<&Check>> {
    let mut by_name: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in &report.validity {
        by_name.entry(&check.check).or_default().push(check);
    }
    by_name
}

/// A trial whose generator or machine was not fit says nothing about the stack; the search made another.
pub(crate) fn was_set_aside(report: &RunReport, check: &Check) -> bool {
    let unfit = |n: u32| report.trials.iter().any(|t| t.number == n && t.class == TrialClass::GeneratorLimited);
    report.verdict.kind != VerdictKind::Invalid && check.trial.is_some_and(unfit)
}

/// The checks that failed: those of trials that were set aside, and the others.
pub(crate) fn failures(report: &RunReport) -> (Vec<&Check>, Vec<&Check>) {
    report.validity.iter().filter(|c| c.status == CheckStatus::Failed).partition(|c| was_set_aside(report, c))
}

/// All checks of one name in a row: the name, how many passed of those made, a value that was found and its limit.
pub(crate) fn check_row(name: &str, checks: &[&Check]) -> Vec<String> {
    let made = checks.iter().filter(|c| c.status != CheckStatus::NotAvailable).count();
    let passed = checks.iter().filter(|c| c.status == CheckStatus::Passed).count();
    let shown = checks.iter().find(|c| c.status == CheckStatus::Failed).or_else(|| checks.last());
    let (value, limit) = shown.map(|c| (c.value.clone(), c.limit.clone())).unwrap_or_default();
    vec![name.to_owned(), if made == 0 { "–".into() } else { format!("{passed} of {made}") }, value, limit]
}
