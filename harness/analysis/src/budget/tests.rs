//! Limits against a run of the simulator, and against runs with figures that are set by hand.

use redline_model::{
    Baseline, Capacity, FailureReport, Fault, FaultTimes, Fingerprint, GateOutcome, Interval, OrderBooks, Outage,
    OutcomeCounts, Purpose, Rate, Recovery, RecoveryVerdict, RunReport, SCHEMA_VERSION, Seconds, Slo, TrialResult,
    TrialSpec, Verdict, VerdictKind,
};
use rstest::rstest;

use super::{Limit, judge_budget};
use crate::{
    simulator::{SimServer, Simulator},
    timeline::{TimelineTrial, timeline},
};

fn capacity(sessions: f64) -> Capacity {
    let of = |x: f64| Interval { estimate: x, low: 0.9 * x, high: 1.1 * x };
    Capacity {
        requests_per_second: of(20.0 * sessions),
        sessions_per_second: of(sessions),
        orders_per_second: of(0.1 * sessions),
        shoppers: of(30.0 * sessions),
    }
}

/// A run that held 60 % of what a server of 50 sessions/s can do, for 40 s.
fn held() -> RunReport {
    let slo = Slo::parse(["p95<200ms", "errors<1%"]).unwrap();
    let mut simulator = Simulator::new(SimServer::with_capacity(Rate(50.0), 2, 4, 1.0), slo, 3);
    let spec =
        TrialSpec { purpose: Purpose::Hold, offered: Rate(30.0), settle: Seconds(2.0), hold: Seconds(40.0), cap: None };
    let trial = simulator.trial(spec);
    let start = simulator.run_start();
    let seconds = TimelineTrial { number: 1, start, ticks: &simulator.ticks, samples: &simulator.samples };
    report(VerdictKind::Held, vec![trial], timeline(start, &[seconds]))
}

fn report(kind: VerdictKind, trials: Vec<TrialResult>, timeline: redline_model::Timeline) -> RunReport {
    RunReport {
        schema_version: SCHEMA_VERSION,
        run: "run".into(),
        started: "2026-11-24T00:00:00Z".into(),
        took: Seconds(60.0),
        command: String::new(),
        seed: 3,
        interrupted: None,
        verdict: Verdict::without_capacity(kind, "the verdict".into(), Vec::new()),
        validity: Vec::new(),
        fingerprint: Fingerprint::default(),
        generator_ceiling: None,
        limits_lifted: Vec::new(),
        demands: None,
        failures: Vec::new(),
        deployments: Vec::new(),
        overloads: vec![],
        caches: vec![],
        browser: None,
        sessions: vec![],
        trials,
        timeline,
    }
}

/// A search that found 40 sessions/s to be sustainable and 50 to be the most, each to 10 %.
fn searched(kind: VerdictKind) -> RunReport {
    let mut run = report(kind, Vec::new(), redline_model::Timeline::default());
    run.verdict.sustainable = Some(capacity(40.0));
    run.verdict.saturation = Some(capacity(50.0));
    run
}

#[track_caller]
fn said(limit: &str, run: &RunReport) -> GateOutcome {
    let limit: Limit = limit.parse().unwrap();
    judge_budget(&limit, run, None).unwrap().outcome
}

#[rstest]
#[case("sustainable > 35 sessions/s", GateOutcome::Pass)]
#[case("sustainable > 38 sessions/s", GateOutcome::Inconclusive)]
#[case("sustainable > 42 sessions/s", GateOutcome::Inconclusive)]
#[case("sustainable > 45 sessions/s", GateOutcome::Fail)]
#[case("saturation > 850 requests/s", GateOutcome::Pass)]
#[case("saturation > 1200 requests/s", GateOutcome::Fail)]
#[case("sustainable > 3 orders/s", GateOutcome::Pass)]
fn a_capacity_is_judged_by_its_whole_interval(#[case] limit: &str, #[case] expected: GateOutcome) {
    assert_eq!(said(limit, &searched(VerdictKind::Saturated)), expected);
}

