//! What got slower: each step by the time its page takes by itself, each component by the CPU time that a request takes.

use std::collections::BTreeSet;

use redline_analysis::{GateRule, Judged, Look, PairedMetric, Role, judge_pairs};
use redline_model::{Finding, GateOutcome, TrialResult};

use super::{
    paired::{Slices, paired},
    slices::Pair,
};

/// Any one of all steps and components is named wrongly with this chance at most, at each of two looks.
const CHANCE: f64 = 0.005;
/// What the name of a step's page begins with.
const PAGE: &str = "page of ";

/// Steps and components that surely take longer, by more than the rule tolerates, the most first.
pub(super) fn suspects(pairs: &[Pair<'_>], rule: &GateRule) -> Vec<Finding> {
    let metrics: Vec<PairedMetric> = steps(pairs).into_iter().chain(components(pairs)).collect();
    // The rule of metrics, with a correction for as many of them as there are.
    let look = Look { pairs: pairs.len(), fail_below: CHANCE };
    let mut slower: Vec<Finding> = judge_pairs(&metrics, look, rule)
        .metrics
        .iter()
        .filter(|judged| judged.outcome == GateOutcome::Fail)
        .map(|judged| finding(judged, rule))
        .collect();
    let by = |f: &Finding| f.value.map_or(0.0, |v| v.estimate);
    slower.sort_by(|a, b| by(b).total_cmp(&by(a)));
    slower
}

/// What the pairs say of one metric, for the reader.
pub(super) fn finding(judged: &Judged, rule: &GateRule) -> Finding {
    let found = judged.slowdown.map_or_else(
        || "too few pairs".to_owned(),
        |s| format!("{:+.1} % ({:+.1} to {:+.1})", 100.0 * s.estimate, 100.0 * s.low, 100.0 * s.high),
    );
    Finding {
        name: judged.name.clone(),
        outcome: judged.outcome,
        found,
        limit: format!("≤ {:.0} % worse", 100.0 * rule.tolerated),
        detail: format!("p = {:.4}, {} pairs{}", judged.p, judged.pairs, judged.raw.map_or_else(String::new, raw)),
        value: judged.slowdown,
        detectable: judged.detectable,
        place: None,
    }
}

fn raw(share: f64) -> String {
    format!("; raw {:+.1} %", 100.0 * share)
}

/// The first quartile of the service times of each step's page where there is little load. At seven tenths of what is
/// carried even the quickest quarter is made of waiting, for whatever else was asked for at the time: between two slices
/// of the same code it differed by half.
pub(super) fn steps(pairs: &[Pair<'_>]) -> Vec<PairedMetric> {
    let of = |name: &str| {
        paired(format!("{PAGE}{name}"), Role::Watched, pairs.iter().filter_map(|p| p.quiet), |t| page(t, name))
    };
    step_names(pairs).into_iter().map(of).collect()
}

/// Whether it is a page that got slower.
pub(super) fn names_a_page(found: &Finding) -> bool {
    found.name.starts_with(PAGE)
}

/// What the page of a step takes, in seconds; nothing where it was not asked for.
pub(super) fn page(trial: &TrialResult, step: &str) -> Option<f64> {
    let step = trial.steps.iter().find(|s| s.step == step)?;
    Some(step.service.p25.0).filter(|s| *s > 0.0)
}

/// All steps of the slices with little load, in order.
pub(super) fn step_names<'a>(pairs: &[Pair<'a>]) -> BTreeSet<&'a str> {
    pairs.iter().filter_map(|p| p.quiet).flatten().flat_map(|t| &t.steps).map(|s| s.step.as_str()).collect()
}

/// The CPU time that a response takes of each component at the load that is held, or with little load where none is held.
fn components(pairs: &[Pair<'_>]) -> Vec<PairedMetric> {
    let held: Vec<Slices<'_>> = pairs.iter().filter_map(|p| p.held).collect();
    let load = if held.is_empty() { pairs.iter().filter_map(|p| p.quiet).collect() } else { held };
    let every = load.iter().flatten().flat_map(|t| &t.components);
    let names: BTreeSet<&str> = every.map(|c| c.component.as_str()).collect();
    let of = |name: &str| {
        let cpu = |t: &TrialResult| {
            let all: Vec<f64> = t.components.iter().filter(|c| c.component == name).filter_map(|c| c.cpu).collect();
            (!all.is_empty() && t.responses.0 > 0.0)
                .then(|| all.iter().sum::<f64>() / t.responses.0)
                .filter(|c| *c > 0.0)
        };
        paired(format!("CPU of {name}"), Role::Watched, load.iter().copied(), cpu)
    };
    names.into_iter().map(of).collect()
}
