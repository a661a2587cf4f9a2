//! From the steps of a trial with an overload in it and its control to the figures of the overload.

use std::time::Duration;

use redline_model::{Mono, OrderBooks, Outcome, OutcomeCounts, OverloadReport, Rate, Seconds, StepTrace};

use super::{
    LoadShares, Peak, Watched, find_outage,
    measure::{cautions, outage},
    needed_share,
    peak::Brought,
};
use crate::search::behaviour;

/// At the beginning of an overload nobody has waited yet, and most steps are the first ones of their sessions, which are
/// not as heavy as others: its goodput is not to be compared.
const SETTLES: Duration = Duration::from_secs(2);

/// With so many times the goodput of the peak it was no overload.
const MORE_THAN_PEAK: f64 = 1.1;

/// How many times what was offered, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverloadTimes {
    /// The multiple.
    pub times: f64,
    /// What it is a multiple of.
    pub of: Rate,
    /// When the first session of the overload was meant to begin.
    pub began: Mono,
    /// When the last one was.
    pub ended: Mono,
}

/// All that an overload's figures are computed from.
#[derive(Debug, Clone)]
pub struct OverloadInput<'a> {
    /// The overload itself.
    pub overload: OverloadTimes,
    /// The load around it.
    pub around: LoadShares,
    /// The trial with it.
    pub overloaded: Watched<'a>,
    /// The one without, with the same seed.
    pub control: Watched<'a>,
    /// The highest goodput of any load that was measured before with nobody turned away, where there was one; else the
    /// control's is scaled.
    pub peak: Option<Peak>,
    /// How fast the machine was in the control: responses for each second of the generator's CPU time.
    pub machine_speed: Option<f64>,
    /// The most sessions in flight at the end of any second.
    pub most_in_flight: u64,
    /// How long the recovery was watched.
    pub recovery_watched: Seconds,
    /// Why the generator could not offer so much, where it could not.
    pub generator_limited: Option<String>,
    /// What became of all requests of the trial.
    pub requests: &'a OutcomeCounts,
    /// The orders' books of the trial.
    pub orders: Option<OrderBooks>,
}

/// Measures what became of the visitors.
#[must_use]
pub fn measure_overload(input: &OverloadInput<'_>) -> OverloadReport {
    let (watched, OverloadTimes { times, of, began, ended }) = (input.overloaded, input.overload);
    let needed = needed_share(input.control.steps);
    let found = find_outage(watched.steps, began, Some(ended), watched.until, needed);
    let over = found.map_or(ended, |o| o.ends.unwrap_or(watched.until).max(ended));
    let touched = || watched.steps.iter().filter(|s| s.ended > began && s.intended < over);
    let mut outcomes = OutcomeCounts::default();
    touched().filter(|s| s.outcome.is_error()).for_each(|s| outcomes.add(s.outcome));
    let settled = if ended.since(began) > SETTLES { began.plus(SETTLES) } else { began };
    let (goodput, right) = (rate(watched.steps, settled, ended, good), rate(watched.steps, settled, ended, is_right));
    let control = rate(input.control.steps, input.control.start.plus(SETTLES), input.control.until, good);
    // Where no peak was measured: as many good steps a session as the control's, at what the multiple is of.
    let scaled = control.0 * (of.0 / input.around.offered.0).max(1.0);
    let brought = input.peak.map(|peak| peak.brought_to(input.machine_speed));
    let peak = Rate(brought.as_ref().map_or(scaled, |peak| peak.goodput.0.max(control.0)));
    let since = |at: Mono| Seconds::from(at.since(watched.start));
    let slo_again_after = match found {
        None => Some(Seconds(0.0)),
        Some(outage) => outage.ends.map(|ends| Seconds::from(ends.since(ended))),
    };
    let offered = Rate(of.0 * times);
    let carried = goodput.0 > MORE_THAN_PEAK * peak.0;
    let told = peak.0 > 0.0 && input.generator_limited.is_none() && !carried;
    let called = told.then(|| behaviour(goodput.0 / peak.0));
    OverloadReport {
        times,
        of,
        offered,
        around: input.around.offered,
        of_sustainable: input.around.of_sustainable,
        trial: watched.trial,
        control: input.control.trial,
        began: since(began),
        ended: since(ended),
        goodput,
        right,
        peak,
        behaviour: called,
        generator_limited: input.generator_limited.clone(),
        most_in_flight: input.most_in_flight,
        outage: outage(found, watched.until, needed, None),
        watched: input.recovery_watched,
        slo_again_after,
        predicted: backlog(offered, input.around, ended.since(began).into()),
        outcomes,
        slow: touched().filter(|s| is_right(s) && !s.good).count() as u64,
        requests: input.requests.clone(),
        orders: input.orders,
        broken: None,
        caveats: remarks(input, cautions(needed, found, None), brought, carried),
    }
}

/// What the reader must know.
fn remarks(input: &OverloadInput<'_>, cautions: Vec<String>, peak: Option<Brought>, carried: bool) -> Vec<String> {
    let mut all = cautions;
    all.extend(peak.and_then(|peak| peak.remark));
    if carried {
        all.push("more steps were right and in time than at the peak that it is held against: the machine was faster by now, or that peak too low, and this was no overload.".to_owned());
    }
    if input.peak.is_none() {
        let (around, of) = (input.around.offered, input.overload.of);
        all.push(format!("the peak was not measured: it is the control's goodput, brought from {around} to {of}."));
    }
    all
}