#[test]
fn at_least_so_much_never_breaks_a_limit() {
    let bounded = searched(VerdictKind::AtLeast);
    assert_eq!(said("sustainable > 35 sessions/s", &bounded), GateOutcome::Pass);
    assert_eq!(said("sustainable > 100 sessions/s", &bounded), GateOutcome::Inconclusive);
}

#[test]
fn what_is_not_valid_passes_nothing_and_breaks_nothing() {
    let mut run = held();
    run.verdict.kind = VerdictKind::Invalid;
    for limit in ["p95 < 10s", "errors < 99%", "sustainable > 1 sessions/s", "orders_lost == 0"] {
        assert_eq!(said(limit, &run), GateOutcome::Invalid, "{limit}");
    }
    let mut run = held();
    run.trials[0].class = redline_model::TrialClass::GeneratorLimited;
    assert_eq!(said("p95 < 10s", &run), GateOutcome::Invalid);
    let mut run = held();
    run.interrupted = Some("Ctrl-C".into());
    assert_eq!(said("p95 < 10s", &run), GateOutcome::Invalid);
    // A stack whose SLO defines no capacity has no figure to judge.
    let undefined = report(VerdictKind::SloUndefined, Vec::new(), redline_model::Timeline::default());
    assert_eq!(said("sustainable > 1 sessions/s", &undefined), GateOutcome::Invalid);
}

#[test]
fn response_times_and_errors_are_judged_at_the_load_that_was_held() {
    let run = held();
    let p95 = run.trials[0].response.p95.0;
    // As promised, so the share that breaks it is known.
    assert_eq!(said("p95 < 200ms", &run), if p95 < 0.2 { GateOutcome::Pass } else { GateOutcome::Fail });
    // Not promised: the neighbouring percentiles bracket it.
    let limit = |seconds: f64| format!("p95 < {:.0}ms", 1e3 * seconds);
    assert_eq!(said(&limit(2.0 * run.trials[0].response.p99.0), &run), GateOutcome::Pass);
    assert_eq!(said(&limit(p95 * 1.01), &run), GateOutcome::Inconclusive);
    assert_eq!(said(&limit(0.5 * run.trials[0].response.p90.0), &run), GateOutcome::Fail);
    // 4 800 steps and none failed: less than 0.1 %, and 0.01 % cannot be told.
    assert_eq!(said("errors < 0.1%", &run), GateOutcome::Pass);
    assert_eq!(said("errors < 0.01%", &run), GateOutcome::Inconclusive);
    assert_eq!(said("p95 < 10s for page", &run), GateOutcome::Pass);
}

#[test]
fn every_window_must_keep_it() {
    let mut run = held();
    assert_eq!(said("p90 < 10s over 5s", &run), GateOutcome::Pass);
    assert_eq!(said("errors < 1% over 5s", &run), GateOutcome::Pass);
    // One bad second of forty: 1 000 of some 24 000 requests, but a fifth of what ends in 5 s.
    let rows = run.timeline.len();
    let mut column = vec![Rate(0.0); rows];
    column[20] = Rate(1000.0);
    run.timeline.errors.insert(redline_model::Outcome::Timeout, column);
    assert_eq!(said("errors < 10% over 5s", &run), GateOutcome::Fail);
    assert_eq!(said("errors < 10% over 40s", &run), GateOutcome::Pass);
    assert_eq!(said("p90 < 1ms over 5s", &run), GateOutcome::Fail);
}

#[test]
fn cpu_is_judged_with_the_interval_of_its_seconds() {
    // Two servers busy at 60 %: 1.2 cores ÷ 30 sessions/s is 40 ms.
    let run = held();
    let limit: Limit = "cpu_ms_per_session < 60".parse().unwrap();
    let found = judge_budget(&limit, &run, None).unwrap();
    let value = found.value.unwrap();
    assert_eq!(found.outcome, GateOutcome::Pass);
    assert!((value.estimate - 0.04).abs() < 0.006 && value.low < value.estimate, "{value:?}");
    assert_eq!(said("cpu_ms_per_session < 20", &run), GateOutcome::Fail);
    assert_eq!(said("cpu_ms_per_request < 100", &run), GateOutcome::Pass);
}

