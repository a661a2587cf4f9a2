//! Servers that have a part of a core, and have used it up.

use std::collections::{BTreeMap, BTreeSet};

use redline_model::{ProbeReading, ServerSample};

use super::{
    evidence::{Saturated, Signal},
    nominate::percent,
    place,
};

/// A server that used so much of its share …
const USED: f64 = 0.85;
/// … and had to wait for more of it in so many of the periods is at its limit.
const THROTTLED: f64 = 0.25;

/// What one server used of its share.
struct Found<'a> {
    server: &'a str,
    used: f64,
    throttled: f64,
    cpus: f64,
}

/// The servers at their limit, the most used first; those with the same components on them are one tier and limit
/// together.
pub(super) fn exhausted(s: &Saturated) -> Vec<Signal> {
    let mut found: Vec<Found> =
        readings(s).into_iter().filter_map(|(server, of)| used(server, &of)).filter(at_limit).collect();
    found.sort_by(|a, b| b.used.total_cmp(&a.used));
    let mut tiers: Vec<(BTreeSet<&str>, Vec<Found>)> = Vec::new();
    for server in found {
        let kinds = kinds(s, server.server);
        match tiers.iter_mut().find(|(known, _)| *known == kinds) {
            Some((_, servers)) => servers.push(server),
            None => tiers.push((kinds, vec![server])),
        }
    }
    tiers.into_iter().map(|(_, servers)| signal(servers)).collect()
}

fn at_limit(found: &Found) -> bool {
    found.used >= USED && found.throttled >= THROTTLED
}

fn signal(mut servers: Vec<Found>) -> Signal {
    servers.sort_by_key(|found| found.server);
    let evidence = servers.iter().map(|found| {
        format!(
            "{} used {} of its {} cores (threshold {}) and was throttled in {} of the periods (threshold {})",
            found.server,
            percent(found.used),
            found.cpus,
            percent(USED),
            percent(found.throttled),
            percent(THROTTLED)
        )
    });
    let evidence = evidence.collect();
    let names: Vec<&str> = servers.iter().map(|found| found.server).collect();
    Signal { component: names.join(place::AND), resource: "cpu-quota", evidence }
}

fn readings<'a>(s: &Saturated<'a>) -> BTreeMap<&'a str, Vec<(f64, &'a ServerSample)>> {
    let mut all: BTreeMap<&str, Vec<(f64, &ServerSample)>> = BTreeMap::new();
    for sample in &s.samples {
        if let ProbeReading::Server(reading) = &sample.reading {
            all.entry(&sample.server).or_default().push((sample.span.0, reading));
        }
    }
    all
}

fn used<'a>(server: &'a str, of: &[(f64, &ServerSample)]) -> Option<Found<'a>> {
    let (span, last) = (of.iter().map(|(span, _)| span).sum::<f64>(), of.last()?.1);
    let used: f64 = of.iter().map(|(_, s)| s.used.0).sum();
    let (hit, periods) = of.iter().fold((0, 0), |a, (_, s)| (a.0 + s.throttled_periods, a.1 + s.periods));
    (span > 0.0 && last.cpus > 0.0 && periods > 0).then(|| Found {
        server,
        used: used / span / last.cpus,
        throttled: hit as f64 / periods as f64,
        cpus: last.cpus,
    })
}

/// The kinds of the components on a server.
fn kinds<'a>(s: &Saturated<'a>, server: &str) -> BTreeSet<&'a str> {
    let of = s.samples.iter().filter(|x| x.server == server && !matches!(x.reading, ProbeReading::Server(_)));
    of.map(|x| place::kind(&x.component)).collect()
}

#[cfg(test)]
mod tests {
    use redline_model::{Mono, NginxSample, Sample, Seconds};

    use super::*;

    fn of(server: &str, component: &str, reading: ProbeReading) -> Sample {
        let (server, component) = (server.to_owned(), component.to_owned());
        Sample { at: Mono(1), span: Seconds(1.0), server, component, cpu: None, reading }
    }

    fn share(server: &str, used: f64, throttled_periods: u64) -> Sample {
        let used = Seconds(0.25 * used);
        let reading = ServerSample { cpus: 0.25, used, periods: 100, throttled_periods, ..ServerSample::default() };
        of(server, server, ProbeReading::Server(reading))
    }

    fn found(shares: &[Sample]) -> Vec<Signal> {
        let nginx = |server: &str| of(server, &format!("nginx@{server}"), ProbeReading::Nginx(NginxSample::default()));
        let others = [nginx("web1"), nginx("web2"), of("db", "mysql", ProbeReading::None)];
        let samples = shares.iter().chain(&others).collect();
        exhausted(&Saturated { samples, span: 1.0, cpu_busy: 0.7, cpu: Vec::new(), request_time: 0.0, logged: (0, 0) })
    }

    #[test]
    fn servers_that_are_alike_limit_together() {
        let signals = found(&[share("web1", 0.93, 60), share("web2", 0.97, 70), share("db", 0.5, 60)]);
        assert_eq!(signals.len(), 1);
        assert_eq!((signals[0].component.as_str(), signals[0].resource), ("web1 and web2", "cpu-quota"));
        assert!(signals[0].evidence[0].starts_with("web1 used 93 % of its 0.25 cores"), "{signals:?}");
    }

    #[test]
    fn the_one_that_used_most_comes_first_and_a_short_burst_is_no_limit() {
        let signals = found(&[share("web1", 0.88, 60), share("db", 0.99, 90), share("web2", 0.99, 10)]);
        assert_eq!(signals.iter().map(|s| s.component.as_str()).collect::<Vec<_>>(), ["db", "web1"]);
    }
}
