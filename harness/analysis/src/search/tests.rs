//! Whole searches in virtual time: their endings, their budgets, what they say.

use redline_model::{Mono, Purpose, Rate, Seconds, Slo, TrialClass, VerdictKind};
use rstest::rstest;

use super::*;
use crate::{
    Conclusion, SaturationEvidence, conclude, nominate,
    simulator::{Change, SimServer, Simulator},
};

const SLO: [&str; 1] = ["p95<60ms"];

fn server() -> SimServer {
    SimServer::with_capacity(Rate(100.0), 8, 8, 1.0)
}

fn search(server: SimServer, precision: Precision, ceiling: Option<f64>, seed: u64) -> (Simulator, SearchOutcome) {
    let mut simulator = Simulator::new(server, Slo::parse(SLO).unwrap(), seed);
    let outcome = simulator.search(Search::new(SearchPlan::new(precision), ceiling.map(Rate)));
    (simulator, outcome)
}

fn verdict(simulator: &Simulator, outcome: &SearchOutcome) -> redline_model::Verdict {
    let bottleneck = nominate(&SaturationEvidence {
        run_start: simulator.run_start(),
        trials: &simulator.trials,
        samples: &simulator.samples.iter().collect::<Vec<_>>(),
        server_cores: 8.0,
    });
    conclude(&Conclusion {
        outcome,
        trials: &simulator.trials,
        run_checks: &[],
        as_found: &[],
        bottleneck: Some(bottleneck),
    })
}

#[test]
fn a_search_finds_both_capacities_and_names_the_bottleneck() {
    let (simulator, outcome) = search(server(), Precision::Default, None, 1);
    assert_eq!(outcome.ending, Ending::Found);
    let verdict = verdict(&simulator, &outcome);
    assert_eq!(verdict.kind, VerdictKind::Saturated);
    let saturation = verdict.saturation.unwrap();
    assert!((saturation.sessions_per_second.estimate / 100.0 - 1.0).abs() < 0.05, "{saturation:?}");
    // 8 steps of 4 requests.
    assert!((saturation.requests_per_second.estimate / 3200.0 - 1.0).abs() < 0.06, "{saturation:?}");
    let sustainable = verdict.sustainable.unwrap();
    assert!(sustainable.sessions_per_second.estimate < saturation.sessions_per_second.high);
    assert!(sustainable.shoppers.estimate > 20.0 * sustainable.sessions_per_second.estimate);
    let bottleneck = verdict.bottleneck.unwrap();
    assert_eq!((bottleneck.component.as_str(), bottleneck.resource.as_str()), ("stage-0", "cpu"));
    assert!(verdict.knee.is_some() && !verdict.sentence.is_empty());
}

#[rstest]
#[case(Precision::Quick, 55.0)]
#[case(Precision::Default, 113.0)]
#[case(Precision::Thorough, 605.0)]
fn a_search_keeps_its_budget(#[case] precision: Precision, #[case] most: f64, #[values(30.0, 300.0)] x: f64) {
    let server = SimServer::with_capacity(Rate(x), 2, 4, 1.0);
    let mut simulator = Simulator::new(server, Slo::parse(["p95<100ms"]).unwrap(), 7);
    let outcome = simulator.search(Search::new(SearchPlan::new(precision), None));
    assert_eq!(outcome.ending, Ending::Found);
    assert!(simulator.elapsed().0 <= most, "{} s", simulator.elapsed().0);
    assert!(SearchPlan::new(precision).expected_time().0 <= most);
}

#[test]
fn a_generator_that_ends_first_gives_at_least() {
    // 100 sessions/s are 3 200 requests/s: half of the ceiling is less.
    let (simulator, outcome) = search(server(), Precision::Default, Some(3000.0), 2);
    assert!(matches!(outcome.ending, Ending::AtLeast(_)), "{outcome:?}");
    assert_eq!(outcome.saturation, None);
    let carried = outcome.sustainable.unwrap();
    assert!(carried.high <= 1500.0 / 32.0 * 1.15 && carried.high == carried.estimate, "{carried:?}");
    let verdict = verdict(&simulator, &outcome);
    assert_eq!(verdict.kind, VerdictKind::AtLeast);
    assert!(verdict.saturation.is_none() && verdict.bottleneck.is_none());
}