fn failed(outage: Outage, orders: OrderBooks) -> RunReport {
    let mut run = held();
    let fault: Fault = "kill nginx".parse().unwrap();
    let zero = Seconds(0.0);
    run.failures.push(FailureReport {
        outage_began: None,
        fault,
        offered: Rate(20.0),
        of_sustainable: None,
        of_saturation: None,
        trial: 2,
        control: 1,
        window: FaultTimes { asked: zero, injected: zero, lifted: None, cleared: None, evidence: String::new() },
        outage,
        first_failure: None,
        caught_under_way: 0,
        lost_service: Seconds(3.0),
        lost_service_error: Seconds(0.1),
        outcomes: OutcomeCounts::default(),
        slow: 0,
        requests: OutcomeCounts::default(),
        recovery: Recovery {
            verdict: RecoveryVerdict::Recovered,
            took: None,
            predicted: None,
            watched: None,
            after_half: None,
        },
        steps: Vec::new(),
        orders: Some(orders),
        broken: None,
        caveats: Vec::new(),
    });
    run
}

#[test]
fn outages_and_orders_are_judged_by_what_was_seen() {
    let books = |lost| OrderBooks { sent: 100, acknowledged: 90, lost, ..OrderBooks::default() };
    let three = failed(Outage::Ended { length: Seconds(3.0), resolution: Seconds(0.1) }, books(0));
    for (limit, expected) in [
        ("outage(nginx.kill) < 8s", GateOutcome::Pass),
        ("outage(nginx.kill) < 3s", GateOutcome::Inconclusive),
        ("outage(nginx.kill) < 2s", GateOutcome::Fail),
        ("lost_service(nginx.kill) < 5s", GateOutcome::Pass),
        ("orders_lost == 0", GateOutcome::Pass),
    ] {
        assert_eq!(said(limit, &three), expected, "{limit}");
    }
    let open = failed(Outage::NotEnded { at_least: Seconds(60.0) }, books(1));
    assert_eq!(said("outage(nginx.kill) < 8s", &open), GateOutcome::Fail);
    assert_eq!(said("outage(nginx.kill) < 90s", &open), GateOutcome::Inconclusive);
    assert_eq!(said("orders_lost == 0", &open), GateOutcome::Fail);
    assert_eq!(said("orders_lost == 0", &failed(Outage::None, OrderBooks::default())), GateOutcome::Invalid);
}

#[rstest]
#[case("outage(mysql.kill) < 8s", "was not injected")]
#[case("downtime(reload) < 1s", "nothing was deployed")]
#[case("orders_lost == 0", "nothing was")]
#[case("sustainable > 1 sessions/s", "needs a search")]
#[case("p95 < 1s for login", "there are page")]
fn a_limit_that_matches_nothing_is_an_error(#[case] limit: &str, #[case] hint: &str) {
    let limit: Limit = limit.parse().unwrap();
    let told = judge_budget(&limit, &held(), None).unwrap_err().to_string();
    assert!(told.contains(hint) && told.contains("matches nothing"), "{told}");
}

#[test]
fn a_baseline_counts_on_its_own_class_of_machine_only() {
    let run = searched(VerdictKind::Saturated);
    let mut baseline = Baseline::of(&run).unwrap();
    baseline.saturation = Some(Interval { estimate: 800.0, low: 790.0, high: 810.0 });
    let judge = |limit: &str, baseline: &Baseline| judge_budget(&limit.parse().unwrap(), &run, Some(baseline));
    assert_eq!(judge("saturation > 95% of baseline", &baseline).unwrap().outcome, GateOutcome::Pass);
    assert_eq!(judge("sustainable > 95% of baseline", &baseline).unwrap().outcome, GateOutcome::Inconclusive);
    baseline.sustainable = Some(Interval { estimate: 2000.0, low: 1900.0, high: 2100.0 });
    assert_eq!(judge("sustainable > 95% of baseline", &baseline).unwrap().outcome, GateOutcome::Fail);
    baseline.machine_class = "another".into();
    assert!(judge("saturation > 95% of baseline", &baseline).unwrap_err().to_string().contains("another class"));
    assert!(judge_budget(&"saturation > 95% of baseline".parse().unwrap(), &run, None).is_err());
}
