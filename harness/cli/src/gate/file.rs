//! A file of limits: read and checked whole before anything starts.

use std::path::{Path, PathBuf};

use redline_analysis::{Limit, Need};
use redline_load::Scenario;
use redline_model::{Place, Rate, Seconds, SloTerm};
use serde::Deserialize;
use toml::Spanned;

use crate::{exit::Failure, faults::At, plan};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    scenario: String,
    #[serde(default = "single")]
    topology: String,
    #[serde(default)]
    slo: Vec<String>,
    rate: Option<String>,
    r#for: Option<String>,
    #[serde(default)]
    search: SearchKind,
    fault_at: Option<String>,
    fault_for: Option<String>,
    #[serde(default = "beside")]
    baselines: PathBuf,
    limits: Vec<Spanned<String>>,
}

/// How precisely capacities are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SearchKind {
    /// About a minute.
    Quick,
    /// As a run without options.
    #[default]
    Default,
    /// What tight intervals take.
    Thorough,
}

/// A limit and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) limit: Limit,
    pub(super) place: Place,
}

/// What a file asks for.
#[derive(Debug)]
pub(super) struct Budget {
    /// Whose visitors come.
    pub(super) scenario: String,
    /// What they come to.
    pub(super) topology: String,
    /// The promise that a sustainable load keeps; empty: the scenario's.
    pub(super) slo: Vec<SloTerm>,
    /// The load that response times, errors and CPU are judged at, and for how long.
    pub(super) held: Option<(Rate, Seconds)>,
    /// How capacities are searched.
    pub(super) search: SearchKind,
    /// The load at which things break.
    pub(super) fault_at: Option<At>,
    /// For how long.
    pub(super) fault_for: Option<Seconds>,
    /// The folder of baselines.
    pub(super) baselines: PathBuf,
    /// What must hold.
    pub(super) limits: Vec<Placed>,
}

/// The folder of baselines as it is in this repository.
fn beside() -> PathBuf {
    "ci/baselines".into()
}

fn single() -> String {
    "single".into()
}

/// Reads and checks the file.
pub(super) fn read(path: &Path) -> Result<Budget, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("{name}: it cannot be read ({e})")))?;
    parse(&name, &text).map_err(|problem| Failure::usage(format!("{name}: {problem}")))
}

fn parse(name: &str, text: &str) -> Result<Budget, String> {
    let written: Written = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("line {line}: {}", error.message().lines().collect::<Vec<_>>().join(" "))
    })?;
    let scenario = plan::scenario(&written.scenario).map_err(|e| e.to_string())?;
    let limits = written.limits.iter().map(|l| placed(name, text, l, scenario)).collect::<Result<Vec<_>, _>>()?;
    if limits.is_empty() {
        return Err("`limits` is empty: a gate that judges nothing would always pass".into());
    }
    let slo = written.slo.iter().map(|s| s.parse::<SloTerm>().map_err(|e| e.to_string())).collect::<Result<_, _>>()?;
    let seconds = |key: &str, text: &str| text.parse::<Seconds>().map_err(|e| format!("`{key}`: {e}"));
    let rate = written.rate.as_deref().map(|r| r.parse::<Rate>().map_err(|e| format!("`rate`: {e}"))).transpose()?;
    let length = written.r#for.as_deref().map(|t| seconds("for", t)).transpose()?;
    let budget = Budget {
        scenario: written.scenario,
        topology: written.topology,
        slo,
        held: rate.map(|rate| (rate, length.unwrap_or(Seconds(60.0)))),
        search: written.search,
        fault_at: written.fault_at.as_deref().map(|t| t.parse().map_err(|e| format!("`fault_at`: {e}"))).transpose()?,
        fault_for: written.fault_for.as_deref().map(|t| seconds("fault_for", t)).transpose()?,
        baselines: written.baselines,
        limits,
    };
    check(budget, length)
}