#[test]
fn a_generator_that_lags_gives_at_least() {
    let (simulator, outcome) =
        search(SimServer { generator_limit: Some(Rate(50.0)), ..server() }, Precision::Default, None, 3);
    assert!(matches!(outcome.ending, Ending::AtLeast(_)), "{outcome:?}");
    assert!(outcome.sustainable.unwrap().high <= 60.0);
    assert_eq!(simulator.trials.last().unwrap().class, TrialClass::GeneratorLimited);
}

#[rstest]
#[case::errors(SimServer { errors: 0.05, ..server() })]
#[case::stalls(SimServer { stalls: 0.08, stall: Seconds(0.5), ..server() })]
fn an_slo_that_is_broken_at_any_load_defines_no_capacity(#[case] server: SimServer) {
    let (simulator, outcome) = search(server, Precision::Default, None, 4);
    assert!(matches!(&outcome.ending, Ending::SloUndefined(_)), "{:?}", outcome.ending);
    let verdict = verdict(&simulator, &outcome);
    assert_eq!(verdict.kind, VerdictKind::SloUndefined);
    assert!(verdict.saturation.is_some() && verdict.sustainable.is_none());
}

#[test]
fn a_stack_that_refuses_at_once_has_the_capacity_that_it_lets_in() {
    // 400 steps a second, 8 of them a session: a count of the sessions that ended would go up without end.
    let sessions = 50.0;
    let (simulator, outcome) =
        search(SimServer { limiter: Some(Rate(400.0)), ..server() }, Precision::Default, None, 6);
    let x = outcome.saturation.unwrap_or_else(|| panic!("{outcome:?}"));
    assert!((x.estimate / sessions - 1.0).abs() < 0.08, "{outcome:?}");
    assert!(outcome.notes.iter().any(|n| n.contains("makes requests fail")), "{outcome:?}");
    let verdict = verdict(&simulator, &outcome);
    let requests = verdict.saturation.unwrap().requests_per_second.estimate;
    assert!((requests / (32.0 * sessions) - 1.0).abs() < 0.1, "{requests}");
}

/// A search in which the server becomes slower by `factor` just when the confirmation begins.
fn slower_at_confirmation(factor: f64) -> SearchOutcome {
    let plan = SearchPlan { width: 0.15, ..SearchPlan::new(Precision::Thorough) };
    let run = |change| {
        let slo = Slo::parse(["p95<150ms"]).unwrap();
        let mut simulator = Simulator::new(SimServer { change, ..server() }, slo, 5);
        let outcome = simulator.search(Search::new(plan, None));
        (simulator, outcome)
    };
    let (unchanged, _) = run(None);
    let confirmed = unchanged.trials.iter().find(|t| t.spec.purpose == Purpose::ConfirmHolds).unwrap();
    run(Some(Change { at: Seconds(confirmed.from.0 - 1.0), factor })).1
}

#[test]
fn a_confirmation_that_disagrees_opens_the_search_again() {
    let outcome = slower_at_confirmation(1.8);
    assert!(outcome.reopened > 0, "{outcome:?}");
    let sustainable = outcome.sustainable.unwrap();
    // 100 ÷ 1.8 = 55.6 at most from then on.
    assert!(sustainable.low < 55.6 && sustainable.estimate < 60.0, "{outcome:?}");
    assert!(outcome.notes.iter().any(|n| n.contains("speed changed during the run")), "{outcome:?}");
}

#[test]
fn a_slower_server_makes_a_short_search_less_sure() {
    let change = Some(Change { at: Seconds(70.0), factor: 1.5 });
    let (_, outcome) = search(SimServer { change, ..server() }, Precision::Default, None, 6);
    let sustainable = outcome.sustainable.unwrap();
    assert!(sustainable.low < 66.0, "{outcome:?}");
    assert!(!outcome.confirmed);
}

#[test]
fn beyond_the_peak_a_queue_collapses_and_one_that_refuses_does_not_count_for_the_knee() {
    let (simulator, outcome) = search(server(), Precision::Default, None, 12);
    let after = outcome.after_peak.clone().unwrap();
    // First come first served with nobody turned away: soon everybody waits longer than is promised.
    assert_eq!(after.behaviour, redline_model::Behaviour::Collapse);
    let factors: Vec<f64> = after.points.iter().map(|p| (p.factor * 10.0).round() / 10.0).collect();
    assert_eq!(factors, [1.5, 2.0]);
    let begins = after.collapse.unwrap();
    assert!(85.0 < begins.estimate && begins.estimate < 150.0 && begins.low <= begins.estimate, "{begins:?}");
    let overloads: Vec<_> = simulator.trials.iter().filter(|t| t.spec.purpose == Purpose::Overload).collect();
    assert!(overloads.iter().all(|t| t.spec.cap.is_none() && t.sessions.turned_away == 0));
    assert!(SearchPlan::new(Precision::Default).overload().0 <= 12.5);
    assert!(verdict(&simulator, &outcome).sentence.contains("collapse begins at"));
}

