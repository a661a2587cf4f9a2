//! A candidate against a base: both up at once, slices in pairs, a look at 10, 20 and 40 of them.

use jiff::Timestamp;
use redline_analysis::{GateRule, Judged, Judgement, Rounds, judge_pairs};
use redline_model::{
    Finding, GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, JourneyOptions, LoadModel, Mono, Rate, ThinkScale,
    TrialSpec,
};

use super::{
    output,
    side::{self, Side},
    slices::{self, BASE, METRICS, pairs},
    suspects::suspects,
};
use crate::{
    args::GateArgs,
    exit::{Ended, Failure},
    interrupt::Interrupt,
    live::Live,
    pairs::{Contender, Slice, SliceLengths, close_all, drive, held, make_rounds, open_all, overdriven},
    plan::{self, Browser, Mode, Output, RunPlan},
};

/// The share of the base's saturation throughput at which response times and CPU are compared.
const LOAD: f64 = 0.7;

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
    let (plans, kept) = plans(sides, args, seed)?;
    let interrupt = Interrupt::listen()?;
    let live = Live::start(None);
    live.say(&format!("gate: {} against {}, up to {} pairs · seed {seed}", names[1], names[0], args.pairs));
    let mut contenders = open_all(plans, &live, &interrupt).await?;
    let measured = measure(&mut contenders, &rule, seed, &live, &interrupt).await;
    let measured = match measured {
        Ok(measured) => books(measured, &contenders, &live).await,
        failed => failed,
    };
    let class = contenders.first().map_or_else(String::new, |c| c.site.facts().environment.class());
    live.phase("removing the stacks");
    let removed = close_all(contenders.into_iter().map(|c| c.site).collect()).await;
    live.end();
    drop(kept);
    let measured = measured?;
    removed?;
    let complete = pairs(&measured.slices);
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
        ..answer(&measured, &rule, complete.len())
    };
    output::finish(&gate, args, "regression", &[("pairs.csv", slices::table(&complete))])
}

fn rule(args: &GateArgs) -> GateRule {
    let usual = GateRule::default();
    let most = args.pairs.parse().unwrap_or(usize::MAX);
    GateRule { looks: usual.looks.iter().copied().filter(|l| l.pairs <= most).collect(), ..usual }
}

/// A run for each side, with the same seed; and what has to be kept until they are over.
fn plans(sides: [Side; 2], args: &GateArgs, seed: u64) -> Result<(Vec<(String, RunPlan)>, Vec<side::Kept>), Failure> {
    let scenario = plan::scenario(args.scenario.as_deref().unwrap_or("checkout"))?;
    let arrivals = redline_model::Arrivals::Poisson;
    let mut all = (Vec::new(), Vec::new());
    for (name, side) in ["base", "candidate"].into_iter().zip(sides) {
        let (site, kept) = side.parts();
        let plan = RunPlan {
            scenario,
            options: JourneyOptions { path: None, requests_per_session: None },
            slo: plan::slo(scenario, &[])?,
            site,
            mode: Mode::Hold(LoadModel::Open { arrivals, stages: Vec::new() }),
            arrivals,
            think: ThinkScale(0.0),
            seed,
            browser: Browser::LeftOut,
            dashboard: None,
            otlp: None,
            out: args.out.clone(),
            output: Output::Page,
        };
        all.0.push((name.to_owned(), plan));
        all.1.extend(kept);
    }
    Ok(all)
}

/// Finds how hard to drive them, then makes pairs until a look has an answer.
async fn measure(
    contenders: &mut [Contender],
    rule: &GateRule,
    seed: u64,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    let mut measured = Measured { slices: Vec::new(), judgement: None, invalid: None };
    let Some(loads) = loads(contenders, live, interrupt).await? else {
        measured.invalid = Some("the generator could not drive both to saturation".into());
        return Ok(measured);
    };
    let most = rule.looks.last().map_or(0, |l| l.pairs);
    let mut rounds = Rounds::new(contenders.len(), 0, seed);
    for look in &rule.looks {
        rounds.want(u32::try_from(look.pairs).unwrap_or(u32::MAX));
        make_rounds(contenders, &mut rounds, &loads, live, interrupt, &mut measured.slices).await?;
        let complete = pairs(&measured.slices);
        if complete.len() < look.pairs {
            measured.invalid = measured.judgement.is_none().then(|| unfit(&measured.slices, look.pairs));
            return Ok(measured);
        }
        let judgement = judge_pairs(&slices::metrics(&complete), *look, rule);
        live.say(&format!("  {} of {most} pairs: {}", complete.len(), judgement.outcome.as_str()));
        let settled = judgement.outcome != GateOutcome::Inconclusive;
        measured.judgement = Some(judgement);
        if settled {
            break;
        }
    }
    Ok(measured)
}

/// Driven over, and held at 70 % of what the base then completes; nothing where one cannot be driven over.
async fn loads(
    contenders: &mut [Contender],
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Option<[TrialSpec; 2]>, Failure> {
    let mut driven = Vec::new();
    for contender in contenders.iter_mut() {
        live.say(&format!("{}: how hard to drive it", contender.name));
        contender.site.wake();
        let found = match contender.driver(live, interrupt) {
            Ok(mut driver) => drive(&mut driver, None, live).await,
            Err(failure) => Err(failure),
        };
        contender.site.rest();
        driven.push(found?);
    }
    let lengths = SliceLengths::default();
    let base = driven.get(BASE).copied().flatten();
    Ok(overdriven(&driven, lengths).zip(base).map(|(over, base)| [over, held(Rate(LOAD * base.completed.0), lengths)]))
}

/// Why there are too few pairs.
fn unfit(slices: &[Slice], wanted: usize) -> String {
    let unfit: Vec<&Slice> = slices.iter().filter(|s| !s.is_fit()).collect();
    let why = unfit.last().map_or_else(String::new, |s| format!(", for example: {}", s.result.reasons.join("; ")));
    format!("fewer than {wanted} pairs were fit to be compared; {} slices were not{why}", unfit.len())
}

/// The servers' own books must agree with the generator's, slice by slice, or the gate says nothing.
async fn books(mut measured: Measured, contenders: &[Contender], live: &Live) -> Result<Measured, Failure> {
    let folder =
        tempfile::tempdir().map_err(|e| Failure::environment(format!("cannot make a temporary folder: {e}")))?;
    for (place, contender) in contenders.iter().enumerate() {
        let used: Vec<u32> =
            measured.slices.iter().filter(|s| s.contender == place && s.is_fit()).map(|s| s.result.number).collect();
        live.phase("counting the access log");
        let books = contender.site.books(folder.path(), live).await;
        let limits = contender.site.memory_limits();
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
fn answer(measured: &Measured, rule: &GateRule, pairs: usize) -> GateReport {
    let judged = measured.judgement.as_ref();
    let outcome = match (&measured.invalid, judged) {
        (None, Some(judgement)) => judgement.outcome,
        _ => GateOutcome::Invalid,
    };
    let findings: Vec<Finding> = match judged {
        Some(judgement) => judgement.metrics.iter().map(|m| finding(m, rule)).collect(),
        None => METRICS.map(nothing).to_vec(),
    };
    GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Regression,
        started: String::new(),
        took: redline_model::Seconds(0.0),
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
