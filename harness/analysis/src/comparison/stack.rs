//! One stack's column of the table, from its own run.

use redline_model::{
    Bottleneck, BottleneckStatus, Bytes, CacheCounts, CacheReport, ComparedCache, ComparedDeploy, ComparedFault,
    ComparedStack, LoadPoint, Purpose, RunReport, SameLoad, Seconds, TrialClass, TrialResult,
};

use super::points::single_points;

/// The column; its response times at the same load are found by the caller.
pub(super) fn column(name: &str, run: &RunReport, same_load: Option<SameLoad>) -> ComparedStack {
    let servers = &run.fingerprint.servers;
    let driven = run.trials.iter().rfind(|t| t.spec.purpose == Purpose::Overdrive && usable(t));
    let components: Vec<(String, Seconds)> = driven.map(components).unwrap_or_default();
    let cpu: f64 = components.iter().map(|(_, cpu)| cpu.0).sum();
    ComparedStack {
        name: name.to_owned(),
        run: run.run.clone(),
        started: run.started.clone(),
        kind: run.verdict.kind,
        sentence: run.verdict.sentence.clone(),
        servers: u32::try_from(servers.len()).unwrap_or(u32::MAX),
        cores: servers.iter().map(|s| s.cpus).sum(),
        memory: Bytes(servers.iter().map(|s| s.memory.0).sum()),
        saturation: run.verdict.saturation,
        adjusted: run.verdict.saturation_adjusted.map(|a| a.requests_per_second),
        sustainable: run.verdict.sustainable,
        same_load,
        curve: curve(run),
        bottleneck: run.verdict.bottleneck.as_ref().map(told),
        cpu_per_session: (cpu > 0.0).then_some(Seconds(cpu)),
        components,
        bytes_per_session: driven.or(run.trials.iter().rfind(|t| usable(t))).map(|t| t.bytes_per_session),
        caches: caches(&run.caches),
        faults: run.failures.iter().map(fault).collect(),
        deploys: run.deployments.iter().map(deploy).collect(),
        single_points: single_points(run),
    }
}

fn curve(run: &RunReport) -> Vec<LoadPoint> {
    let meant = |t: &&TrialResult| {
        let open = t.spec.cap.is_none() && t.sessions.turned_away == 0 && t.response.count > 0;
        usable(t) && open && !matches!(t.spec.purpose, Purpose::Calibration | Purpose::WarmUp | Purpose::Fault)
    };
    let point = |t: &TrialResult| LoadPoint { offered: t.offered, completed: t.completed, p95: t.response.p95 };
    let mut points: Vec<LoadPoint> = run.trials.iter().filter(meant).map(point).collect();
    points.sort_by(|a, b| a.offered.0.total_cmp(&b.offered.0));
    points
}

pub(crate) fn usable(trial: &TrialResult) -> bool {
    trial.class != TrialClass::GeneratorLimited && trial.completed.0 > 0.0
}

fn components(trial: &TrialResult) -> Vec<(String, Seconds)> {
    let of = |c: &redline_model::ComponentUsage| Some((format!("{}/{}", c.server, c.component), c.cpu_per_session?));
    trial.components.iter().filter(|c| c.component != c.server).filter_map(of).collect()
}

fn told(b: &Bottleneck) -> String {
    let status = match b.status {
        BottleneckStatus::Confirmed => "confirmed",
        BottleneckStatus::Joint => "joint",
        BottleneckStatus::Suspected => "suspected",
        BottleneckStatus::Unknown => return "unknown".into(),
    };
    format!("{} of {} ({status})", b.resource, b.component)
}

/// The caches by their kind and what they keep: what `nginx@web1` and `nginx@web2` keep stands beside the one Nginx's
/// of another stack.
fn caches(all: &[CacheReport]) -> Vec<ComparedCache> {
    let mut kinds: Vec<(String, CacheCounts)> = Vec::new();
    for cache in all {
        let component = cache.component.split('@').next().unwrap_or_default();
        let name = format!("{component}: {}", cache.keeps);
        match kinds.iter_mut().find(|(known, _)| *known == name) {
            Some((_, counts)) => counts.merge(cache.counts),
            None => kinds.push((name, cache.counts)),
        }
    }
    let compared = |(cache, counts): (String, CacheCounts)| ComparedCache {
        cache,
        hit_rate: counts.hit_rate(),
        of_all: counts.of_all(),
    };
    kinds.into_iter().map(compared).collect()
}

fn fault(f: &redline_model::FailureReport) -> ComparedFault {
    ComparedFault {
        fault: f.fault.to_string(),
        offered: f.offered,
        of_sustainable: f.of_sustainable,
        outage: f.outage,
        lost_service: f.lost_service,
        lost_service_error: f.lost_service_error,
        orders_lost: f.orders.map(|o| (o.lost, o.acknowledged)),
    }
}

fn deploy(d: &redline_model::DeployReport) -> ComparedDeploy {
    ComparedDeploy {
        deploy: d.deploy.to_string(),
        offered: d.offered,
        downtime: d.downtime,
        failed: d.outcomes.errors(),
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Share;

    use super::*;

    #[test]
    fn caches_of_servers_that_are_alike_are_one_row() {
        let of = |component: &str, keeps: &str, hits, misses, passed| {
            let counts = CacheCounts { hits, misses, passed };
            CacheReport::new("server".into(), component.into(), keeps, counts)
        };
        let found = caches(&[
            of("nginx@web1", "pages", 6, 2, 0),
            of("nginx@web2", "pages", 0, 2, 10),
            of("valkey", "objects", 9, 1, 0),
        ]);
        let pages =
            ComparedCache { cache: "nginx: pages".into(), hit_rate: Some(Share(0.6)), of_all: Some(Share(0.3)) };
        assert_eq!(found[0], pages);
        assert_eq!((found.len(), found[1].cache.as_str(), found[1].hit_rate), (2, "valkey: objects", Some(Share(0.9))));
    }
}