/// What belongs together is together.
fn check(budget: Budget, length: Option<Seconds>) -> Result<Budget, String> {
    if length.is_some() && budget.held.is_none() {
        return Err("`for` is how long `rate` is held; there is no `rate`".into());
    }
    if let Some((_, length)) = budget.held
        && !(5.0..=3600.0).contains(&length.0)
    {
        return Err(format!("`for`: {length} is out of range: a load is held from 5s to 1h"));
    }
    let needs = |wanted: fn(&Need) -> bool| budget.limits.iter().find(|p| wanted(&p.limit.need()));
    if let (Some(placed), None) = (needs(|n| *n == Need::Held), budget.held) {
        return Err(format!(
            "line {}: `{}` says nothing without a load: add `rate = \"20/s\"`",
            placed.place.line, placed.limit
        ));
    }
    if let Some((_, length)) = budget.held
        && let Some(placed) = budget.limits.iter().find(|p| p.limit.over.is_some_and(|o| o.0 + 3.0 > length.0))
    {
        return Err(format!(
            "line {}: `{}` has a window that does not fit into the {length} that `rate` is held for",
            placed.place.line, placed.limit
        ));
    }
    let breaks = needs(|n| matches!(n, Need::Fault(_) | Need::Deploy(_))).is_some();
    if let (Some(placed), false) = (needs(|n| *n == Need::Orders), breaks) {
        return Err(format!(
            "line {}: `{}`: orders are counted where something breaks or is deployed; add a limit such as `outage(mysql.kill) < 10s`",
            placed.place.line, placed.limit
        ));
    }
    if !breaks && (budget.fault_at.is_some() || budget.fault_for.is_some()) {
        return Err("`fault_at` and `fault_for` go with limits on outages, lost service or downtime".into());
    }
    Ok(budget)
}

fn placed(file: &str, text: &str, written: &Spanned<String>, scenario: &dyn Scenario) -> Result<Placed, String> {
    let line = line_at(text, written.span().start);
    let limit: Limit = written.get_ref().parse().map_err(|e| format!("line {line}: {e}"))?;
    if let Some(step) = limit.step.as_deref().filter(|step| !scenario.steps().contains(step)) {
        let steps = scenario.steps().join(", ");
        return Err(format!(
            "line {line}: `{limit}`: the scenario `{}` has no step `{step}`; it has {steps}",
            scenario.name()
        ));
    }
    Ok(Placed { limit, place: Place { file: file.to_owned(), line } })
}

fn line_at(text: &str, place: usize) -> u32 {
    let before = text.get(..place).unwrap_or_default();
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use redline_scenarios as _;
    use rstest::rstest;

    use super::*;

    const GOOD: &str = "scenario = \"checkout\"\nrate = \"20/s\"\nlimits = [\n  \"p95 < 300ms for checkout\",\n  \"sustainable > 20 sessions/s\",\n]\n";

    #[test]
    fn a_file_is_read_with_the_lines_of_its_limits() {
        let budget = parse("b.toml", GOOD).unwrap();
        assert_eq!(budget.held, Some((Rate(20.0), Seconds(60.0))));
        let lines: Vec<u32> = budget.limits.iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [4, 5]);
    }

    #[rstest]
    #[case(("scenario", "szenario"), "line 1")]
    #[case(("checkout\"\n", "chekout\"\n"), "chekout")]
    #[case(("p95 < 300ms for checkout", "p95 < 300ms for chekout"), "line 4: `p95 < 300ms for chekout`: the scenario")]
    #[case(("p95 < 300ms for checkout", "p95 > 300ms"), "line 4")]
    #[case(("p95 < 300ms for checkout", "speed > 9"), "`speed`")]
    #[case(("rate = \"20/s\"\n", ""), "add `rate")]
    #[case(("rate = \"20/s\"", "for = \"20s\""), "there is no `rate`")]
    #[case(("rate = \"20/s\"", "rate = \"20/s\"\nfor = \"10s\""), "")]
    #[case(("p95 < 300ms for checkout", "p95 < 300ms over 60s"), "does not fit")]
    #[case(("p95 < 300ms for checkout", "orders_lost == 0"), "outage")]
    #[case(("rate = \"20/s\"", "rate = \"20/s\"\nfault_at = \"80%\""), "fault_at")]
    #[case(("rate = \"20/s\"", "rate = \"fast\""), "`rate`")]
    #[case(("rate = \"20/s\"", "search = \"slow\""), "line 2")]
    fn what_is_wrong_is_told_with_its_line(#[case] change: (&str, &str), #[case] hint: &str) {
        let text = GOOD.replacen(change.0, change.1, 1);
        match parse("b.toml", &text) {
            Ok(_) => assert!(hint.is_empty(), "{text} should be wrong"),
            Err(told) => assert!(!hint.is_empty() && told.contains(hint), "{told}"),
        }
    }

    #[test]
    fn no_limit_is_no_gate() {
        assert!(parse("b.toml", "scenario = \"checkout\"\nlimits = []\n").unwrap_err().contains("always pass"));
    }
}
