//! What probes read: the difference of two sets of counters, component by component, as of the real stack.

use redline_model::{
    Bytes, CpuSample, DnsSample, MysqlSample, NginxSample, PhpFpmSample, ProbeReading, Rate, Sample, Seconds,
};

use crate::Counters;

/// The server's name, as in the topology `single`.
pub(crate) const SERVER: &str = "server";
/// The components' names, in the order of a request's way.
pub(crate) const COMPONENTS: [&str; 4] = ["dns", "nginx", "php", "mysql"];

/// One sample of each component.
pub(crate) fn samples(last: &Counters, now: &Counters) -> Vec<Sample> {
    let span = Seconds(now.at.since(last.at).as_secs_f64());
    let readings = [
        ProbeReading::Dns(DnsSample { queries: now.dns_queries.saturating_sub(last.dns_queries) }),
        ProbeReading::Nginx(nginx(last, now, span)),
        ProbeReading::PhpFpm(php(last, now, span)),
        ProbeReading::Mysql(mysql(last, now, span)),
    ];
    let used = cpu(last, now);
    COMPONENTS
        .into_iter()
        .zip(readings)
        .zip(used)
        .map(|((component, reading), used)| Sample {
            at: now.at,
            span,
            server: SERVER.into(),
            component: component.into(),
            cpu: Some(CpuSample { used, user: used, memory: share(now.memory), ..CpuSample::default() }),
            reading,
        })
        .collect()
}

/// The process's memory cannot be told apart by component: each gets a quarter, so that the sum is right.
fn share(memory: Bytes) -> Bytes {
    Bytes(memory.0 / COMPONENTS.len() as u64)
}

/// What the stages burnt is theirs, DNS is a thread of its own, and the rest is HTTP.
fn cpu(last: &Counters, now: &Counters) -> [Seconds; 4] {
    let less = |a: Seconds, b: Seconds| Seconds((a.0 - b.0).max(0.0));
    let total = less(now.cpu, last.cpu);
    let dns = less(now.dns_cpu, last.dns_cpu);
    let php = less(now.application_cpu, last.application_cpu);
    let mysql = less(now.database_cpu, last.database_cpu);
    [dns, less(total, dns + php + mysql), php, mysql]
}

fn nginx(last: &Counters, now: &Counters, span: Seconds) -> NginxSample {
    let (then, web) = (last.web, now.web);
    NginxSample {
        active: web.active,
        busy: web.busy,
        waiting: web.active.saturating_sub(web.busy),
        accepts: Rate::over(web.accepts.saturating_sub(then.accepts), span),
        dropped: 0,
        requests: Rate::over(web.requests.saturating_sub(then.requests), span),
        connection_limit: web.limit,
        link: None,
    }
}

fn php(last: &Counters, now: &Counters, span: Seconds) -> PhpFpmSample {
    let (then, pool) = (last.application, now.application);
    PhpFpmSample {
        busy: pool.busy,
        idle: pool.slots.saturating_sub(pool.busy),
        limit: pool.slots,
        queue: pool.queue,
        queue_limit: 511,
        accepted: Rate::over(pool.taken.saturating_sub(then.taken), span),
        slow: 0,
    }
}

fn mysql(last: &Counters, now: &Counters, span: Seconds) -> MysqlSample {
    let (database, lock) = (now.database, now.lock);
    let queries = (database.taken + lock.taken).saturating_sub(last.database.taken + last.lock.taken);
    MysqlSample {
        queries: Rate::over(queries, span),
        commits: Rate::over(lock.taken.saturating_sub(last.lock.taken), span),
        running: database.busy + lock.busy,
        connected: database.busy,
        connection_limit: database.slots,
        lock_waits: lock.had_to_wait.saturating_sub(last.lock.had_to_wait),
        lock_wait_time: Seconds((lock.waited.0 - last.lock.waited.0).max(0.0)),
        lock_waiting_now: lock.queue,
        ..MysqlSample::default()
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Mono;

    use super::*;
    use crate::counters::PoolCounters;

    #[test]
    fn samples_are_differences_and_their_cpu_adds_up() {
        let last = Counters { at: Mono(1_000_000_000), cpu: Seconds(1.0), ..Counters::default() };
        let application = PoolCounters { busy: 8, slots: 8, queue: 5, taken: 300, ..PoolCounters::default() };
        let now = Counters {
            at: Mono(3_000_000_000),
            cpu: Seconds(2.5),
            application_cpu: Seconds(1.0),
            dns_cpu: Seconds(0.1),
            application,
            ..Counters::default()
        };
        let all = samples(&last, &now);
        let used: Vec<f64> = all.iter().filter_map(|s| s.cpu).map(|c| c.used.0).collect();
        assert!((used.iter().sum::<f64>() - 1.5).abs() < 1e-9 && (used[2] - 1.0).abs() < 1e-9, "{used:?}");
        let ProbeReading::PhpFpm(php) = &all[2].reading else { panic!("{:?}", all[2]) };
        assert_eq!((php.busy, php.idle, php.queue, php.accepted), (8, 0, 5, Rate(150.0)));
    }
}
