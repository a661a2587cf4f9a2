//! One table: what the probes read at saturation, and what it is called.

use redline_model::{
    BottleneckStatus, Bytes, CpuSample, HostSample, LinkSample, Mono, MysqlSample, NginxSample, PhpFpmSample,
    ProbeReading, Purpose, Rate, Sample, Seconds, Share, Slo, TrialResult, TrialSpec,
};
use rstest::rstest;

use super::*;
use crate::simulator::{SimServer, Simulator};

fn overdriven() -> (TrialResult, Mono) {
    let slo = Slo::parse(["p95<100ms"]).unwrap();
    let mut simulator = Simulator::new(SimServer::with_capacity(Rate(50.0), 2, 4, 1.0), slo, 3);
    let (settle, hold) = (Seconds(2.0), Seconds(5.0));
    let spec = TrialSpec { purpose: Purpose::Overdrive, offered: Rate(75.0), settle, hold, cap: Some(24) };
    (simulator.trial(spec), simulator.run_start())
}

/// What the probes read each second, with nothing near a limit.
#[derive(Clone)]
struct Readings {
    host: HostSample,
    nginx: NginxSample,
    fpm: PhpFpmSample,
    mysql: MysqlSample,
    fpm_cpu: CpuSample,
    mysql_cpu: CpuSample,
}

fn calm() -> Readings {
    let cpu = |used| CpuSample { used: Seconds(used), ..CpuSample::default() };
    Readings {
        host: HostSample { server_cpus_busy: Share(0.5), ..HostSample::default() },
        nginx: NginxSample { active: 30, connection_limit: 1024, ..NginxSample::default() },
        fpm: PhpFpmSample { busy: 3, idle: 5, limit: 8, ..PhpFpmSample::default() },
        mysql: MysqlSample { connected: 8, connection_limit: 151, pool_reads: 10_000, ..MysqlSample::default() },
        fpm_cpu: cpu(0.3),
        mysql_cpu: cpu(0.1),
    }
}

fn nominated(readings: &Readings) -> redline_model::Bottleneck {
    nominated_from(readings, overdriven())
}

fn nominated_from(readings: &Readings, (trial, run_start): (TrialResult, Mono)) -> redline_model::Bottleneck {
    let samples: Vec<Sample> = (1..=10)
        .flat_map(|second| {
            let at = Mono(run_start.0 + second * 1_000_000_000);
            let of = |server: &str, component: &str, cpu, reading| {
                let (server, component) = (server.to_owned(), component.to_owned());
                Sample { at, span: Seconds(1.0), server, component, cpu, reading }
            };
            [
                of("host", "host", None, ProbeReading::Host(readings.host)),
                of("www", "nginx", Some(CpuSample::default()), ProbeReading::Nginx(readings.nginx)),
                of("www", "php-fpm", Some(readings.fpm_cpu), ProbeReading::PhpFpm(readings.fpm)),
                of("www", "mysql", Some(readings.mysql_cpu), ProbeReading::Mysql(readings.mysql)),
            ]
        })
        .collect();
    nominate(&SaturationEvidence {
        run_start,
        trials: &[trial],
        samples: &samples.iter().collect::<Vec<_>>(),
        server_cores: 1.0,
    })
}

fn full_pool(r: &mut Readings) {
    r.fpm = PhpFpmSample { busy: 8, idle: 0, queue: 12, ..r.fpm };
}

fn link(sent: u64) -> Option<LinkSample> {
    Some(LinkSample { sent: Bytes(sent), width: Bytes(12_000_000) })
}

fn locked(r: &mut Readings) {
    r.mysql.lock_wait_time = Seconds(1e3);
}

