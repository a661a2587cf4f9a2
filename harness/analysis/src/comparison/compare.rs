//! From runs, and the slices that they have in common, to the document of a comparison.

use std::collections::BTreeMap;

use redline_model::{
    COMPARISON_VERSION, ComparedFigure, Comparison, Contrast, Effect, LatencySummary, Pairing, Purpose, Rate,
    RunReport, SameLoad, Seconds, Share, TrialResult, VerdictKind, Waiting,
};

use super::{
    contrast::{Paired, fewest_rounds, judge},
    differences::differences,
    pairs::{Sense, Sliced, comparable_speed, cpu_per_work, log_ratios, work},
    sentences::sentences,
    stack::{column, usable},
    unpaired,
};
use crate::{bottleneck::step_weights, paired::disturbed_caveat};

/// Saved runs rarely have a trial at the very same load: within this share it counts as the same.
const NEAR: f64 = 0.15;

/// What is compared.
#[derive(Debug)]
pub struct Compared<'a> {
    /// The name of the comparison.
    pub name: String,
    /// Now, UTC, RFC 3339.
    pub made: String,
    /// The command.
    pub command: String,
    /// What each stack is called and its run; the others are compared with the first.
    pub stacks: Vec<(String, &'a RunReport)>,
    /// Slices in which they took turns; empty for saved runs. Overdriven ones have a cap, held ones have none.
    pub slices: Vec<Sliced<'a>>,
    /// Rounds that are complete.
    pub rounds: u32,
    /// What became of those that waited for their turns; absent for saved runs.
    pub waiting: Option<Waiting>,
    /// Why it was ended early.
    pub interrupted: Option<String>,
}

/// Compares. Saved runs whose fingerprints differ in more than what is compared are never called different.
#[must_use]
pub fn compare(compared: &Compared<'_>) -> Comparison {
    let runs: Vec<&RunReport> = compared.stacks.iter().map(|(_, run)| *run).collect();
    let paired = compared.slices.iter().any(|s| s.result.spec.cap.is_some());
    let differences = differences(&runs);
    let unfair: Vec<String> =
        differences.iter().filter(|d| d.effect == Effect::Unfair).map(|d| d.what.clone()).collect();
    let contrasts = if paired { in_pairs(compared) } else { of_runs(compared, &unfair) };
    let loads = if paired { held_together(compared) } else { held_apart(&runs) };
    let stacks = compared.stacks.iter().zip(loads).map(|((name, run), load)| column(name, run, load)).collect();
    let first = runs.first();
    Comparison {
        comparison_version: COMPARISON_VERSION,
        name: compared.name.clone(),
        made: compared.made.clone(),
        command: compared.command.clone(),
        scenario: first.map_or_else(String::new, |r| r.fingerprint.scenario.clone()),
        slo: first.map_or_else(Vec::new, |r| r.fingerprint.slo.clone()),
        seed: first.filter(|_| paired).map(|r| r.seed),
        how: if paired { Pairing::Paired } else { Pairing::Unpaired },
        rounds: compared.rounds,
        waiting: compared.waiting,
        interrupted: compared.interrupted.clone(),
        sentences: sentences(&contrasts),
        caveats: caveats(compared, paired),
        differences,
        stacks,
        contrasts,
    }
}

/// The figures of every other stack against the first's, round by round.
fn in_pairs(compared: &Compared<'_>) -> Vec<Contrast> {
    let Some((against, first)) = compared.stacks.first() else { return Vec::new() };
    // One weight for all: what a step costs the first stack at low load.
    let weights: BTreeMap<String, f64> = step_weights(&first.trials);
    let load = |capped: bool| compared.slices.iter().find(|s| s.result.spec.cap.is_some() == capped).map(|s| s.load);
    let of = |figure, load: usize, value: &dyn Fn(&TrialResult) -> Option<f64>, sense: Sense| {
        let others = compared.stacks.iter().enumerate().skip(1);
        let pairs = others.map(|(i, (stack, run))| {
            let raw = log_ratios(&compared.slices, load, i, value);
            let adjusted = sense != Sense::Alone && comparable_speed(first, run, &compared.slices, load, i);
            let ratios = if adjusted {
                log_ratios(&compared.slices, load, i, |t| Some(value(t)? * sense.factor(t)?))
            } else {
                raw.clone()
            };
            Paired { stack: stack.clone(), figure, ratios, raw: adjusted.then_some(raw) }
        });
        judge(against, pairs.collect())
    };
    let mut all = Vec::new();
    if let Some(driven) = load(true) {
        all.extend(of(ComparedFigure::SaturationThroughput, driven, &|t| Some(work(t, &weights)), Sense::Faster));
        all.extend(of(ComparedFigure::CpuTime, driven, &|t| cpu_per_work(t, &weights), Sense::Slower));
    }
    let others = compared.stacks.len().saturating_sub(1);
    let pairs = |load| log_ratios(&compared.slices, load, 1, |t| Some(t.response.p95.0)).len();
    // A few slices give the table its response times; with fewer pairs than can tell there is no answer to give.
    if let Some(held) = load(false).filter(|held| pairs(*held) >= fewest_rounds(others) as usize) {
        all.extend(of(ComparedFigure::P95, held, &|t| Some(t.response.p95.0), Sense::Alone));
    }
    all
}

fn of_runs(compared: &Compared<'_>, unfair: &[String]) -> Vec<Contrast> {
    let Some((against, first)) = compared.stacks.first() else { return Vec::new() };
    let others = compared.stacks.iter().skip(1);
    others.map(|(stack, run)| unpaired::contrast((against, *first), (stack, *run), unfair)).collect()
}

