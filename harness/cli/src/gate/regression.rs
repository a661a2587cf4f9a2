//! A candidate against a base: both up at once, slices in pairs, a look at 10, 20 and 40 of them.

use jiff::Timestamp;
use redline_analysis::{GateRule, Judged, Judgement, Role, Rounds, judge_pairs};
use redline_model::{
    Finding, GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, LoadModel, Mono, Seconds, Waiting,
};

use super::{
    differences,
    loads::Loads,
    output,
    side::{self, Side},
    slices::{self, Plan, pairs},
    suspects::suspects,
};
use crate::{
    args::{GateArgs, Metric},
    exit::{Ended, Failure},
    interrupt::Interrupt,
    live::Live,
    pairs::{Contender, Contest, Entry, Slice, SliceLengths, close_all, drive, make_rounds, open_all},
    plan::{self, Mode, RunPlan},
    site::{Facts, memory_limits},
};

/// Seven seconds: the probes' first readings come after a second, and what was queued before is gone by then.
const LENGTHS: SliceLengths = SliceLengths { settle: Seconds(2.0), hold: Seconds(5.0) };

/// What was measured, and what follows so far.
struct Measured {
    slices: Vec<Slice>,
    judgement: Option<Judgement>,
    /// Why nothing can be judged.
    invalid: Option<String>,
}

