//! What a regression gate measures: pairs until a look has an answer, then those that name what got slower.

use redline_analysis::{GateRule, Judgement, Rounds, disturbed_caveat, judge_pairs};
use redline_model::{GateOutcome, Seconds};

use super::{
    loads::Loads,
    slices::{BASE, Pair, Plan, metrics, pairs},
    suspects::{names_a_page, suspects},
};
use crate::{
    args::Metric,
    exit::Failure,
    interrupt::Interrupt,
    live::Live,
    pairs::{ATTEMPTS, Contender, Slice, SliceLengths, drive, make_rounds},
    site::memory_limits,
};

/// Seven seconds: the probes' first readings come after a second, and what was queued before is gone by then.
const LENGTHS: SliceLengths = SliceLengths { settle: Seconds(2.0), hold: Seconds(5.0) };

/// So many pairs more, with little load, tell what got slower: half of them where that is enough to name something.
const NAMING: [u32; 2] = [12, 24];

/// What was measured, and what follows so far.
#[derive(Default)]
pub(super) struct Measured {
    slices: Vec<Slice>,
    /// What the latest look found.
    pub(super) judgement: Option<Judgement>,
    /// Why nothing can be judged.
    pub(super) invalid: Option<String>,
    /// Why what got slower was not looked for to the end.
    pub(super) unnamed: Option<String>,
}

impl Measured {
    /// The complete pairs that are judged, and after them those that were only made to name what got slower.
    pub(super) fn pairs(&self, what: &Plan) -> (Vec<Pair<'_>>, Vec<Pair<'_>>) {
        let named =
            if what.is_quiet() { Vec::new() } else { pairs(&self.slices, &Plan { metrics: vec![Metric::Steps] }) };
        (pairs(&self.slices, what), named)
    }

    /// How many slices are in pairs although the host took something from them.
    pub(super) fn disturbed(&self) -> Option<String> {
        disturbed_caveat(self.slices.iter().map(|s| &s.result))
    }

    /// What was measured until then is kept, and nothing is said of it.
    pub(super) fn broken_off(&mut self, what: &Plan, by: Option<&Failure>) {
        if let Some(failure) = by {
            let complete = self.pairs(what).0.len();
            self.invalid = Some(format!("it was broken off after {complete} pairs ({failure})"));
        }
    }
}

/// How it is measured.
pub(super) struct How<'a> {
    pub(super) rule: &'a GateRule,
    pub(super) what: &'a Plan,
    pub(super) seed: u64,
    pub(super) live: &'a Live,
    pub(super) interrupt: &'a Interrupt,
}

/// Finds how hard to drive them, then makes pairs until a look has an answer. What was measured stays in `measured`
/// whatever happens.
pub(super) async fn measure(
    contenders: &mut [Contender],
    how: &How<'_>,
    measured: &mut Measured,
) -> Result<(), Failure> {
    let &How { rule, what, live, interrupt, .. } = how;
    let Some(loads) = loads(contenders, how).await? else {
        measured.invalid = Some("the stacks could not be driven to saturation, to know which load they carry".into());
        return Ok(());
    };
    let most = rule.looks.last().map_or(0, |l| l.pairs);
    let mut rounds = Rounds::new(contenders.len(), 0, how.seed);
    for look in &rule.looks {
        rounds.want(u32::try_from(look.pairs).unwrap_or(u32::MAX));
        make_rounds(contenders, &mut rounds, |slices| loads.next(slices), live, interrupt, &mut measured.slices)
            .await?;
        let complete = pairs(&measured.slices, what);
        if complete.len() < look.pairs {
            measured.invalid = measured.judgement.is_none().then(|| unfit(&measured.slices, look.pairs));
            return Ok(());
        }
        let judgement = judge_pairs(&metrics(&complete, what), *look, rule);
        live.say(&format!("  {} of {most} pairs: {}", complete.len(), judgement.outcome.as_str()));
        let outcome = judgement.outcome;
        measured.judgement = Some(judgement);
        if outcome == GateOutcome::Fail && !what.is_quiet() {
            // That it is worse is known: whatever happens now does not take it back.
            let named = name(contenders, how, &loads, &mut rounds, measured).await;
            measured.unnamed = named.err().map(|failure| failure.to_string());
        }
        if outcome != GateOutcome::Inconclusive {
            break;
        }
    }
    Ok(())
}

/// Goes on with pairs of little load, in which the time of a page tells of its code.
async fn name(
    contenders: &mut [Contender],
    how: &How<'_>,
    loads: &Loads,
    rounds: &mut Rounds,
    measured: &mut Measured,
) -> Result<(), Failure> {
    let judged = rounds.complete();
    for more in NAMING {
        how.live.say(&format!("  worse: {more} pairs with little load tell what got slower"));
        rounds.want(judged + more);
        let quiet = |slices: &[Slice]| vec![loads.quiet(slices)];
        make_rounds(contenders, rounds, quiet, how.live, how.interrupt, &mut measured.slices).await?;
        let (judged, named) = measured.pairs(how.what);
        if suspects(&[judged, named].concat(), how.rule).iter().any(names_a_page) {
            break;
        }
    }
    Ok(())
}

/// Which loads the pairs get; nothing where one of the sides cannot be driven beyond what it carries.
async fn loads(contenders: &mut [Contender], how: &How<'_>) -> Result<Option<Loads>, Failure> {
    let &How { what, live, interrupt, .. } = how;
    let mut driven = Vec::new();
    for (place, contender) in contenders.iter_mut().enumerate() {
        live.say(&format!("{}: how hard to drive it", contender.name));
        // Where nothing is driven beyond what it carries only the base's load counts: the others are warmed up by it.
        let attempts = if place == BASE || what.drives() { ATTEMPTS } else { 1 };
        let work =
            async |contender: &mut Contender, _| drive(&mut contender.driver(live, interrupt)?, attempts, live).await;
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

/// The servers' own books must agree with the generator's, slice by slice, or the gate says nothing.
pub(super) async fn books(measured: &mut Measured, contenders: &mut [Contender], live: &Live) -> Result<(), Failure> {
    for (place, contender) in contenders.iter_mut().enumerate() {
        let used: Vec<u32> =
            measured.slices.iter().filter(|s| s.contender == place && s.is_fit()).map(|s| s.result.number).collect();
        live.phase("counting the access log");
        let Some(settled) = contender.place.settle(live).await? else { continue };
        let (books, limits) = (settled.books, memory_limits(&settled.facts.servers));
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
    Ok(())
}
