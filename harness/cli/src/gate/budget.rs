//! Limits against runs: those that the file asks for, or runs that were saved.

use std::path::Path;

use jiff::Timestamp;
use redline_analysis::{Against, Figure, Limit, Need, Precision, SearchPlan, judge_budget};
use redline_model::{
    Baseline, Deploy, Fault, Finding, GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, LoadModel, Mono,
    RunReport, Seconds, Share, SloLimit, SloTerm, Stage,
};
use redline_reports::{find, load};

use super::{
    file::{self, Budget, Placed, SearchKind},
    output,
};
use crate::{
    args::{GateArgs, TopologyArg},
    baselines,
    commands::baseline::class_here,
    exit::{Ended, Failure},
    faults::{self, At, FaultScript, check_site},
    interrupt::Interrupt,
    plan::{self, Mode, Proof, RunPlan},
    report, run,
};

/// The file, the runs, the limits, the answer.
pub(super) async fn judge(path: &Path, args: &GateArgs) -> Result<Ended, Failure> {
    let (began, started) = (Mono::now(), Timestamp::now());
    let budget = file::read(path)?;
    let seed = args.seed.unwrap_or_else(plan::new_seed);
    let baseline = baseline(&budget)?;
    let plans = if args.run.is_empty() { plans(&budget, args, seed)? } else { Vec::new() };
    let runs = if plans.is_empty() { saved(args)? } else { make(plans).await? };
    let findings =
        budget.limits.iter().map(|placed| of(placed, &runs, baseline.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let outcome = GateOutcome::of_all(findings.iter().map(|f| f.outcome));
    let gate = GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Budget,
        started: format!("{started:.0}"),
        took: Mono::now().since(began).into(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        seed: args.run.is_empty().then_some(seed),
        outcome,
        sentence: sentence(&findings),
        subject: runs.iter().map(|r| r.run.clone()).collect::<Vec<_>>().join(", "),
        machine_class: runs.first().map_or_else(String::new, |r| r.fingerprint.environment.class()),
        findings,
        suspects: Vec::new(),
        caveats: caveats(&runs),
    };
    if runs.iter().any(|r| r.interrupted.is_some()) && args.run.is_empty() {
        return Ok(Ended::Interrupted);
    }
    output::finish(&gate, args, &name(path), &[])
}

/// What a limit says of the runs: the one that has what it is about. It matches nothing where none has.
fn of(placed: &Placed, runs: &[RunReport], baseline: Option<&Baseline>) -> Result<Finding, Failure> {
    let mut problem = None;
    for run in runs {
        match judge_budget(&placed.limit, run, baseline) {
            Ok(finding) => return Ok(Finding { place: Some(placed.place.clone()), ..finding }),
            Err(unmatched) => problem = Some(unmatched),
        }
    }
    let at = format!("{}, line {}", placed.place.file, placed.place.line);
    Err(Failure::usage(problem.map_or_else(|| format!("{at}: there is no run to judge"), |p| format!("{at}: {p}"))))
}

/// The baseline for this class of machine, where a limit is relative to one.
fn baseline(budget: &Budget) -> Result<Option<Baseline>, Failure> {
    let asked = budget.limits.iter().any(|p| p.limit.against == Against::Baseline);
    let class = class_here();
    // A topology's file is known by its name, as in runs.
    let topology = Path::new(&budget.topology).file_stem().unwrap_or_default().to_string_lossy();
    asked.then(|| baselines::read(&budget.baselines, &budget.scenario, &topology, &class)).transpose()
}

fn sentence(findings: &[Finding]) -> String {
    let count = |outcome| findings.iter().filter(|f| f.outcome == outcome).count();
    let (broken, unknown, invalid) =
        (count(GateOutcome::Fail), count(GateOutcome::Inconclusive), count(GateOutcome::Invalid));
    let of = findings.len();
    let parts = [
        (broken, "broken"),
        (invalid, "not judged, because their measurement is not valid"),
        (unknown, "too close to tell"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} of {of} limits {what}")).collect();
    if told.is_empty() { format!("All {of} limits hold.") } else { format!("{}.", told.join("; ")) }
}

fn caveats(runs: &[RunReport]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for caveat in runs.iter().flat_map(|r| &r.verdict.caveats) {
        if !all.contains(caveat) {
            all.push(caveat.clone());
        }
    }
    all
}

/// Runs that were saved, by their names.
fn saved(args: &GateArgs) -> Result<Vec<RunReport>, Failure> {
    args.run
        .iter()
        .map(|name| find(name, &args.out).and_then(|document| load(&document)).map_err(Failure::usage))
        .collect()
}

/// Makes the runs, one after the other. A failure ends the gate: a limit that was not measured is no pass.
async fn make(plans: Vec<RunPlan>) -> Result<Vec<RunReport>, Failure> {
    let interrupt = Interrupt::listen()?;
    let mut runs = Vec::new();
    for plan in &plans {
        let made = run::make(plan, interrupt.clone()).await?;
        eprintln!("{}", report::in_a_line(&made.document));
        let interrupted = made.document.interrupted.is_some();
        runs.push(made.settled()?);
        if interrupted {
            break;
        }
    }
    Ok(runs)
}

/// A run for each thing that the limits need: a load that is held, a search, faults and deployments.
fn plans(budget: &Budget, args: &GateArgs, seed: u64) -> Result<Vec<RunPlan>, Failure> {
    let needs: Vec<Need> = budget.limits.iter().map(|p| p.limit.need()).collect();
    let mut plans = Vec::new();
    if let Some((rate, length)) = budget.held.filter(|_| needs.contains(&Need::Held)) {
        let stages = vec![Stage { from: rate, to: rate, length }];
        let mut plan = base(budget, args, seed)?;
        plan.mode = Mode::Hold(LoadModel::Open { arrivals: plan.arrivals, stages });
        // Each limit as a promise, so that the run keeps the share that breaks it, with its interval.
        plan.slo.0.extend(budget.limits.iter().filter_map(|p| promise(&p.limit)));
        plans.push(plan);
    }
    if needs.contains(&Need::Search) {
        let (precision, proof) = match budget.search {
            SearchKind::Quick => (Precision::Quick, Proof::LeftOut),
            SearchKind::Default => (Precision::Default, Proof::LeftOut),
            SearchKind::Thorough => (Precision::Thorough, Proof::LeftOut),
        };
        let mode = Mode::Search { plan: Box::new(SearchPlan::new(precision)), proof, failure: None };
        plans.push(RunPlan { mode, ..base(budget, args, seed)? });
    }
    let faults: Vec<Fault> =
        distinct(needs.iter().filter_map(|n| if let Need::Fault(f) = n { Some(f.clone()) } else { None }));
    let deploys: Vec<Deploy> =
        distinct(needs.iter().filter_map(|n| if let Need::Deploy(d) = n { Some(*d) } else { None }));
    if !faults.is_empty() || !deploys.is_empty() {
        let lasts = budget.fault_for.unwrap_or(Seconds(5.0));
        let mut items = faults::faults(faults, lasts);
        items.extend(faults::deployments(deploys));
        let plan = base(budget, args, seed)?;
        check_site(&plan.site, &items)?;
        let script = FaultScript::of(items, vec![budget.fault_at.unwrap_or(At::Sustainable(Share(0.8)))]);
        plans.push(RunPlan { mode: Mode::Faults(Box::new(script)), ..plan });
    }
    Ok(plans)
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut kept, one| {
        if !kept.contains(&one) {
            kept.push(one);
        }
        kept
    })
}

/// What all runs of a file have in common.
fn base(budget: &Budget, args: &GateArgs, seed: u64) -> Result<RunPlan, Failure> {
    let scenario = plan::scenario(&budget.scenario)?;
    let slo = plan::slo(scenario, &budget.slo)?;
    let site = plan::ours(&TopologyArg::of(&budget.topology, None), args.network)?;
    let mode = Mode::Hold(LoadModel::Open { arrivals: redline_model::Arrivals::Poisson, stages: Vec::new() });
    Ok(RunPlan::plain(scenario, slo, site, mode, seed, args.out.clone()))
}

fn promise(limit: &Limit) -> Option<SloTerm> {
    let judged = match limit.figure {
        Figure::Latency(quantile) => SloLimit::Latency { quantile, below: Seconds(limit.bound) },
        Figure::Errors => SloLimit::Errors { below: Share(limit.bound) },
        _ => return None,
    };
    limit.over.is_none().then(|| SloTerm { limit: judged, step: limit.step.clone() })
}

fn name(path: &Path) -> String {
    path.file_stem().map_or_else(|| "budget".into(), |stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(outcome: GateOutcome) -> Finding {
        let text = String::new;
        Finding {
            name: text(),
            outcome,
            found: text(),
            limit: text(),
            detail: text(),
            value: None,
            detectable: None,
            place: None,
        }
    }

    #[test]
    fn the_sentence_leaves_nothing_out() {
        use GateOutcome::{Fail, Inconclusive, Invalid, Pass};
        assert_eq!(sentence(&[finding(Pass), finding(Pass)]), "All 2 limits hold.");
        let told = sentence(&[finding(Pass), finding(Fail), finding(Inconclusive), finding(Invalid)]);
        assert!(
            told.contains("1 of 4 limits broken") && told.contains("not valid") && told.contains("too close"),
            "{told}"
        );
    }
}
