//! Limits on CPU that are lifted for a while.
//!
//! The generator is measured against a trivial answer of the stack itself. Where that answer comes through a server
//! with a part of a core it would be that part that is measured, and a capacity could not be told from the
//! generator's limit. So the very same way is measured with every CPU that the servers may use. What was lifted is
//! gone with the stack, should redline end meanwhile.

use std::collections::BTreeSet;

use testcontainers::bollard::models::ContainerUpdateBody;

use crate::{
    Stack, StackError,
    container::QUOTA_PERIOD,
    cpus::parse_cpuset,
    member::Member,
    share::{Keeper, Wanted},
};

/// What is asked of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// As many CPUs as are there.
    All,
    /// What the topology says.
    Own,
}

/// A limit in cores, below the CPUs that it holds for.
#[derive(Debug, Clone, PartialEq)]
struct Limit {
    of: Of,
    /// As the topology has it.
    own: f64,
    /// The CPUs that there are.
    all: f64,
}

/// Whose limit it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    /// A server's, for all its components together: its name and its cgroup.
    Server { name: String, folder: String },
    /// A container's own.
    Component { instance: String, id: String },
}

impl Of {
    fn name(&self) -> &str {
        match self {
            Self::Server { name, .. } => name,
            Self::Component { instance, .. } => instance,
        }
    }
}

impl Limit {
    fn cores(&self, to: To) -> f64 {
        match to {
            To::All => self.all,
            To::Own => self.own,
        }
    }
}

impl Stack {
    /// Lets all servers and components use every CPU that they are on, until [`Stack::restore_limits`]; gives the names
    /// of those that had a limit. Nothing changes where whole cores are the only limits.
    ///
    /// # Errors
    /// If Docker or the kernel refuses.
    pub async fn lift_limits(&self) -> Result<Vec<String>, StackError> {
        let limits = self.limits();
        // A server's comes first: no component may have more than its server.
        self.set(limits.iter(), To::All).await?;
        Ok(limits.iter().map(|limit| limit.of.name().to_owned()).collect())
    }

    /// Gives all servers and components the limits of their topology again.
    ///
    /// # Errors
    /// If Docker or the kernel refuses, or a server's share is not what it was: nothing may be measured then.
    pub async fn restore_limits(&self) -> Result<(), StackError> {
        self.set(self.limits().iter().rev(), To::Own).await
    }

    /// All limits, the servers' first.
    fn limits(&self) -> Vec<Limit> {
        let sizes = self.intended_sizes();
        limits(&self.members, |server| sizes.get(server).map_or(0.0, |(cpus, _)| *cpus))
    }

    async fn set<'a>(&self, limits: impl Iterator<Item = &'a Limit>, to: To) -> Result<(), StackError> {
        for limit in limits {
            let cores = limit.cores(to);
            match &limit.of {
                Of::Server { name, folder } => {
                    if let Some(keeper) = self.keeper().await? {
                        give(keeper, name, folder, cores).await?;
                    }
                }
                Of::Component { instance, id } => {
                    let quota = (cores * QUOTA_PERIOD as f64).round() as i64;
                    let update = ContainerUpdateBody { cpu_quota: Some(quota), ..ContainerUpdateBody::default() };
                    let doing = format!("setting the CPU quota of {instance}");
                    self.docker.update_container(id, update).await.map_err(StackError::docker(doing))?;
                }
            }
        }
        Ok(())
    }
}

/// Writes a share and reads it back.
async fn give(keeper: &Keeper, server: &str, folder: &str, cores: f64) -> Result<(), StackError> {
    let failed = |reason| StackError::Share { server: server.to_owned(), reason };
    let found = keeper.ask(folder, Wanted::Cpus(cores)).await.map_err(failed)?;
    if (found.cpus - cores).abs() < 1e-3 {
        return Ok(());
    }
    Err(failed(format!("it was to have {cores} cores and has {}", found.cpus)))
}

/// The limits of these components and their servers, the servers' first.
fn limits(members: &[Member], size: impl Fn(&str) -> f64) -> Vec<Limit> {
    let all = |member: &Member| parse_cpuset(&member.cpuset).len() as f64;
    let mut seen = BTreeSet::new();
    let mut limits = Vec::new();
    for member in members {
        if let Some(folder) = member.group().filter(|folder| seen.insert(*folder)) {
            let of = Of::Server { name: member.server.clone(), folder: folder.to_owned() };
            limits.push(Limit { of, own: size(&member.server), all: all(member) });
        }
    }
    limits.extend(members.iter().filter_map(|member| {
        let own = member.cpu_quota? as f64 / QUOTA_PERIOD as f64;
        let of = Of::Component { instance: member.instance.clone(), id: member.id.clone() };
        Some(Limit { of, own, all: all(member) })
    }));
    limits.retain(|limit| limit.own < limit.all);
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{labels, member::tests::on_loopback, topology::ComponentKind};

    fn on(server: &str, kind: ComponentKind) -> Member {
        let mut member = on_loopback(kind, "127.80.0.1");
        member.server = server.into();
        member.labels.insert(labels::CGROUP.into(), format!("redline-x/{server}"));
        member
    }

    #[test]
    fn a_server_with_a_part_of_a_core_has_one_limit_and_a_quota_is_another() {
        let mut nginx = on("web1", ComponentKind::Nginx);
        nginx.cpu_quota = Some(2000);
        let members = [on("lb", ComponentKind::Balancer), nginx, on("web1", ComponentKind::Php)];
        let found = limits(&members, |server| if server == "lb" { 0.15 } else { 0.25 });
        let told: Vec<(&str, f64, f64)> = found.iter().map(|l| (l.of.name(), l.own, l.all)).collect();
        assert_eq!(told, [("lb", 0.15, 1.0), ("web1", 0.25, 1.0), ("nginx", 0.2, 1.0)]);
        assert_eq!((found[0].cores(To::All), found[0].cores(To::Own)), (1.0, 0.15));
    }

    #[test]
    fn whole_cores_are_no_limit_to_lift() {
        let members = [on_loopback(ComponentKind::Nginx, "127.80.0.1"), on_loopback(ComponentKind::Php, "127.80.0.1")];
        assert!(limits(&members, |_| 1.0).is_empty());
        // A quota as large as its CPUs limits nothing.
        let mut php = on_loopback(ComponentKind::Php, "127.80.0.1");
        php.cpu_quota = Some(QUOTA_PERIOD);
        assert!(limits(&[php], |_| 1.0).is_empty());
    }
}