#[rstest]
#[case::nothing(|_: &mut Readings| (), "none", "unknown")]
#[case::cpu(|r: &mut Readings| r.host.server_cpus_busy = Share(0.95), "php-fpm", "cpu")]
#[case::cpu_of_mysql(|r: &mut Readings| { r.host.server_cpus_busy = Share(0.95); r.mysql_cpu.used = Seconds(0.6) }, "mysql", "cpu")]
#[case::cpu_just_below(|r: &mut Readings| r.host.server_cpus_busy = Share(0.89), "none", "unknown")]
#[case::quota(|r: &mut Readings| { r.fpm_cpu.periods = 100; r.fpm_cpu.throttled_periods = 30 }, "php-fpm", "cpu-quota")]
#[case::pool(full_pool, "php-fpm", "pool")]
#[case::pool_without_queue(|r: &mut Readings| r.fpm.busy = 8, "none", "unknown")]
#[case::pool_full_because_of_cpu(|r: &mut Readings| { full_pool(r); r.host.server_cpus_busy = Share(1.0) }, "php-fpm", "cpu")]
#[case::locks(locked, "mysql", "row-locks")]
#[case::pool_full_because_of_locks(|r: &mut Readings| { full_pool(r); locked(r) }, "mysql", "row-locks")]
#[case::connections(|r: &mut Readings| r.mysql.connected = 150, "mysql", "connections")]
#[case::refused(|r: &mut Readings| r.mysql.refused = 1, "mysql", "connections")]
#[case::buffer_pool(|r: &mut Readings| r.mysql.pool_misses = 200, "mysql", "buffer-pool")]
#[case::buffer_pool_that_is_waited_for(|r: &mut Readings| { r.mysql.pool_misses = 20; r.mysql.read_wait = Some(Seconds(1.2)) }, "mysql", "buffer-pool")]
#[case::misses_that_the_kernel_has(|r: &mut Readings| { r.mysql.pool_misses = 200; r.mysql.read_wait = Some(Seconds(0.1)) }, "none", "unknown")]
#[case::commits(|r: &mut Readings| r.mysql.commit_wait = Some(Seconds(1.2)), "mysql", "fsync")]
#[case::quick_commits(|r: &mut Readings| r.mysql.commit_wait = Some(Seconds(0.8)), "none", "unknown")]
#[case::locks_that_are_held_for_the_disk(|r: &mut Readings| { locked(r); r.mysql.commit_wait = Some(Seconds(1.2)) }, "mysql", "fsync")]
#[case::nginx(|r: &mut Readings| r.nginx.active = 1020, "nginx", "connections")]
#[case::link(|r: &mut Readings| r.nginx.link = link(11_500_000), "nginx", "network")]
#[case::link_with_room(|r: &mut Readings| r.nginx.link = link(9_000_000), "none", "unknown")]
#[case::pool_full_because_of_the_link(|r: &mut Readings| { full_pool(r); r.nginx.link = link(11_500_000) }, "nginx", "network")]
#[case::dropped(|r: &mut Readings| r.nginx.dropped = 2, "nginx", "connections")]
#[case::accept(|r: &mut Readings| r.host.listen_overflows = 3, "server", "accept-queue")]
#[case::memory(|r: &mut Readings| r.mysql_cpu.oom_kills = 1, "mysql", "memory")]
fn a_bottleneck_is_named(#[case] raise: fn(&mut Readings), #[case] component: &str, #[case] resource: &str) {
    let mut readings = calm();
    raise(&mut readings);
    let found = nominated(&readings);
    assert_eq!((found.component.as_str(), found.resource.as_str()), (component, resource), "{found:?}");
    assert!(!found.evidence.is_empty());
    let status = if resource == "unknown" { BottleneckStatus::Unknown } else { BottleneckStatus::Suspected };
    assert_eq!(found.status, status);
}

#[rstest]
#[case::most(0.5, "rate-limit")]
#[case::hardly_any(0.01, "unknown")]
fn a_web_server_that_turns_requests_away_is_named(#[case] share: f64, #[case] resource: &str) {
    let (mut trial, run_start) = overdriven();
    trial.requests.limited = trial.requests.logged.map(|lines| (lines as f64 * share) as u64);
    let found = nominated_from(&calm(), (trial, run_start));
    assert_eq!(found.resource, resource, "{found:?}");
}

#[test]
fn a_full_pool_comes_second_to_what_it_waits_for() {
    let mut readings = calm();
    full_pool(&mut readings);
    readings.host.server_cpus_busy = Share(1.0);
    let found = nominated(&readings);
    assert_eq!(found.others.len(), 1);
    assert!(found.others[0].contains("pool of php-fpm") && found.others[0].contains("wait for CPU"), "{found:?}");
}

#[test]
fn without_probes_nothing_is_named() {
    let (trial, run_start) = overdriven();
    let found = nominate(&SaturationEvidence { run_start, trials: &[trial], samples: &[], server_cores: 1.0 });
    assert_eq!(found.status, BottleneckStatus::Unknown);
}
