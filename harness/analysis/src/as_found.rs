//! The seconds of an intervention in which nothing was changed: they count completions as a slice of overdrive does.

use std::time::Duration;

use redline_model::{InterventionPeriod, Purpose, Seconds, Tick, TrialClass, TrialResult, TrialSpec};

use crate::{
    bottleneck::is_as_found,
    search::mostly_whole,
    trial::{Batch, batches, machine_speed, rate},
};

/// By how much a tick may reach over a stretch's edge: workers cut their seconds with some jitter.
const JITTER: Duration = Duration::from_millis(50);
/// Fewer seconds than this tell too little.
const LEAST: usize = 4;

/// `trial`, an intervention, as if only those of its seconds had been measured in which the resource was as it was
/// found: a slice of overdrive. Absent where there are too few of them, or the trial was not fit.
#[must_use]
pub fn as_found(trial: &TrialResult, ticks: &[Tick], periods: &[InterventionPeriod]) -> Option<TrialResult> {
    let start = ticks.iter().map(|t| t.from).min()?;
    let inside = |b: &Batch, p: &InterventionPeriod| b.from.plus(JITTER) >= p.from && b.to <= p.to.plus(JITTER);
    let unchanged = |b: &Batch| periods.iter().any(|p| is_as_found(p) && inside(b, p));
    let window: Vec<Batch> = batches(start, ticks).into_iter().filter(unchanged).collect();
    if window.len() < LEAST || trial.class == TrialClass::GeneratorLimited || !mostly_whole(trial) {
        return None;
    }
    let (completed, completed_error) = rate(&window, |t| t.sessions.finished + t.sessions.failed);
    let (responses, responses_error) = rate(&window, |t| t.requests.outcomes.responses());
    let length: Seconds = window.iter().map(Batch::length).sum();
    Some(TrialResult {
        spec: TrialSpec { purpose: Purpose::Overdrive, hold: length, ..trial.spec },
        to: trial.from + length,
        completed,
        completed_error,
        responses,
        responses_error,
        machine_speed: machine_speed(&window),
        ..trial.clone()
    })
}

#[cfg(test)]
mod tests {
    use redline_model::{GeneratorTick, Mono, Outcome, Rate};

    use super::*;
    use crate::checks::tests::trial;

    fn second(at: u64, sessions: u64) -> Tick {
        let mut tick = Tick::default();
        (tick.from, tick.to) = (Mono(at * 1_000_000_000), Mono((at + 1) * 1_000_000_000));
        tick.sessions.finished = sessions;
        for _ in 0..10 * sessions {
            tick.requests.outcomes.add(Outcome::Ok);
        }
        tick.generator = GeneratorTick { cpu: Seconds(0.05), cpus: 1, ..GeneratorTick::default() };
        tick
    }

    #[test]
    fn only_the_seconds_in_which_nothing_was_changed_count() {
        let ticks: Vec<Tick> = (10..22).map(|at| second(at, if (13..19).contains(&at) { 30 } else { 50 })).collect();
        let period = |from: u64, to: u64, factor| InterventionPeriod {
            from: Mono(from * 1_000_000_000),
            to: Mono(to * 1_000_000_000),
            factor,
        };
        let periods = [period(10, 13, 1.0), period(13, 19, 0.75), period(19, 22, 1.0)];
        let base = trial(10.0, None);
        let found = as_found(&base, &ticks, &periods).unwrap();
        assert_eq!((found.completed, found.responses), (Rate(50.0), Rate(500.0)));
        assert_eq!((found.spec.purpose, found.spec.hold), (Purpose::Overdrive, Seconds(6.0)));
        assert_eq!(found.machine_speed, Some(10_000.0));
        assert!(as_found(&base, &ticks, &periods[1..2]).is_none());
    }
}
