use std::time::Duration;

use redline_model::{
    ArrivalCounts, CpuSample, Latencies, Mono, MysqlSample, Outcome, OutcomeCounts, PhpFpmSample, ProbeReading, Rate,
    RequestTick, Sample, Seconds, SessionTick, StepTick, Tick,
};

use super::{TimelineTrial, append, timeline};

fn at(seconds: f64) -> Mono {
    Mono::default().plus(Duration::from_secs_f64(seconds))
}

fn tick(from: f64, to: f64, done: u64) -> Tick {
    let mut response = Latencies::default();
    (1..=done).for_each(|i| response.record(Duration::from_millis(i)));
    let mut outcomes = OutcomeCounts::default();
    (0..done).for_each(|_| outcomes.add(Outcome::Ok));
    let mut requests = outcomes.clone();
    requests.add(Outcome::Reset);
    Tick {
        from: at(from),
        to: at(to),
        arrivals: ArrivalCounts { planned: 2 * done, started: done, ..Default::default() },
        sessions: SessionTick { finished: done, in_flight: 7, ..Default::default() },
        requests: RequestTick { outcomes: requests, ..Default::default() },
        steps: vec![StepTick { step: "home".into(), response, good: done / 2, outcomes, ..Default::default() }],
        ..Default::default()
    }
}

fn sample(when: f64, span: f64, component: &str, cpu: f64, reading: ProbeReading) -> Sample {
    let cpu = CpuSample { used: Seconds(cpu), ..Default::default() };
    let (server, component) = ("server".into(), component.into());
    Sample { at: at(when), span: Seconds(span), server, component, cpu: Some(cpu), reading }
}

fn php(when: f64, busy: u64, queue: u64) -> Sample {
    let pool = PhpFpmSample { busy, queue, limit: 8, ..Default::default() };
    sample(when, 1.0, "php", 0.4, ProbeReading::PhpFpm(pool))
}

#[test]
fn two_workers_share_a_row_and_a_short_last_tick_joins_the_row_before() {
    let ticks = [tick(10.0, 11.0, 10), tick(10.01, 11.01, 20), tick(11.0, 12.0, 10), tick(12.0, 12.25, 5)];
    let found = timeline(at(5.0), &[TimelineTrial { number: 3, start: at(10.0), ticks: &ticks, samples: &[] }]);
    assert_eq!(found.at, [Seconds(5.0), Seconds(6.0)]);
    assert_eq!(found.trial, [3, 3]);
    assert_eq!(found.in_flight, [14, 7]);
    // 30 in 1.01 s, and 10 + 5 in 1.25 s.
    assert_eq!(found.completed, [Rate(29.7), Rate(12.0)]);
    assert_eq!(found.offered, [Rate(59.41), Rate(24.0)]);
    assert_eq!(found.steps, found.completed);
    assert_eq!(found.errors[&Outcome::Reset], [Rate(1.98), Rate(1.6)]);
    assert_eq!(found.errors.len(), 1, "an answer that came is no error");
    assert!(found.p50[0] < found.p99[0] && found.uneven().is_none());
    // 30 and 15 steps of 1 to 20 ms, none lost and all between the outermost edges.
    let grid = &found.response_grid;
    let steps = |row: usize| grid.counts.iter().map(|class| class[row]).sum::<u64>();
    assert_eq!((steps(0), steps(1), grid.edges.len()), (30, 15, grid.counts.len() + 1));
    let (first, last) = (grid.edges[0].0, grid.edges[grid.counts.len()].0);
    assert!(first <= 0.001 && 0.0005 < first && 0.02 < last && last < 0.03, "{first} to {last}");
}

#[test]
fn readings_of_the_load_are_averaged_and_those_of_a_moment_are_the_last() {
    let ticks = [tick(10.0, 11.0, 1), tick(11.0, 12.0, 1), tick(12.0, 13.0, 0)];
    let mysql = ProbeReading::Mysql(MysqlSample { running: 3, ..Default::default() });
    let samples = [
        php(10.5, 4, 0),
        php(11.0, 8, 2),
        // Half of it lies in the second before.
        sample(11.5, 1.0, "mysql", 0.8, mysql),
    ];
    let found = timeline(at(10.0), &[TimelineTrial { number: 1, start: at(10.0), ticks: &ticks, samples: &samples }]);
    let php = found.cpu.iter().find(|c| c.component == "php").unwrap();
    assert_eq!(php.cores, [Some(0.4), None, None]);
    let mysql = found.cpu.iter().find(|c| c.component == "mysql").unwrap();
    assert_eq!(mysql.cores, [Some(0.8), Some(0.8), None]);
    assert_eq!((found.pools[0].limit, &found.pools[0].active[..]), (8, &[Some(8), None, None][..]));
    assert_eq!(found.pools[0].queue, [Some(2), None, None]);
    assert_eq!(found.databases[0].running, [None, Some(3), None]);
    assert_eq!(found.p95[2], None, "nothing ended, so there is no response time");
    assert!(found.server_cpus_busy.is_empty() && found.uneven().is_none());
}

#[test]
fn second_by_second_it_is_the_same_as_all_at_once() {
    let mysql = |running| ProbeReading::Mysql(MysqlSample { running, ..Default::default() });
    let mut failed = tick(12.0, 13.0, 3);
    failed.requests.outcomes = OutcomeCounts::default();
    failed.requests.outcomes.add(Outcome::Timeout);
    // A first second without a step, and steps that become slower.
    let ticks = [tick(10.0, 11.0, 0), tick(11.0, 12.0, 40), failed, tick(13.0, 14.0, 900)];
    let samples = [php(11.0, 1, 0), php(12.0, 2, 1), sample(13.0, 1.0, "mysql", 0.5, mysql(2)), php(14.0, 8, 4)];
    let of = |ticks: &[Tick]| {
        let trial = TimelineTrial { number: 2, start: at(10.0), ticks, samples: &samples };
        timeline(at(5.0), &[trial])
    };
    let whole = of(&ticks);
    let mut grown = redline_model::Timeline::default();
    ticks.iter().for_each(|tick| append(&mut grown, of(std::slice::from_ref(tick))));
    assert_eq!(grown.uneven(), None);
    assert_eq!(grown, whole);
}