/// Sides → both up → how hard to drive → pairs and looks → clean-up → answer.
pub(super) async fn judge(base: &str, args: &GateArgs) -> Result<Ended, Failure> {
    let (began, started) = (Mono::now(), Timestamp::now());
    let seed = args.seed.unwrap_or_else(plan::new_seed);
    let of = |asked| side::read(asked, args.topology.as_deref(), args.network);
    let sides = [of(Some(base))?, of(args.candidate.as_deref())?];
    let names = sides.each_ref().map(|s| s.name.clone());
    let rule = rule(args);
    let what = Plan { metrics: if args.metric.is_empty() { Metric::ALL.to_vec() } else { args.metric.clone() } };
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
    let measured = measure(&mut contenders, &rule, &what, seed, &live, &interrupt).await;
    let mut facts: Vec<Facts> = Vec::new();
    let measured = match measured {
        Ok(measured) => books(measured, &mut contenders, &mut facts, &live).await,
        failed => failed,
    };
    let class = facts.first().map_or_else(String::new, |f| f.environment.class());
    let differ = facts.first().zip(facts.last()).map(|(base, candidate)| differences::told(base, candidate));
    live.phase("removing the stacks");
    let removed = close_all(&mut contenders).await;
    live.end();
    drop(kept);
    let measured = measured?;
    removed?;
    let complete = pairs(&measured.slices, &what);
    let answer = answer(&measured, &rule, &what, complete.len());
    let gate = GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Regression,
        started: format!("{started:.0}"),
        took: Mono::now().since(began).into(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        seed: Some(seed),
        machine_class: class,
        subject: format!("{} against {}", names[1], names[0]),
        suspects: suspects(&complete, &rule),
        caveats: differ.into_iter().chain(answer.caveats.clone()).collect(),
        ..answer
    };
    output::finish(&gate, args, "regression", &[("pairs.csv", slices::table(&complete))])
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

/// Finds how hard to drive them, then makes pairs until a look has an answer.
async fn measure(
    contenders: &mut [Contender],
    rule: &GateRule,
    what: &Plan,
    seed: u64,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    let mut measured = Measured { slices: Vec::new(), judgement: None, invalid: None };
    let Some(loads) = loads(contenders, what, live, interrupt).await? else {
        measured.invalid = Some("the generator could not drive both to saturation".into());
        return Ok(measured);
    };
    let most = rule.looks.last().map_or(0, |l| l.pairs);
    let mut rounds = Rounds::new(contenders.len(), 0, seed);
    for look in &rule.looks {
        rounds.want(u32::try_from(look.pairs).unwrap_or(u32::MAX));
        make_rounds(contenders, &mut rounds, |slices| loads.next(slices), live, interrupt, &mut measured.slices)
            .await?;
        let complete = pairs(&measured.slices, what);
        if complete.len() < look.pairs {
            measured.invalid = measured.judgement.is_none().then(|| unfit(&measured.slices, look.pairs));
            return Ok(measured);
        }
        let judgement = judge_pairs(&slices::metrics(&complete, what), *look, rule);
        live.say(&format!("  {} of {most} pairs: {}", complete.len(), judgement.outcome.as_str()));
        let settled = judgement.outcome != GateOutcome::Inconclusive;
        measured.judgement = Some(judgement);
        if settled {
            break;
        }
    }
    Ok(measured)
}

/// Which loads the pairs get; nothing where one of the sides cannot be driven beyond what it carries.
async fn loads(
    contenders: &mut [Contender],
    what: &Plan,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Option<Loads>, Failure> {
    let mut driven = Vec::new();
    for contender in contenders.iter_mut() {
        live.say(&format!("{}: how hard to drive it", contender.name));
        let work =
            async |contender: &mut Contender, _| drive(&mut contender.driver(live, interrupt)?, None, live).await;
        driven.push(contender.turn(live, interrupt, work).await?);
    }
    Ok(Loads::new(&driven, what, LENGTHS))
}

/// Why there are too few pairs.
fn unfit(slices: &[Slice], wanted: usize) -> String {
    let unfit: Vec<&Slice> = slices.iter().filter(|s| !s.is_fit()).collect();
    let why = unfit.last().map_or_else(String::new, |s| format!(", for example: {}", s.result.reasons.join("; ")));
    format!("fewer than {wanted} pairs were fit to be compared; {} slices were not{why}", unfit.len())
}

/// The servers' own books must agree with the generator's, slice by slice, or the gate says nothing. What the sites were
/// goes into `facts`.
async fn books(
    mut measured: Measured,
    contenders: &mut [Contender],
    facts: &mut Vec<Facts>,
    live: &Live,
) -> Result<Measured, Failure> {
    for (place, contender) in contenders.iter_mut().enumerate() {
        let used: Vec<u32> =
            measured.slices.iter().filter(|s| s.contender == place && s.is_fit()).map(|s| s.result.number).collect();
        live.phase("counting the access log");
        let Some(settled) = contender.place.settle(live).await? else { continue };
        let (books, limits) = (settled.books, memory_limits(&settled.facts.servers));
        facts.push(settled.facts);
        for raw in contender.journal.raw.iter().filter(|raw| used.contains(&raw.number())) {
            let result = raw.result(&contender.plan.slo, contender.journal.started, &limits, books.of(&raw.tag()));
            let wrong =
                result.checks.iter().find(|c| !c.passed && ["books-balance", "access-log"].contains(&c.check.as_str()));
            if let Some(check) = wrong {
                let told = format!(
                    "the books of {} do not balance in trial {}: {} found {} where {} was needed",
                    contender.name,
                    raw.number(),
                    check.check,
                    check.value,
                    check.limit
                );
                measured.invalid.get_or_insert(told);
            }
        }
    }
    Ok(measured)
}

/// The answer and what it rests on; the rest of the document is left to the caller.
fn answer(measured: &Measured, rule: &GateRule, what: &Plan, pairs: usize) -> GateReport {
    let judged = measured.judgement.as_ref();
    let outcome = match (&measured.invalid, judged) {
        (None, Some(judgement)) => judgement.outcome,
        _ => GateOutcome::Invalid,
    };
    let findings: Vec<Finding> = match judged {
        Some(judgement) => judgement.metrics.iter().filter(|m| told(m, what)).map(|m| finding(m, rule)).collect(),
        None => what.metrics.iter().map(|m| nothing(m.name())).collect(),
    };
    GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Regression,
        started: String::new(),
        took: Seconds(0.0),
        command: String::new(),
        seed: None,
        outcome,
        sentence: sentence(outcome, measured, pairs, rule),
        subject: String::new(),
        machine_class: String::new(),
        findings,
        suspects: Vec::new(),
        caveats: caveats(rule),
    }
}

fn sentence(outcome: GateOutcome, measured: &Measured, pairs: usize, rule: &GateRule) -> String {
    let worst = measured.judgement.iter().flat_map(|j| &j.metrics).filter(|m| m.outcome == GateOutcome::Fail);
    let slower: Vec<String> =
        worst.filter_map(|m| Some(format!("{} by {:.1} %", m.name, 100.0 * m.slowdown?.estimate))).collect();
    let ruled = 100.0 * rule.ruled_out;
    match outcome {
        GateOutcome::Fail => format!("The candidate is worse: {}, from {pairs} pairs.", slower.join("; ")),
        GateOutcome::Pass => format!("A slowdown of {ruled:.0} % or more is ruled out, from {pairs} pairs."),
        GateOutcome::Inconclusive => {
            format!("{pairs} pairs show no slowdown that is sure, and cannot rule out one of {ruled:.0} %.")
        }
        GateOutcome::Invalid => {
            let why = measured.invalid.as_deref().unwrap_or("nothing was measured");
            format!("The measurement is not valid: {why}.")
        }
    }
}

fn caveats(rule: &GateRule) -> Vec<String> {
    let looks: Vec<String> = rule.looks.iter().map(|l| format!("p < {} at {} pairs", l.fail_below, l.pairs)).collect();
    vec![
        format!(
            "Fail: one-sided Wilcoxon signed rank, Holm-corrected over the metrics, {}, and a Hodges-Lehmann slowdown above {:.0} %. Pass: {:.0} % ruled out with p < {} by every metric.",
            looks.join(", "),
            100.0 * rule.tolerated,
            100.0 * rule.ruled_out,
            rule.pass_below
        ),
        "Both sides ran at once on the same CPUs, in turns, with the same visitors; intervals are of 95 %.".into(),
    ]
}

/// A step that is no slower is not told, there are many; but where they are all that was asked for, each is.
fn told(metric: &Judged, what: &Plan) -> bool {
    let only_steps = what.metrics.iter().all(|m| *m == Metric::Steps);
    only_steps || metric.role == Role::Judged || metric.outcome == GateOutcome::Fail
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
        detail: format!("p = {:.4}, {} pairs", judged.p, judged.pairs),
        value: judged.slowdown,
        detectable: judged.detectable,
        place: None,
    }
}

fn nothing(name: &str) -> Finding {
    Finding {
        name: name.to_owned(),
        outcome: GateOutcome::Invalid,
        found: "nothing".into(),
        limit: String::new(),
        detail: "no pair was judged".into(),
        value: None,
        detectable: None,
        place: None,
    }
}
