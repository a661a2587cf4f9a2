//! Each check with a trial that keeps it and one that does not.

use redline_model::{
    Check, CheckStatus, Outcome, Purpose, Rate, Seconds, Share, Slo, TrialClass, TrialResult, TrialSpec,
};
use rstest::rstest;

use super::{
    AccessLog, Fitness, Limits, Measured, agreement_of_throughputs, busy_time, check_trial, judge, utilisation_law,
};
use crate::simulator::{SimServer, Simulator};

pub(crate) fn trial(offered: f64, cap: Option<u32>) -> TrialResult {
    let slo = Slo::parse(["p95<100ms"]).unwrap();
    let mut simulator = Simulator::new(SimServer::with_capacity(Rate(50.0), 2, 4, 1.0), slo, 3);
    let purpose = if cap.is_some() { Purpose::Overdrive } else { Purpose::Hold };
    simulator.trial(TrialSpec { purpose, offered: Rate(offered), settle: Seconds(2.0), hold: Seconds(10.0), cap })
}

fn measured(trial: &TrialResult) -> Measured {
    let n = trial.requests.outcomes.responses();
    let sum = Seconds(n as f64 * 0.02);
    let log =
        AccessLog { lines: n, limited: 0, request_time: Seconds(sum.0 * 0.9), upstream_time: Seconds(sum.0 * 0.8) };
    Measured {
        in_flight_time: Seconds(100.0),
        durations: Seconds(100.5),
        service_sum: sum,
        dropped_events: 0,
        seconds: 10,
        access_log: Some(log),
    }
}

fn checked(change: impl FnOnce(&mut TrialResult, &mut Measured)) -> Vec<Check> {
    let mut trial = trial(30.0, None);
    let mut measured = measured(&trial);
    change(&mut trial, &mut measured);
    let limits = Limits::for_slo(&Slo::parse(["p95<100ms"]).unwrap());
    check_trial(&trial, &measured, &limits)
}

#[test]
fn a_good_trial_keeps_all_checks() {
    let checks = checked(|_, _| {});
    assert!(checks.iter().all(|c| c.status == CheckStatus::Passed), "{checks:#?}");
    assert_eq!(judge(&checks), Fitness::Fit);
    assert_eq!(trial(30.0, None).class, TrialClass::Pass);
}

/// `n` of `of` sessions started a little late.
fn late(trial: &mut TrialResult, n: u64, of: u64) {
    let g = &mut trial.generator;
    (g.lag_p99, g.late_starts, g.starts) = (Seconds(0.0011), n, of);
}

#[rstest]
#[case::by_chance(15, 1000)]
#[case::the_worst_of_a_few(2, 40)]
fn a_lag_that_one_percent_explains_is_no_defect(#[case] n: u64, #[case] of: u64) {
    let checks = checked(|trial, _| late(trial, n, of));
    assert!(checks.iter().all(|c| c.passed), "{checks:#?}");
}

type Defect = fn(&mut TrialResult, &mut Measured);

#[rstest]
#[case::window("window", |_: &mut TrialResult, m: &mut Measured| m.seconds = 9, false)]
#[case::lag("schedule-lag", |t: &mut TrialResult, _: &mut Measured| late(t, 20, 1000), false)]
#[case::lag_of_many_in_few("schedule-lag", |t: &mut TrialResult, _: &mut Measured| late(t, 4, 40), false)]
#[case::arrivals("arrivals-started", |t: &mut TrialResult, _: &mut Measured| t.sessions.planned += 1, false)]
#[case::sessions("sessions-balance", |t: &mut TrialResult, _: &mut Measured| t.sessions.finished -= 1, true)]
#[case::slots("slots", |t: &mut TrialResult, _: &mut Measured| t.sessions.waited = 1, false)]
#[case::cpu("generator-cpu", |t: &mut TrialResult, _: &mut Measured| t.generator.cpu = Share(0.8), false)]
#[case::ports("generator-resources", |t: &mut TrialResult, _: &mut Measured| { t.requests.outcomes.add(Outcome::Generator); t.requests.sent += 1 }, false)]
#[case::steal("host-steal", |t: &mut TrialResult, _: &mut Measured| t.host.as_mut().unwrap().steal = Share(0.02), false)]
#[case::others("host-others", |t: &mut TrialResult, _: &mut Measured| t.host.as_mut().unwrap().others = 0.06, false)]
#[case::events("dropped-events", |_: &mut TrialResult, m: &mut Measured| m.dropped_events = 1, true)]
#[case::books("books-balance", |t: &mut TrialResult, _: &mut Measured| t.requests.sent += 1, true)]
#[case::log_too_long("access-log", |t: &mut TrialResult, _: &mut Measured| t.requests.logged = t.requests.logged.map(|n| n + 1), true)]
#[case::log_too_short("access-log", |t: &mut TrialResult, _: &mut Measured| t.requests.logged = t.requests.logged.map(|n| n - 1), true)]
#[case::little("little", |_: &mut TrialResult, m: &mut Measured| m.durations = Seconds(97.0), true)]
#[case::client("client-time", |_: &mut TrialResult, m: &mut Measured| m.service_sum.0 *= 0.8, true)]
#[case::upstream("client-time", |_: &mut TrialResult, m: &mut Measured| m.access_log.as_mut().unwrap().upstream_time.0 *= 2.0, true)]
fn a_defect_is_caught(#[case] name: &str, #[case] defect: Defect, #[case] invalidates: bool) {
    let checks = checked(defect);
    let failed: Vec<&str> = checks.iter().filter(|c| !c.passed).map(|c| c.check.as_str()).collect();
    assert_eq!(failed, [name]);
    match judge(&checks) {
        Fitness::Invalid(reasons) => assert!(invalidates && reasons[0].contains(name)),
        Fitness::Limited(reasons) => assert!(!invalidates && reasons[0].contains(name)),
        Fitness::Fit => panic!("{name} failed and nothing follows"),
    }
}

