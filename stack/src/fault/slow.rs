//! A component, or the whole server, is left with a fifth of its CPU time.
//!
//! A component gets a quota in short periods, so that it is slow and does not stand still for a tenth of a second
//! at a time. What all components share is taken by threads of redline, as the levers do it.

use futures::future::try_join_all;
use testcontainers::bollard::{Docker, models::ContainerUpdateBody, query_parameters::InspectContainerOptions};

use super::observe::Seen;
use crate::{
    StackError,
    container::QUOTA_PERIOD,
    intervention::Thief,
    labels,
    member::Member,
    share::{Keeper, Wanted},
};

/// What is left.
const LEFT: f64 = 0.2;
/// The kernel takes no quota below a millisecond.
const LEAST: i64 = 1_000;

pub(super) const DOES: &str = "leaves it a fifth of its CPU time (a quota, in periods of 10 ms)";
pub(super) const DOES_TO_SERVER: &str =
    "leaves the server a fifth of its CPU time (threads of redline take the rest, in periods of 5 ms)";

pub(super) const DOES_TO_ONE_SERVER: &str =
    "leaves the server a fifth of its CPU time (its share in periods of 10 ms, or threads of redline on its cores)";

/// What has to be given back.
#[derive(Debug)]
pub(super) enum Slowed {
    /// Containers that have a quota, with the one that each had.
    Quotas(Vec<(Member, i64)>),
    /// Threads that take the servers' CPU time.
    Threads(Thief),
    /// A server's share, with its size in cores.
    Share { keeper: Keeper, server: String, folder: String, cpus: f64 },
}

/// Gives each component a quota; seen in what Docker reads back.
pub(super) async fn components(docker: &Docker, members: &[Member]) -> Result<(Slowed, Seen), StackError> {
    let slow = |member: &Member| {
        let member = member.clone();
        async move {
            let before = member.cpu_quota.unwrap_or(-1);
            let cores = member.label(labels::SERVER_CPUS).parse::<f64>().unwrap_or(1.0);
            let whole = member.cpu_quota.unwrap_or((cores * QUOTA_PERIOD as f64).round() as i64);
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

/// Lowers the share of one server.
pub(super) async fn share(keeper: Keeper, server: &str, folder: &str, cpus: f64) -> Result<(Slowed, Seen), StackError> {
    let wanted = (cpus * LEFT).max(LEAST as f64 / QUOTA_PERIOD as f64);
    let failed = |reason| StackError::Share { server: server.into(), reason };
    let found = keeper.ask(folder, Wanted::Cpus(wanted)).await.map_err(failed)?;
    let seen = Seen::now(format!("the kernel read back that {server} may use {} of its {cpus} cores", found.cpus));
    Ok((Slowed::Share { keeper, server: server.into(), folder: folder.into(), cpus }, seen))
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
            Self::Share { keeper, server, folder, cpus } => {
                let given = keeper.ask(&folder, Wanted::Cpus(cpus)).await;
                given.map(|_| None).map_err(|reason| StackError::Share { server, reason })
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
