//! Makes the rounds: each contender in its turn, the same visitors for all of them.

use redline_analysis::Rounds;
use redline_model::{TrialClass, TrialResult, TrialSpec};

use super::Contender;
use crate::{exit::Failure, interrupt::Interrupt, live::Live};

/// The first visitor of the first round: far from those that a search has had.
const FIRST_VISITOR: u64 = 1 << 32;
/// No slice has more visitors than this.
const VISITORS: u64 = 1 << 20;

/// One slice of one contender.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    /// The round, from 0; rounds that were broken off count.
    pub(crate) round: u32,
    /// The contender, by its place.
    pub(crate) contender: usize,
    /// Which of the loads, by its place.
    #[expect(dead_code, reason = "who has several loads tells them by their purpose")]
    pub(crate) load: usize,
    /// What was measured.
    pub(crate) result: TrialResult,
}

impl Slice {
    /// Whether it may be compared.
    pub(crate) fn is_fit(&self) -> bool {
        self.result.class != TrialClass::GeneratorLimited
    }
}

/// Goes on with `rounds` until they are complete: in each turn every load of `loads` once, in that order, with the
/// same visitors at the same moments for all contenders. Slices are added to `slices` as they are made; those
/// of a round that was broken off because one was not fit are there too.
pub(crate) async fn make_rounds(
    contenders: &mut [Contender],
    rounds: &mut Rounds,
    loads: &[TrialSpec],
    live: &Live,
    interrupt: &Interrupt,
    slices: &mut Vec<Slice>,
) -> Result<(), Failure> {
    while let Some(turn) = rounds.turn() {
        let Some(contender) = contenders.get_mut(turn.contender) else { break };
        let mut fit = true;
        for (load, spec) in loads.iter().enumerate() {
            let of = format!("round {} of {}", rounds.complete() + 1, rounds.wanted());
            live.phase(&format!("{of}: {}, {} sessions for {}", contender.name, spec.offered, spec.settle + spec.hold));
            let visitors = FIRST_VISITOR + VISITORS * (u64::from(turn.round) * loads.len() as u64 + load as u64);
            let result = slice(contender, *spec, visitors, live, interrupt).await?;
            let slice = Slice { round: turn.round, contender: turn.contender, load, result };
            live.say(&told(&of, &contender.name, &slice));
            fit &= slice.is_fit();
            slices.push(slice);
            if !fit {
                break;
            }
        }
        rounds.record(fit);
    }
    Ok(())
}

/// Its probes are read while it is measured, and not while others are: reading costs its servers' CPUs.
async fn slice(
    contender: &mut Contender,
    spec: TrialSpec,
    visitors: u64,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<TrialResult, Failure> {
    contender.site.wake();
    let made = match contender.driver(live, interrupt) {
        Ok(mut driver) => driver.trial_of(spec, visitors).await,
        Err(failure) => Err(failure),
    };
    contender.site.rest();
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
