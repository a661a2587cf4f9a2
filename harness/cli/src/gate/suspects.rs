//! What got slower: each step by the time its page takes, each component by the CPU time a request takes of it.

use std::collections::BTreeSet;

use redline_analysis::{GateRule, Look, PairedMetric, Role, judge_pairs};
use redline_model::{Finding, GateOutcome, TrialResult};

use super::{regression::finding, slices::Pair};

/// Any one of all steps and components is named wrongly with this chance at most.
const CHANCE: f64 = 0.01;

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

/// The first quartile of the service times of each step's page at the load that is held. At seven tenths of what is
/// carried the median is made of waiting already, for whatever else was asked for at the time: between two slices of the
/// same code it differed twofold. The quickest quarter waited less, which is still much close to saturation.
pub(super) fn steps(pairs: &[Pair<'_>]) -> Vec<PairedMetric> {
    let of = |name: &str| metric(format!("page of {name}"), pairs, |t| page(t, name));
    step_names(pairs).into_iter().map(of).collect()
}

/// What the page of a step takes, in seconds; nothing where it was not asked for.
pub(super) fn page(trial: &TrialResult, step: &str) -> Option<f64> {
    let step = trial.steps.iter().find(|s| s.step == step)?;
    Some(step.service.p25.0).filter(|s| *s > 0.0)
}

/// All steps of the slices at the load that is held, in order.
pub(super) fn step_names<'a>(pairs: &[Pair<'a>]) -> BTreeSet<&'a str> {
    pairs.iter().filter_map(|p| p.held).flatten().flat_map(|t| &t.steps).map(|s| s.step.as_str()).collect()
}

/// The CPU time that a response takes of each component at the load that is held.
fn components(pairs: &[Pair<'_>]) -> Vec<PairedMetric> {
    let every = pairs.iter().filter_map(|p| p.held).flatten().flat_map(|t| &t.components);
    let names: BTreeSet<&str> = every.map(|c| c.component.as_str()).collect();
    let of = |name: &str| {
        let cpu = |t: &TrialResult| {
            let all: Vec<f64> = t.components.iter().filter(|c| c.component == name).filter_map(|c| c.cpu).collect();
            (!all.is_empty() && t.responses.0 > 0.0)
                .then(|| all.iter().sum::<f64>() / t.responses.0)
                .filter(|c| *c > 0.0)
        };
        metric(format!("CPU of {name}"), pairs, cpu)
    };
    names.into_iter().map(of).collect()
}

/// ln(candidate ÷ base) in each pair that has the figure on both sides.
fn metric(name: String, pairs: &[Pair<'_>], cost: impl Fn(&TrialResult) -> Option<f64>) -> PairedMetric {
    let worse = |p: &Pair<'_>| {
        let [base, candidate] = p.held?;
        Some((cost(candidate)? / cost(base)?).ln())
    };
    let slowdowns = pairs.iter().filter_map(worse).collect();
    PairedMetric { name, slowdowns, role: Role::Watched }
}
