//! From slices to pairs: by how much the candidate was worse than the base in each round, by each metric.

use std::collections::BTreeMap;

use redline_analysis::{PairedMetric, Role, step_weights};
use redline_model::{Purpose, TrialResult};

use super::{
    paired::{Slices, generator_of_a_response, paired},
    suspects::{page, step_names, steps},
};
use crate::{args::Metric, pairs::Slice};

/// The places of the two sides among the contenders.
pub(super) const BASE: usize = 0;
/// The candidate's.
pub(super) const CANDIDATE: usize = 1;

/// Which loads are made in each turn, by what is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// What is compared, in the order of the report.
    pub(super) metrics: Vec<Metric>,
}

impl Plan {
    /// Whether a slice is driven beyond what is carried; it comes first.
    pub(super) fn drives(&self) -> bool {
        self.metrics.contains(&Metric::Saturation)
    }
    /// Whether a load is held; it comes second.
    pub(super) fn holds(&self) -> bool {
        self.metrics.iter().any(|m| matches!(m, Metric::Cpu | Metric::P95))
    }
    /// Whether there is a slice with little load; it comes last.
    pub(super) fn is_quiet(&self) -> bool {
        self.metrics.contains(&Metric::Steps)
    }
}

/// The slices of one round, all of which were fit.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    /// Beyond what it can carry: base, candidate.
    pub(super) driven: Option<Slices<'a>>,
    /// At a load that both carry: base, candidate.
    pub(super) held: Option<Slices<'a>>,
    /// With so little load that pages hardly wait: base, candidate.
    pub(super) quiet: Option<Slices<'a>>,
}

/// The complete rounds.
pub(super) fn pairs<'a>(slices: &'a [Slice], plan: &Plan) -> Vec<Pair<'a>> {
    let mut rounds: BTreeMap<u32, Vec<&Slice>> = BTreeMap::new();
    for slice in slices {
        rounds.entry(slice.round).or_default().push(slice);
    }
    rounds.values().filter_map(|round| complete(round, plan)).collect()
}

fn complete<'a>(round: &[&'a Slice], plan: &Plan) -> Option<Pair<'a>> {
    let get = |contender, purpose| {
        let of = |s: &&&Slice| s.contender == contender && s.result.spec.purpose == purpose && s.is_fit();
        round.iter().find(of).map(|s| &s.result)
    };
    let both = |purpose| Some([get(BASE, purpose)?, get(CANDIDATE, purpose)?]);
    let pair = Pair { driven: both(Purpose::Overdrive), held: both(Purpose::Hold), quiet: both(Purpose::Quiet) };
    let wanted = [(pair.driven, plan.drives()), (pair.held, plan.holds()), (pair.quiet, plan.is_quiet())];
    wanted.iter().all(|(there, wanted)| there.is_some() >= *wanted).then_some(pair)
}

