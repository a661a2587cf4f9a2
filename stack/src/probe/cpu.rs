//! CPU and memory of one container as differences: from its cgroup, or from Docker where that is out of sight.

use std::time::Duration;

use futures::StreamExt;
use redline_model::{Bytes, CpuSample, Seconds};
use testcontainers::bollard::{Docker, models::ContainerStatsResponse, query_parameters::StatsOptionsBuilder};

use super::cgroup::{Cgroup, CgroupCounters};
use crate::member::Member;

/// Where the counters come from.
#[derive(Debug)]
enum Source {
    /// This machine's own files: exact and cheap.
    Files(Cgroup),
    /// Docker's statistics: another machine, or one that hides its cgroups.
    Docker(Docker, String),
}

/// Reads one container's CPU and memory.
#[derive(Debug)]
pub(super) struct CpuProbe {
    source: Source,
    last: Option<CgroupCounters>,
}

impl CpuProbe {
    pub(super) fn new(docker: &Docker, member: &Member) -> Self {
        let files = member.pid().and_then(Cgroup::of);
        let source = files.map_or_else(|| Source::Docker(docker.clone(), member.id.clone()), Source::Files);
        Self { source, last: None }
    }
    /// What was used since the last time; `None` the first time and while the container is gone.
    pub(super) async fn sample(&mut self) -> Option<CpuSample> {
        let now = match &self.source {
            Source::Files(cgroup) => cgroup.read(),
            Source::Docker(docker, id) => statistics(docker, id).await,
        };
        let last = std::mem::replace(&mut self.last, now);
        Some(difference(last?, now?))
    }
}

/// Counters start again at 0 with a container that starts again: the difference is then what is new.
fn difference(last: CgroupCounters, now: CgroupCounters) -> CpuSample {
    let last = if now.used < last.used { CgroupCounters::default() } else { last };
    CpuSample {
        used: Seconds(now.used.saturating_sub(last.used).as_secs_f64()),
        user: Seconds(now.user.saturating_sub(last.user).as_secs_f64()),
        periods: now.periods.saturating_sub(last.periods),
        throttled_periods: now.throttled_periods.saturating_sub(last.throttled_periods),
        memory: Bytes(now.memory),
        oom_kills: now.oom_kills.saturating_sub(last.oom_kills),
    }
}

async fn statistics(docker: &Docker, id: &str) -> Option<CgroupCounters> {
    let options = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
    docker.stats(id, Some(options)).next().await?.ok().and_then(|found| counters(&found))
}

fn counters(found: &ContainerStatsResponse) -> Option<CgroupCounters> {
    let cpu = found.cpu_stats.as_ref()?;
    let usage = cpu.cpu_usage.as_ref()?;
    let throttling = cpu.throttling_data.as_ref();
    let memory = found.memory_stats.as_ref();
    let statistic = |name: &str| memory.and_then(|m| m.stats.as_ref()?.get(name).copied());
    let droppable = statistic("inactive_file").or_else(|| statistic("total_inactive_file")).unwrap_or(0);
    Some(CgroupCounters {
        used: Duration::from_nanos(usage.total_usage?),
        user: Duration::from_nanos(usage.usage_in_usermode.unwrap_or(0)),
        periods: throttling.and_then(|t| t.periods).unwrap_or(0),
        throttled_periods: throttling.and_then(|t| t.throttled_periods).unwrap_or(0),
        memory: memory.and_then(|m| m.usage).unwrap_or(0).saturating_sub(droppable),
        oom_kills: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_started_again_counts_from_zero() {
        let of = |used| CgroupCounters { used: Duration::from_secs(used), ..CgroupCounters::default() };
        assert_eq!(difference(of(10), of(12)).used, Seconds(2.0));
        assert_eq!(difference(of(10), of(3)).used, Seconds(3.0));
    }
}