/// The slices at the load that all stacks were held at.
fn held_together(compared: &Compared<'_>) -> Vec<Option<SameLoad>> {
    let of = |who: usize| {
        let held = compared.slices.iter().filter(|s| s.contender == who && s.result.spec.cap.is_none());
        same_load(&held.map(|s| s.result).filter(|t| usable(t)).collect::<Vec<_>>())
    };
    (0..compared.stacks.len()).map(of).collect()
}

/// For each run the trials near the lowest sustainable load of all.
fn held_apart(runs: &[&RunReport]) -> Vec<Option<SameLoad>> {
    let sustainable = runs.iter().map(|r| r.verdict.sustainable.map(|c| c.sessions_per_second.estimate));
    let Some(lowest) = sustainable.collect::<Option<Vec<f64>>>().and_then(|all| all.into_iter().reduce(f64::min))
    else {
        return vec![None; runs.len()];
    };
    let near = |t: &&TrialResult| {
        let open = t.spec.cap.is_none() && t.sessions.turned_away == 0;
        let meant = !matches!(t.spec.purpose, Purpose::Calibration | Purpose::Overload | Purpose::Fault);
        usable(t) && open && meant && (t.spec.offered.0 / lowest).ln().abs() <= NEAR
    };
    let of = |run: &&RunReport| {
        let off = |t: &TrialResult| (t.spec.offered.0 / lowest).ln().abs();
        let nearest = run.trials.iter().filter(near).min_by(|a, b| off(a).total_cmp(&off(b)));
        nearest.and_then(|t| same_load(&[t]))
    };
    let all: Vec<Option<SameLoad>> = runs.iter().map(of).collect();
    // A load that one of them never had is not the same for all.
    if all.iter().all(Option::is_some) { all } else { vec![None; runs.len()] }
}

/// Trials at one load as one: the median of each percentile.
fn same_load(trials: &[&TrialResult]) -> Option<SameLoad> {
    if trials.is_empty() {
        return None;
    }
    let time = |of: fn(&LatencySummary) -> Seconds| Seconds(median(trials.iter().map(|t| of(&t.response).0)));
    let steps = |of: fn(&redline_model::OutcomeCounts) -> u64| {
        trials.iter().flat_map(|t| &t.steps).map(|s| of(&s.outcomes)).sum::<u64>() as f64
    };
    let response = LatencySummary {
        count: trials.iter().map(|t| t.response.count).sum(),
        mean: time(|r| r.mean),
        p25: time(|r| r.p25),
        p50: time(|r| r.p50),
        p75: time(|r| r.p75),
        p90: time(|r| r.p90),
        p95: time(|r| r.p95),
        p99: time(|r| r.p99),
        p999: time(|r| r.p999),
        max: Seconds(trials.iter().map(|t| t.response.max.0).fold(0.0, f64::max)),
    };
    Some(SameLoad {
        offered: Rate(median(trials.iter().map(|t| t.spec.offered.0))),
        response,
        failed: Share(steps(|o| o.errors()) / steps(|o| o.total()).max(1.0)),
        trials: u32::try_from(trials.len()).unwrap_or(u32::MAX),
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    match all.len() {
        0 => 0.0,
        n => f64::midpoint(all[(n - 1) / 2], all[n / 2]),
    }
}

fn caveats(compared: &Compared<'_>, paired: bool) -> Vec<String> {
    let mut all = Vec::new();
    for (name, run) in &compared.stacks {
        match run.verdict.kind {
            VerdictKind::Saturated | VerdictKind::Held => {}
            VerdictKind::AtLeast | VerdictKind::SloUndefined | VerdictKind::Invalid => {
                all.push(format!("{name}: {}", run.verdict.sentence));
            }
        }
        all.extend(run.interrupted.iter().map(|why| format!("{name}: its run was ended early: {why}.")));
    }
    if paired {
        all.extend(compared.waiting.map(|waiting| waited(waiting).to_owned()));
        all.extend(disturbed_caveat(compared.slices.iter().map(|s| s.result)));
        all.push("Throughput is compared in units of the same work: the steps that succeeded, each weighted by what it costs the first stack at low load.".into());
        all.push("Where two stacks have the same components, send the generator as many bytes and exhaust their CPUs, each slice is adjusted for how fast the machine was in it, by the generator's own CPU time for a response to the power 0.7; elsewhere nothing is adjusted, because another stack may cost the generator more or less.".into());
        all.push("Capacity, bottleneck and CPU time of each stack are those of its own search, which was not interleaved; which stack is better rests on the pairs alone.".into());
    } else {
        all.push("These runs were made one after the other, so the machine's own speed is in the difference. Where both are adjusted for it the adjusted figures are compared, and the interval holds the raw ratio as well. `redline compare SCENARIO --topology A --topology B` measures them in turns.".into());
    }
    all
}

/// What the way of waiting means for the figures.
fn waited(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Resting => {
            "All stacks were up at once on the same CPUs. Those that waited were asked nothing, and cost a little CPU: the more servers, the more."
        }
        Waiting::Frozen => {
            "All stacks were up at once on the same CPUs. Those that waited were frozen: they cost no CPU, and kept what they had in memory. What was older than it may be was made again in the seconds before each slice."
        }
        Waiting::Removed => {
            "One stack at a time was up. Each was started and warmed up for ten seconds for each of its turns; what takes longer to fill (a cache, a buffer pool) was not full in any of them, so stacks that live by it come out lower than they would be."
        }
    }
}