#[test]
fn requests_that_the_server_may_have_seen_may_be_logged() {
    let seen = |n: u64| {
        checked(move |t, _| {
            t.requests.outcomes.add(Outcome::Reset);
            t.requests.sent += 1;
            t.requests.maybe_seen = 1;
            t.requests.logged = t.requests.logged.map(|logged| logged + n);
        })
    };
    let kept = |checks: Vec<Check>| checks.iter().find(|c| c.check == "access-log").unwrap().passed;
    assert!(kept(seen(0)) && kept(seen(1)) && !kept(seen(2)));
}

#[test]
fn what_cannot_be_checked_is_said_and_not_failed() {
    let checks = checked(|t, m| {
        t.host = None;
        t.requests.logged = None;
        m.access_log = None;
        t.sessions.cancelled = 1;
    });
    let status = |name: &str| checks.iter().find(|c| c.check == name).unwrap().status;
    for name in ["host-steal", "host-others", "access-log", "client-time", "little"] {
        assert_eq!(status(name), CheckStatus::NotAvailable, "{name}");
    }
}

#[test]
fn littles_law_is_exact_on_a_drained_trial() {
    for (offered, cap) in [(10.0, None), (45.0, None), (75.0, Some(24))] {
        let little = trial(offered, cap).checks.into_iter().find(|c| c.check == "little").unwrap();
        assert!(little.passed && little.value.contains(" 0.00 % apart"), "{little:?}");
    }
}

#[test]
fn throughputs_that_disagree_are_noticed() {
    let mut driven = trial(75.0, Some(24));
    assert!(agreement_of_throughputs(std::slice::from_ref(&driven)).passed);
    driven.responses = driven.responses.scaled(1.2);
    assert!(!agreement_of_throughputs(&[driven]).passed);
}

#[test]
fn work_that_belongs_to_no_component_is_noticed() {
    let limits = Limits::for_slo(&Slo::default());
    let mut driven = trial(45.0, None);
    let told: f64 = driven.components.iter().filter_map(|c| c.cpu).sum();
    let mut host = driven.host.unwrap_or_default();
    host.server_cpus_busy = Share(told);
    driven.host = Some(host);
    assert!(busy_time(std::slice::from_ref(&driven), 1.0, &limits).passed);
    host.server_cpus_busy = Share(told + 0.2);
    driven.host = Some(host);
    assert!(!busy_time(&[driven], 1.0, &limits).passed);
}

#[test]
fn busy_time_that_does_not_follow_throughput_is_noticed() {
    let limits = Limits::for_slo(&Slo::default());
    let mut trials = vec![trial(10.0, None), trial(20.0, None), trial(45.0, None)];
    let mut short = trials.clone();
    short.iter_mut().for_each(|t| t.to = t.from + Seconds(2.0));
    let too_few = utilisation_law(&short, &limits);
    assert_eq!(too_few.status, CheckStatus::NotAvailable, "{too_few:?}");
    assert!(utilisation_law(&trials, &limits).passed);
    trials[2].components[0].cpu = trials[2].components[0].cpu.map(|c| c * 0.5);
    assert!(!utilisation_law(&trials, &limits).passed);
}
