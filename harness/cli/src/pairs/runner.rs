//! Makes the rounds: each contender in its turn, the same visitors for all of them.

use redline_analysis::{Rounds, Turn, fit_to_be_paired};
use redline_model::{Purpose, Seconds, TrialResult, TrialSpec};

use super::{Contender, place::Warmth};
use crate::{exit::Failure, interrupt::Interrupt, live::Live};

/// The first visitor of the first round: far from those that a search has had.
const FIRST_VISITOR: u64 = 1 << 32;
/// The first visitor of the first warm-up: far from those that are measured.
const FIRST_TO_WARM_UP: u64 = 1 << 44;
/// No slice has more visitors than this.
const VISITORS: u64 = 1 << 20;
/// How long a stack that was just started is driven before it is measured: as a search's own warm-up at most.
const WARM_UP: Seconds = Seconds(10.0);
/// What a start, its warm-up, the counting of its books and its removal take in all, about.
pub(crate) const COLD_START: Seconds = Seconds(30.0);

/// One slice of one contender.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    /// The round, from 0; rounds that were broken off count.
    pub(crate) round: u32,
    /// The contender, by its place.
    pub(crate) contender: usize,
    /// What was measured.
    pub(crate) result: TrialResult,
}

impl Slice {
    /// Whether it may be compared.
    pub(crate) fn is_fit(&self) -> bool {
        fit_to_be_paired(&self.result)
    }
}

/// Goes on with `rounds` until they are complete: in each turn every load of the round once, in that order, with the
/// same visitors at the same moments for all contenders. What a round's loads are follows from the slices before it.
/// Slices are added to `slices` as they are made; those of a round that was broken off because one was not fit are
/// there too.
pub(crate) async fn make_rounds(
    contenders: &mut [Contender],
    rounds: &mut Rounds,
    loads: impl Fn(&[Slice]) -> Vec<TrialSpec>,
    live: &Live,
    interrupt: &Interrupt,
    slices: &mut Vec<Slice>,
) -> Result<(), Failure> {
    let mut of_round = Vec::new();
    while let Some(turn) = rounds.turn() {
        if turn.place == 0 || of_round.is_empty() {
            of_round = loads(slices);
        }
        let Some(contender) = contenders.get_mut(turn.contender) else { break };
        let of = format!("round {} of {}", rounds.complete() + 1, rounds.wanted());
        live.phase(&format!("{of}: {}", contender.name));
        let make = async |contender: &mut Contender, warmth| {
            make_turn(contender, (turn, warmth), &of_round, &of, live, interrupt, slices).await
        };
        let fit = contender.turn(live, interrupt, make).await?;
        rounds.record(fit == Fit::Yes);
    }
    Ok(())
}

/// Whether a turn may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
}

/// Every load once, until a slice is not fit.
async fn make_turn(
    contender: &mut Contender,
    (turn, warmth): (Turn, Warmth),
    loads: &[TrialSpec],
    of: &str,
    live: &Live,
    interrupt: &Interrupt,
    slices: &mut Vec<Slice>,
) -> Result<Fit, Failure> {
    if let (Warmth::Cold, Some(first)) = (warmth, loads.first()) {
        warm_up(contender, first, turn.round, live, interrupt).await?;
    }
    for (load, spec) in loads.iter().enumerate() {
        live.phase(&format!("{of}: {}, {} sessions for {}", contender.name, spec.offered, spec.settle + spec.hold));
        let visitors = FIRST_VISITOR + VISITORS * (u64::from(turn.round) * loads.len() as u64 + load as u64);
        let result = trial(contender, *spec, visitors, live, interrupt).await?;
        let slice = Slice { round: turn.round, contender: turn.contender, result };
        live.say(&told(of, &contender.name, &slice));
        let fit = slice.is_fit();
        slices.push(slice);
        if !fit {
            return Ok(Fit::No);
        }
    }
    Ok(Fit::Yes)
}

/// Drives a stack that was just started, so that its programs and data are in memory. Nothing is concluded from it.
async fn warm_up(
    contender: &mut Contender,
    first: &TrialSpec,
    round: u32,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    live.phase(&format!("{}: warming up for {WARM_UP}", contender.name));
    let spec = TrialSpec { purpose: Purpose::WarmUp, settle: Seconds(1.0), hold: WARM_UP - Seconds(1.0), ..*first };
    let visitors = FIRST_TO_WARM_UP + VISITORS * u64::from(round);
    trial(contender, spec, visitors, live, interrupt).await.map(drop)
}

async fn trial(
    contender: &mut Contender,
    spec: TrialSpec,
    visitors: u64,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<TrialResult, Failure> {
    let before = contender.journal.raw.len();
    let made = match contender.driver(live, interrupt) {
        Ok(mut driver) => driver.trial_of(spec, visitors).await,
        Err(failure) => Err(failure),
    };
    if made.is_err() {
        // Half a slice says nothing, and its books cannot balance.
        contender.journal.raw.truncate(before);
    }
    made
}

fn told(of: &str, name: &str, slice: &Slice) -> String {
    let r = &slice.result;
    let unfit = if slice.is_fit() { String::new() } else { format!("  not fit: {}", r.reasons.join(" ")) };
    format!(
        "  {of:<14} {name:<16} completed {:>8} sessions {:>8} requests  p95 {:>8}{unfit}",
        r.completed.to_string(),
        r.responses.to_string(),
        r.response.p95.to_string(),
    )
}
