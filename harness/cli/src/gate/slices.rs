//! From slices to pairs: by how much the candidate was worse than the base in each round, by each metric.

use std::collections::BTreeMap;

use redline_analysis::{PairedMetric, step_weights};
use redline_model::TrialResult;

use crate::pairs::Slice;

/// The places of the two sides among the contenders.
pub(super) const BASE: usize = 0;
/// The candidate's.
pub(super) const CANDIDATE: usize = 1;
/// The places of the two loads: driven over.
pub(super) const DRIVEN: usize = 0;
/// Held at 70 %.
pub(super) const HELD: usize = 1;

/// The slices of one round, all four of which were fit.
pub(super) struct Pair<'a> {
    /// Beyond what it can carry: base, candidate.
    pub(super) driven: [&'a TrialResult; 2],
    /// At a load that both carry: base, candidate.
    pub(super) held: [&'a TrialResult; 2],
}

/// The complete rounds.
pub(super) fn pairs(slices: &[Slice]) -> Vec<Pair<'_>> {
    let mut rounds: BTreeMap<u32, Vec<&Slice>> = BTreeMap::new();
    for slice in slices {
        rounds.entry(slice.round).or_default().push(slice);
    }
    rounds.values().filter_map(|round| complete(round)).collect()
}

fn complete<'a>(round: &[&'a Slice]) -> Option<Pair<'a>> {
    let get = |contender, load| {
        let found = round.iter().copied().find(|s| s.contender == contender && s.load == load && s.is_fit());
        found.map(|s| &s.result)
    };
    Some(Pair {
        driven: [get(BASE, DRIVEN)?, get(CANDIDATE, DRIVEN)?],
        held: [get(BASE, HELD)?, get(CANDIDATE, HELD)?],
    })
}

/// What is judged, with its name for the reader.
pub(super) const METRICS: [&str; 3] = ["saturation throughput", "CPU time of a request", "p95 at 70 % load"];

/// The three metrics over all pairs. A pair without one of the figures (no CPU was read) is left out of that metric.
pub(super) fn metrics(pairs: &[Pair<'_>]) -> Vec<PairedMetric> {
    let held: Vec<TrialResult> = pairs.iter().flat_map(|p| p.held).cloned().collect();
    let weights = step_weights(&held);
    let of = |name: &str, worse: &dyn Fn(&Pair<'_>) -> Option<f64>| PairedMetric {
        name: name.to_owned(),
        slowdowns: pairs.iter().filter_map(worse).filter(|d| d.is_finite()).collect(),
    };
    let ratio = |[base, candidate]: [Option<f64>; 2]| Some((candidate? / base?).ln());
    vec![
        of(METRICS[0], &|p| ratio(p.driven.map(|t| Some(1.0 / work(t, &weights))))),
        of(METRICS[1], &|p| ratio(p.held.map(cpu_of_a_request))),
        of(METRICS[2], &|p| ratio(p.held.map(|t| Some(t.response.p95.0).filter(|s| *s > 0.0)))),
    ]
}

/// Work completed per second: steps, each counted by what it costs, so that the luck of the mix is no effect.
pub(super) fn work(trial: &TrialResult, weights: &BTreeMap<String, f64>) -> f64 {
    let span = (trial.to.0 - trial.from.0).max(f64::MIN_POSITIVE);
    let of = |s: &redline_model::StepSummary| {
        let ended = s.outcomes.total().saturating_sub(s.outcomes.errors());
        ended as f64 * weights.get(&s.step).copied().unwrap_or(1.0)
    };
    trial.steps.iter().map(of).sum::<f64>() / span
}

/// CPU seconds of all components for a response; nothing where they were not read.
pub(super) fn cpu_of_a_request(trial: &TrialResult) -> Option<f64> {
    let cpu: Vec<f64> = trial.components.iter().filter_map(|c| c.cpu).collect();
    (!cpu.is_empty() && trial.responses.0 > 0.0).then(|| cpu.iter().sum::<f64>() / trial.responses.0)
}

/// A row for each slice of each complete pair, for whoever wants to judge by other means.
pub(super) fn table(pairs: &[Pair<'_>]) -> String {
    let held: Vec<TrialResult> = pairs.iter().flat_map(|p| p.held).cloned().collect();
    let weights = step_weights(&held);
    let row = |pair: usize, side: &str, load: &str, t: &TrialResult| {
        let cpu = cpu_of_a_request(t).map_or_else(String::new, |c| format!("{:.6}", 1e3 * c));
        format!(
            "{},{side},{load},{:.1},{:.3},{:.3},{:.3},{cpu},{:.6},{:.6}\n",
            pair + 1,
            t.from.0,
            t.completed.0,
            t.responses.0,
            work(t, &weights),
            t.response.p50.0,
            t.response.p95.0
        )
    };
    let mut text =
        "pair,side,load,from_s,sessions_per_s,responses_per_s,work_per_s,cpu_ms_per_response,p50_s,p95_s\n".to_owned();
    for (i, pair) in pairs.iter().enumerate() {
        for (side, name) in [(BASE, "base"), (CANDIDATE, "candidate")] {
            text += &row(i, name, "driven", pair.driven[side]);
            text += &row(i, name, "held", pair.held[side]);
        }
    }
    text
}
