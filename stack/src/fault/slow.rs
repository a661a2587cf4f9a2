//! A component, or the whole server, is left with a fifth of its CPU time.
//!
//! A component gets a quota in short periods, so that it is slow and does not stand still for a tenth of a second
//! at a time. What all components share is taken by threads of redline, as the levers do it.

use futures::future::try_join_all;
use testcontainers::bollard::{Docker, models::ContainerUpdateBody, query_parameters::InspectContainerOptions};

use super::observe::Seen;
use crate::{StackError, container::QUOTA_PERIOD, cpus::parse_cpuset, intervention::Thief, member::Member};

/// What is left.
const LEFT: f64 = 0.2;
/// The kernel takes no quota below a millisecond.
const LEAST: i64 = 1_000;

pub(super) const DOES: &str = "leaves it a fifth of its CPU time (a quota, in periods of 10 ms)";
pub(super) const DOES_TO_SERVER: &str =
    "leaves the server a fifth of its CPU time (threads of redline take the rest, in periods of 5 ms)";

/// What has to be given back.
#[derive(Debug)]
pub(super) enum Slowed {
    /// Containers that have a quota, with the one that each had.
    Quotas(Vec<(Member, i64)>),
    /// Threads that take the servers' CPU time.
    Threads(Thief),
}

/// Gives each component a quota; seen in what Docker reads back.
pub(super) async fn components(docker: &Docker, members: &[Member]) -> Result<(Slowed, Seen), StackError> {
    let slow = |member: &Member| {
        let member = member.clone();
        async move {
            let before = member.cpu_quota.unwrap_or(-1);
            let whole = member.cpu_quota.unwrap_or(parse_cpuset(&member.cpuset).len().max(1) as i64 * QUOTA_PERIOD);
            let quota = ((whole as f64 * LEFT).round() as i64).max(LEAST);
            set(docker, &member, quota).await?;
            let title = member.title();
            let percent = 100.0 * quota as f64 / QUOTA_PERIOD as f64;
            let seen = Seen::now(format!("Docker read back that {title} may use {percent:.0} % of a core"));
            Ok::<_, StackError>(((member, before), seen))
        }
    };
    let (slowed, seen): (Vec<_>, Vec<_>) = try_join_all(members.iter().map(slow)).await?.into_iter().unzip();
    Ok((Slowed::Quotas(slowed), Seen::first(seen)))
}

/// Takes the CPU time of the whole server.
pub(super) fn server(cpus: Vec<usize>) -> Result<(Slowed, Seen), StackError> {
    let mut thief = Thief::taking(1.0 - LEFT, cpus.clone());
    thief.pull()?;
    let how = format!("threads of redline began to take {:.0} % of CPU {cpus:?}", 100.0 * (1.0 - LEFT));
    Ok((Slowed::Threads(thief), Seen::now(how)))
}

impl Slowed {
    /// Gives it back; says how much was left, where that was measured.
    pub(super) async fn lift(self, docker: &Docker) -> Result<Option<String>, StackError> {
        match self {
            Self::Quotas(all) => {
                try_join_all(all.iter().map(|(member, before)| set(docker, member, *before))).await?;
                Ok(None)
            }
            Self::Threads(mut thief) => {
                let left = thief.release();
                Ok(Some(format!("by those threads' own clocks the server kept {:.0} % of its CPU time", 100.0 * left)))
            }
        }
    }
}

/// Sets the quota in microseconds a period, −1 for none, and reads it back.
async fn set(docker: &Docker, member: &Member, quota: i64) -> Result<(), StackError> {
    let doing = || format!("setting the CPU quota of {}", member.title());
    let update = ContainerUpdateBody {
        cpu_quota: Some(quota),
        cpu_period: Some(QUOTA_PERIOD),
        ..ContainerUpdateBody::default()
    };
    docker.update_container(&member.id, update).await.map_err(StackError::docker(doing()))?;
    let found = docker.inspect_container(&member.id, None::<InspectContainerOptions>).await;
    let found = found.map_err(StackError::docker(doing()))?.host_config.and_then(|host| host.cpu_quota);
    if found == Some(quota) {
        return Ok(());
    }
    let reason = format!("its quota is {found:?} µs a period instead of {quota}");
    Err(StackError::Fault { fault: member.title(), doing: "slowed", reason })
}