#[test]
fn a_patient_promise_survives_overload() {
    let slo = Slo::parse(["p95<30s"]).unwrap();
    let mut simulator = Simulator::new(server(), slo, 13);
    // In the two seconds of a default search chance alone is 5 %.
    let outcome = simulator.search(Search::new(SearchPlan::new(Precision::Thorough), None));
    let after = outcome.after_peak.unwrap();
    assert_eq!((after.behaviour, after.collapse), (redline_model::Behaviour::Graceful, None), "{after:?}");
}

#[test]
fn a_server_that_is_still_warming_up_is_warmed_longer() {
    let count = |change| {
        let slo = Slo::parse(SLO).unwrap();
        let mut simulator = Simulator::new(SimServer { change, ..server() }, slo, 14);
        simulator.search(Search::new(SearchPlan::new(Precision::Quick), None));
        simulator.trials.iter().filter(|t| t.spec.purpose == Purpose::WarmUp).count()
    };
    assert!(count(None) <= 3);
    assert!(count(Some(Change { at: Seconds(2.5), factor: 0.4 })) >= 3);
}

#[test]
fn a_search_asks_the_same_until_it_is_answered() {
    let mut search = Search::new(SearchPlan::new(Precision::Quick), None);
    let first = search.next();
    assert_eq!(first, search.next());
    assert_eq!(search.phase(), "warm-up");
    assert_eq!(search.stop().ending, Ending::Stopped);
}

#[test]
fn overdrive_is_spread_over_the_search() {
    let (simulator, _) = search(server(), Precision::Default, None, 8);
    let driven: Vec<f64> =
        simulator.trials.iter().filter(|t| t.spec.purpose == Purpose::Overdrive).map(|t| t.from.0).collect();
    assert_eq!(driven.len(), 3);
    assert!(driven.windows(2).all(|two| two[1] - two[0] > 15.0), "{driven:?}");
    let confirmed = simulator.trials.iter().find(|t| t.spec.purpose == Purpose::ConfirmHolds).unwrap();
    assert!(driven[1] < confirmed.from.0 && confirmed.from.0 < driven[2], "{driven:?}");
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let run = || search(server(), Precision::Quick, None, 11).1;
    assert_eq!(run(), run());
}

#[test]
fn overdrive_is_capped_and_the_rest_is_open() {
    let (simulator, _) = search(server(), Precision::Default, None, 8);
    for trial in &simulator.trials {
        let capped = matches!(trial.spec.purpose, Purpose::Overdrive | Purpose::Ramp | Purpose::WarmUp);
        assert_eq!(trial.spec.cap.is_some(), capped);
    }
    assert_eq!(simulator.run_start(), Mono(1_000_000_000_000));
    assert!(crate::agreement_of_throughputs(&simulator.trials).passed);
    let limits = crate::Limits::for_slo(&Slo::parse(SLO).unwrap());
    assert!(crate::utilisation_law(&simulator.trials, &limits).passed);
}

#[test]
fn books_that_do_not_balance_give_no_capacity() {
    let (mut simulator, outcome) = search(server(), Precision::Quick, None, 9);
    let check = simulator.trials[4].checks.iter_mut().find(|c| c.check == "books-balance").unwrap();
    (check.passed, check.status) = (false, redline_model::CheckStatus::Failed);
    let verdict = verdict(&simulator, &outcome);
    assert_eq!(verdict.kind, VerdictKind::Invalid);
    assert!(verdict.saturation.is_none() && verdict.sustainable.is_none() && verdict.bottleneck.is_none());
    assert!(verdict.sentence.contains("books-balance"), "{}", verdict.sentence);
}

#[test]
fn a_load_that_is_held_is_reported() {
    let mut simulator = Simulator::new(server(), Slo::parse(SLO).unwrap(), 10);
    let (settle, hold) = (Seconds(1.0), Seconds(10.0));
    let spec = redline_model::TrialSpec { purpose: Purpose::Hold, offered: Rate(50.0), settle, hold, cap: None };
    let verdict = crate::held(&simulator.trial(spec), &[]);
    assert_eq!(verdict.kind, VerdictKind::Held);
    assert!(verdict.sentence.contains("with every promise kept"), "{}", verdict.sentence);
}
