//! A daemon's own counters, averaged over a window, in words.

use redline_model::{
    BalancerSample, MysqlSample, NginxSample, PhpFpmSample, ProbeReading, Sample, Seconds, ServerSample, ValkeySample,
    VarnishSample,
};

/// (what, value with unit) for the reader; empty for a component without counters of its own.
pub(crate) fn figures(samples: &[&Sample]) -> Vec<(String, String)> {
    let (mut nginx, mut fpm, mut mysql, mut dns, mut silent) = (vec![], vec![], vec![], vec![], 0u64);
    let (mut balancer, mut server) = (vec![], vec![]);
    let (mut varnish, mut valkey) = (vec![], vec![]);
    for sample in samples {
        match &sample.reading {
            ProbeReading::Varnish(v) => varnish.push(v),
            ProbeReading::Valkey(v) => valkey.push(v),
            ProbeReading::Balancer(b) => balancer.push(b),
            ProbeReading::Server(s) => server.push(s),
            ProbeReading::Nginx(n) => nginx.push(n),
            ProbeReading::PhpFpm(p) => fpm.push(p),
            ProbeReading::Mysql(m) => mysql.push(m),
            ProbeReading::Dns(d) => dns.push(d.queries),
            ProbeReading::Silent { .. } => silent += 1,
            ProbeReading::None | ProbeReading::Host(_) => {}
        }
    }
    let span: f64 = samples.iter().map(|s| s.span.0).sum();
    let mut all = Vec::new();
    of_server(&server, span, &mut all);
    of_varnish(&varnish, &mut all);
    of_balancer(&balancer, &mut all);
    of_nginx(&nginx, &mut all);
    of_fpm(&fpm, &mut all);
    of_valkey(&valkey, &mut all);
    of_mysql(&mysql, span, &mut all);
    if !dns.is_empty() && span > 0.0 {
        say(&mut all, "queries", format!("{:.1}/s", dns.iter().sum::<u64>() as f64 / span));
    }
    if silent > 0 {
        say(&mut all, "no answer to the probe", format!("{silent} of {} times", samples.len()));
    }
    all
}

fn say(all: &mut Vec<(String, String)>, what: &str, value: String) {
    all.push((what.to_owned(), value));
}

fn average<T>(of: &[&T], value: impl Fn(&T) -> f64) -> f64 {
    of.iter().map(|s| value(s)).sum::<f64>() / of.len().max(1) as f64
}

fn of_server(of: &[&ServerSample], span: f64, all: &mut Vec<(String, String)>) {
    let Some(last) = of.last().filter(|s| s.cpus > 0.0 && span > 0.0) else { return };
    let used: f64 = of.iter().map(|s| s.used.0).sum();
    let (hit, periods) = of.iter().fold((0, 0), |a, s| (a.0 + s.throttled_periods, a.1 + s.periods));
    say(all, "used", format!("{:.0} % of its {} cores", 100.0 * used / span / last.cpus, last.cpus));
    say(all, "throttled", format!("in {:.0} % of the periods", 100.0 * hit as f64 / periods.max(1) as f64));
}

fn of_varnish(of: &[&VarnishSample], all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "requests", format!("{:.0}/s", average(of, |s| s.requests.0)));
    say_hits(all, of.iter().map(|s| s.hits).sum(), of.iter().map(|s| s.misses).sum());
    say(all, "fetched", format!("{:.0}/s", average(of, |s| s.fetches.0)));
    say(all, "failed fetches", of.iter().map(|s| s.failed_fetches).sum::<u64>().to_string());
    say(all, "kept", format!("{} objects, {} of {}", last.objects, last.used, last.limit));
    say(all, "thrown out", of.iter().map(|s| s.evicted).sum::<u64>().to_string());
}

fn of_valkey(of: &[&ValkeySample], all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "commands", format!("{:.0}/s", average(of, |s| s.commands.0)));
    say_hits(all, of.iter().map(|s| s.hits).sum(), of.iter().map(|s| s.misses).sum());
    say(all, "connections", format!("{:.1}", average(of, |s| s.clients as f64)));
    say(all, "memory", format!("{} of {}", last.used, last.limit));
    say(all, "thrown out", of.iter().map(|s| s.evicted).sum::<u64>().to_string());
}

fn say_hits(all: &mut Vec<(String, String)>, hits: u64, misses: u64) {
    if hits + misses > 0 {
        say(all, "hit rate", format!("{:.1} %", 100.0 * hits as f64 / (hits + misses) as f64));
    }
}

fn of_balancer(of: &[&BalancerSample], all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "requests", format!("{:.0}/s", average(of, |s| s.requests.0)));
    say(all, "connections", format!("{:.1} of {}", average(of, |s| s.active as f64), last.connection_limit));
    say(all, "servers up", format!("{:.1} of {}", average(of, |s| s.servers_up as f64), last.servers));
    say(all, "waiting for a server", format!("{:.1}", average(of, |s| s.queue as f64)));
    say(all, "failed at a server", of.iter().map(|s| s.errors).sum::<u64>().to_string());
    say(all, "sent again", of.iter().map(|s| s.retries).sum::<u64>().to_string());
}

fn of_nginx(of: &[&NginxSample], all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "requests", format!("{:.0}/s", average(of, |s| s.requests.0)));
    say(all, "connections", format!("{:.1} of {}", average(of, |s| s.active as f64), last.connection_limit));
    say(all, "connections accepted", format!("{:.1}/s", average(of, |s| s.accepts.0)));
    say(all, "connections dropped", of.iter().map(|s| s.dropped).sum::<u64>().to_string());
}

fn of_fpm(of: &[&PhpFpmSample], all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "busy children", format!("{:.1} of {}", average(of, |s| s.busy as f64), last.limit));
    say(all, "listen queue", format!("{:.1}", average(of, |s| s.queue as f64)));
    say(all, "requests accepted", format!("{:.0}/s", average(of, |s| s.accepted.0)));
}

fn of_mysql(of: &[&MysqlSample], span: f64, all: &mut Vec<(String, String)>) {
    let Some(last) = of.last() else { return };
    say(all, "statements", format!("{:.0}/s", average(of, |s| s.queries.0)));
    say(all, "threads running", format!("{:.1}", average(of, |s| s.running as f64)));
    say(all, "connections", format!("{:.1} of {}", average(of, |s| s.connected as f64), last.connection_limit));
    let waited: f64 = of.iter().map(|s| s.lock_wait_time.0).sum();
    say(all, "row lock waiting", format!("{} a second", Seconds(if span > 0.0 { waited / span } else { 0.0 })));
    let (misses, reads) = of.iter().fold((0, 0), |a, s| (a.0 + s.pool_misses, a.1 + s.pool_reads));
    if reads > 0 {
        say(all, "buffer pool misses", format!("{:.2} %", 100.0 * misses as f64 / reads as f64));
    }
    let wait = |told: fn(&MysqlSample) -> Option<Seconds>| {
        let told: Vec<f64> = of.iter().filter_map(|s| Some(told(s)?.0)).collect();
        (!told.is_empty() && span > 0.0).then(|| Seconds(told.iter().sum::<f64>() / span))
    };
    for (what, wait) in [("reads from disk", wait(|s| s.read_wait)), ("commits", wait(|s| s.commit_wait))] {
        if let Some(wait) = wait {
            say(all, what, format!("{wait} a second"));
        }
    }
    say(all, "fsyncs", format!("{:.1}/s", of.iter().map(|s| s.fsyncs).sum::<u64>() as f64 / span.max(1e-9)));
}
