//! A candidate against a base: both up at once, slices in pairs, a look at 10, 20 and 40 of them.

use jiff::Timestamp;
use redline_analysis::GateRule;
use redline_model::{GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, LoadModel, Mono, Waiting};

use super::{
    answer::{answer, named_in},
    differences,
    measured::{How, Measured, books, measure},
    output,
    side::{self, Side},
    slices::{self, Plan},
    suspects::suspects,
};
use crate::{
    args::{GateArgs, Metric},
    exit::{Ended, Failure},
    interrupt::Interrupt,
    live::Live,
    pairs::{Contest, Entry, close_all, open_all},
    plan::{self, Mode, RunPlan},
    site::Facts,
};

/// Sides → both up → how hard to drive → pairs and looks → clean-up → answer.
pub(super) async fn judge(base: &str, args: &GateArgs) -> Result<Ended, Failure> {
    let (began, started) = (Mono::now(), Timestamp::now());
    let seed = args.seed.unwrap_or_else(plan::new_seed);
    let of = |asked| side::read(asked, args.topology.as_deref(), args.network);
    let sides = [of(Some(base))?, of(args.candidate.as_deref())?];
    let names = sides.each_ref().map(|s| s.name.clone());
    let rule = rule(args);
    let what = Plan { metrics: if args.metric.is_empty() { Metric::USUAL.to_vec() } else { args.metric.clone() } };
    let (plans, kept) = plans(sides, args, seed)?;
    let interrupt = Interrupt::listen()?;
    let live = Live::start(None);
    live.say(&format!("gate: {} against {}, up to {} pairs · seed {seed}", names[1], names[0], args.pairs));
    let folder =
        tempfile::tempdir().map_err(|e| Failure::environment(format!("cannot make a temporary folder: {e}")))?;
    let entry = |(name, plan)| Entry { name, plan, folder: folder.path().to_owned() };
    let entries = plans.into_iter().map(entry).collect();
    // Its rule was tried out on stacks that rest; what is compared is alike and rests alike.
    let Contest { mut contenders, .. } = open_all(entries, Some(Waiting::Resting), &live, &interrupt).await?;
    let mut measured = Measured::default();
    let how = How { rule: &rule, what: &what, seed, live: &live, interrupt: &interrupt };
    let made = match measure(&mut contenders, &how, &mut measured).await {
        Ok(()) => books(&mut measured, &mut contenders, &live).await,
        failed => failed,
    };
    let facts: Vec<Facts> =
        contenders.iter_mut().filter_map(|c| c.place.site().ok().map(|site| site.facts())).collect();
    let class = facts.first().map_or_else(String::new, |f| f.environment.class());
    let differ = facts.first().zip(facts.last()).map(|(base, candidate)| differences::told(base, candidate));
    live.phase("removing the stacks");
    let removed = close_all(&mut contenders).await;
    live.end();
    drop(kept);
    let broken = made.and(removed).err();
    measured.broken_off(&what, broken.as_ref());
    let (complete, named) = measured.pairs(&what);
    if complete.is_empty()
        && let Some(failure) = broken
    {
        return Err(failure);
    }
    let answer = answer(&measured, &rule, &what, complete.len());
    let all = [complete, named].concat();
    // What says nothing of the candidate names nothing.
    let slower = if answer.outcome == GateOutcome::Invalid { Vec::new() } else { suspects(&all, &rule) };
    let gate = GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Regression,
        started: format!("{started:.0}"),
        took: Mono::now().since(began).into(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        seed: Some(seed),
        machine_class: class,
        subject: format!("{} against {}", names[1], names[0]),
        sentence: named_in(&answer, &slower),
        suspects: slower,
        caveats: differ.into_iter().chain(answer.caveats.clone()).collect(),
        ..answer
    };
    let ended = output::finish(&gate, args, "regression", &[("pairs.csv", slices::table(&all))])?;
    broken.map_or(Ok(ended), Err)
}

fn rule(args: &GateArgs) -> GateRule {
    let usual = GateRule::default();
    let most = args.pairs.parse().unwrap_or(usize::MAX);
    GateRule { looks: usual.looks.iter().copied().filter(|l| l.pairs <= most).collect(), ..usual }
}

/// A run for each side, by its name.
type Plans = Vec<(String, RunPlan)>;

/// A run for each side, with the same seed; and what has to be kept until they are over.
fn plans(sides: [Side; 2], args: &GateArgs, seed: u64) -> Result<(Plans, Vec<side::Kept>), Failure> {
    let scenario = plan::scenario(args.scenario.as_deref().unwrap_or("checkout"))?;
    let arrivals = redline_model::Arrivals::Poisson;
    let mut all = (Vec::new(), Vec::new());
    for (name, side) in ["base", "candidate"].into_iter().zip(sides) {
        let (site, kept) = side.parts();
        let mode = Mode::Hold(LoadModel::Open { arrivals, stages: Vec::new() });
        let plan = RunPlan::plain(scenario, plan::slo(scenario, &[])?, site, mode, seed, args.out.clone());
        all.0.push((name.to_owned(), plan));
        all.1.extend(kept);
    }
    Ok(all)
}
