//! A server that has a part of a core: what its components use together, and how often they had to wait for more.

use redline_model::{Bytes, Mono, ProbeReading, Sample, Seconds, ServerSample};

use super::{
    cgroup::{Cgroup, CgroupCounters},
    component::since,
};
use crate::member::Member;

/// Reads one server's cgroup.
#[derive(Debug)]
pub(super) struct ServerProbe {
    server: String,
    /// Containers that were started again are in the same parent, so it is found once.
    cgroup: Cgroup,
    last: Option<(Mono, CgroupCounters)>,
}

impl ServerProbe {
    /// One for each server with a part of a core whose cgroup is to be seen on this machine.
    pub(super) fn all(members: &[Member]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for member in members.iter().filter(|member| member.group().is_some()) {
            let found = || member.pid().and_then(Cgroup::of).and_then(|cgroup| cgroup.parent());
            if !all.iter().any(|probe| probe.server == member.server)
                && let Some(cgroup) = found()
            {
                all.push(Self { server: member.server.clone(), cgroup, last: None });
            }
        }
        all
    }
    /// One reading; `None` the first time, and while the server has no cgroup.
    pub(super) fn sample(&mut self) -> Option<Sample> {
        let at = Mono::now();
        let now = self.cgroup.read()?;
        let cpus = self.cgroup.quota()?;
        let (then, last) = self.last.replace((at, now))?;
        let reading = ServerSample {
            cpus,
            used: Seconds(now.used.saturating_sub(last.used).as_secs_f64()),
            periods: now.periods.saturating_sub(last.periods),
            throttled_periods: now.throttled_periods.saturating_sub(last.throttled_periods),
            memory: Bytes(now.memory),
        };
        Some(Sample {
            at,
            span: since(at, then),
            server: self.server.clone(),
            // Its components' CPU time is in their own samples; counted here as well it would count twice.
            component: self.server.clone(),
            cpu: None,
            reading: ProbeReading::Server(reading),
        })
    }
}