/// What each step costs, from all slices at the load that both carry; empty without such slices.
fn weights(pairs: &[Pair<'_>]) -> BTreeMap<String, f64> {
    let held: Vec<TrialResult> = pairs.iter().filter_map(|p| p.held).flatten().cloned().collect();
    step_weights(&held)
}

/// The metrics over all pairs. A pair without one of the figures (no CPU was read) is left out of that metric.
pub(super) fn metrics<'a>(pairs: &[Pair<'a>], plan: &Plan) -> Vec<PairedMetric> {
    let weights = weights(pairs);
    let cost = |metric: Metric, t: &TrialResult| match metric {
        Metric::Saturation => Some(1.0 / work(t, &weights)),
        Metric::Cpu => cpu_of_a_request(t),
        Metric::P95 => Some(t.response.p95.0),
        Metric::Steps => None,
    };
    let load = |metric: Metric, pair: &Pair<'a>| if metric == Metric::Saturation { pair.driven } else { pair.held };
    let of = |metric: Metric| {
        let slices = pairs.iter().filter_map(|pair| load(metric, pair));
        paired(metric.name().to_owned(), Role::Judged, slices, |t| cost(metric, t))
    };
    let judged = plan.metrics.iter().filter(|m| **m != Metric::Steps).map(|metric| of(*metric));
    let watched = plan.metrics.contains(&Metric::Steps).then(|| steps(pairs)).into_iter().flatten();
    judged.chain(watched).collect()
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
    let weights = weights(pairs);
    let steps = step_names(pairs);
    let row = |pair: usize, side: &str, load: &str, t: &TrialResult| {
        let cpu = cpu_of_a_request(t).map_or_else(String::new, |c| format!("{:.6}", 1e3 * c));
        let generator = generator_of_a_response(t).map_or_else(String::new, |cost| format!("{:.3}", 1e6 * cost));
        let of = |step: &&str| page(t, step).map_or_else(|| ",".to_owned(), |seconds| format!(",{seconds:.6}"));
        let pages: String = steps.iter().map(of).collect();
        format!(
            "{},{side},{load},{:.1},{:.3},{:.3},{:.3},{cpu},{generator},{:.6},{:.6}{pages}\n",
            pair + 1,
            t.from.0,
            t.completed.0,
            t.responses.0,
            work(t, &weights),
            t.response.p50.0,
            t.response.p95.0
        )
    };
    let head = "pair,side,load,from_s,sessions_per_s,responses_per_s,work_per_s,cpu_ms_per_response,generator_us_per_response,p50_s,p95_s";
    let pages: String = steps.iter().map(|step| format!(",page_p25_s({step})")).collect();
    let mut text = format!("{head}{pages}\n");
    for (i, pair) in pairs.iter().enumerate() {
        for (load, both) in [("driven", pair.driven), ("held", pair.held), ("quiet", pair.quiet)] {
            let Some([base, candidate]) = both else { continue };
            text += &row(i, "base", load, base);
            text += &row(i, "candidate", load, candidate);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use redline_analysis::{
        GateRule,
        simulator::{SimServer, Simulator},
    };
    use redline_model::{GateOutcome, Rate, Seconds, Slo, TrialClass, TrialSpec};

    use super::*;
    use crate::gate::suspects::suspects;

    /// Twelve rounds of a candidate that takes a tenth longer; the slices of round 3 were not all fit.
    fn slices() -> Vec<Slice> {
        let server = SimServer::with_capacity(Rate(60.0), 1, 6, 1.0);
        let mut world = Simulator::new(server, Slo::parse(["p95<500ms"]).unwrap(), 5);
        let spec = |purpose, offered, cap| TrialSpec {
            purpose,
            offered: Rate(offered),
            settle: Seconds(2.0),
            hold: Seconds(5.0),
            cap,
        };
        let loads = [
            spec(Purpose::Overdrive, 90.0, Some(24)),
            spec(Purpose::Hold, 42.0, None),
            spec(Purpose::Quiet, 12.0, None),
        ];
        let mut all = Vec::new();
        for round in 0..12u32 {
            for (contender, factor) in [(BASE, 1.0), (CANDIDATE, 1.1)] {
                for (load, spec) in loads.iter().enumerate() {
                    world.slowed(factor);
                    world.reseed(u64::from(3 * round) + load as u64);
                    let mut result = world.trial(*spec);
                    result.class = if round == 3 && contender == CANDIDATE && load == 1 {
                        TrialClass::GeneratorLimited
                    } else {
                        TrialClass::Pass
                    };
                    all.push(Slice { round, contender, result });
                }
            }
        }
        all
    }

    #[test]
    fn a_slower_candidate_is_worse_by_every_metric() {
        let plan = Plan { metrics: Metric::USUAL.to_vec() };
        let slices = slices();
        let pairs = pairs(&slices, &plan);
        assert_eq!(pairs.len(), 11, "a round that was not fit is no pair");
        for metric in metrics(&pairs, &plan) {
            let mean = metric.slowdowns.iter().sum::<f64>() / metric.slowdowns.len() as f64;
            assert!(metric.slowdowns.len() == 11 && mean > 0.05, "{}: {mean}", metric.name);
        }
        let found = suspects(&pairs, &GateRule::default());
        assert!(found.iter().any(|f| f.name == "CPU of stage-0" && f.outcome == GateOutcome::Fail), "{found:?}");
        assert!(found.iter().any(|f| f.name.starts_with("page of ")), "{found:?}");
        assert_eq!(table(&pairs).lines().count(), 1 + 6 * 11);
    }

    #[test]
    fn only_what_is_asked_for_is_needed() {
        let slices: Vec<Slice> = slices().into_iter().filter(|s| s.result.spec.purpose == Purpose::Hold).collect();
        let complete = |metrics: &[Metric]| pairs(&slices, &Plan { metrics: metrics.to_vec() }).len();
        assert_eq!((complete(&Metric::USUAL), complete(&[Metric::Steps])), (0, 0));
        assert_eq!(complete(&[Metric::Cpu]), 11);
    }
}