fn good(step: &StepTrace) -> bool {
    step.good
}

fn is_right(step: &StepTrace) -> bool {
    step.outcome == Outcome::Ok
}

/// Steps of a kind that ended between two moments, per second.
fn rate(steps: &[StepTrace], from: Mono, to: Mono, of: impl Fn(&StepTrace) -> bool) -> Rate {
    let span = to.since(from).as_secs_f64();
    let count = steps.iter().filter(|s| s.ended >= from && s.ended < to && of(s)).count();
    Rate(if span > 0.0 { count as f64 / span } else { 0.0 })
}

/// What came and was not served, worked off by what the load afterwards leaves free: (λ′ − μ)·D ÷ (μ − λ).
fn backlog(offered: Rate, around: LoadShares, lasted: Seconds) -> Option<Seconds> {
    let load = around.of_saturation.filter(|load| load.0 > 0.0 && load.0 < 1.0)?;
    let served = around.offered.0 / load.0;
    Some(Seconds((offered.0 - served).max(0.0) * lasted.0 / (served - around.offered.0)))
}

#[cfg(test)]
mod tests {
    use redline_model::{Behaviour, Outage, Share};

    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }
    /// 100 steps/s for 40 s, and twice as many while the overload lasts, slow ones where `slow` says so.
    fn steps(overload: bool, slow: impl Fn(u64) -> bool) -> Vec<StepTrace> {
        let step = |half: u64| {
            let ms = half * 5;
            let (intended, takes) = (at(ms), if slow(ms) { 900 } else { 20 });
            let (good, step) = (!slow(ms), "home".to_owned());
            StepTrace {
                intended,
                ended: at(ms + takes),
                step,
                outcome: Outcome::Ok,
                good,
                session: half,
                version: None,
            }
        };
        let comes = |half: &u64| half.is_multiple_of(2) || (overload && (10_000..15_000).contains(&(half * 5)));
        (0..8_000).filter(comes).map(step).collect()
    }
    fn measured(steps: &[StepTrace], limited: Option<&str>) -> OverloadReport {
        beside(steps, limited, Some(Rate(190.0)))
    }
    fn beside(steps: &[StepTrace], limited: Option<&str>, peak: Option<Rate>) -> OverloadReport {
        let peak = peak.map(|goodput| Peak { goodput, machine_speed: None });
        let control = super::tests::steps(false, |_| false);
        let watched = |trial, steps| Watched { trial, start: at(0), until: at(40_000), steps };
        measure_overload(&OverloadInput {
            overload: OverloadTimes { times: 2.0, of: Rate(50.0), began: at(10_000), ended: at(15_000) },
            around: LoadShares {
                offered: Rate(40.0),
                of_sustainable: Some(Share(0.8)),
                of_saturation: Some(Share(0.8)),
            },
            overloaded: watched(2, steps),
            control: watched(1, &control),
            peak,
            machine_speed: Some(9_000.0),
            most_in_flight: 250,
            recovery_watched: Seconds(60.0),
            generator_limited: limited.map(str::to_owned),
            requests: &OutcomeCounts::default(),
            orders: None,
        })
    }

    #[test]
    fn a_server_that_queues_everybody_collapses_and_works_it_off() {
        // From a second into the overload to 20 s after it nobody is served in time.
        let report = measured(&steps(true, |ms| (10_500..35_000).contains(&ms)), None);
        assert_eq!((report.behaviour, report.peak.0.round()), (Some(Behaviour::Collapse), 190.0), "{report:?}");
        assert!(report.goodput.0 < 1.0 && report.right.0 > 100.0, "{report:?}");
        // 50 too many a second for 5 s, worked off by the 10 a second that are free.
        assert!((report.predicted.unwrap().0 - 25.0).abs() < 1e-9, "{:?}", report.predicted);
        assert_eq!(report.slo_again_after, Some(Seconds(20.0)));
        assert!(report.slow > 2_000 && report.outcomes.total() == 0, "{report:?}");
    }

    #[test]
    fn one_that_serves_them_all_is_graceful_and_has_nothing_to_recover_from() {
        let report = measured(&steps(true, |_| false), None);
        assert_eq!((report.behaviour, report.outage), (Some(Behaviour::Graceful), Outage::None));
        assert_eq!(report.slo_again_after, Some(Seconds(0.0)));
    }

    #[test]
    fn what_was_carried_was_no_overload_and_a_peak_that_was_not_measured_is_told() {
        let carried = beside(&steps(true, |_| false), None, Some(Rate(100.0)));
        assert!(carried.behaviour.is_none() && carried.caveats[0].contains("no overload"), "{carried:?}");
        let scaled = beside(&steps(true, |ms| (10_500..35_000).contains(&ms)), None, None);
        assert_eq!((scaled.peak.0.round(), scaled.behaviour), (125.0, Some(Behaviour::Collapse)));
        assert!(scaled.caveats[0].contains("not measured"), "{scaled:?}");
    }

    #[test]
    fn the_generators_own_limit_calls_the_server_nothing() {
        let report = measured(&steps(true, |_| true), Some("its CPU was busy"));
        assert_eq!((report.behaviour, report.slo_again_after), (None, None));
        assert!(report.generator_limited.is_some());
    }
}
