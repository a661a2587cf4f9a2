//! A component that runs: what Docker says about it, which is also all that is needed to attach to it again.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use redline_model::Bytes;
use testcontainers::bollard::{Docker, models::ContainerInspectResponse, query_parameters::InspectContainerOptions};

use crate::{
    NetworkKind, StackError,
    addresses::{service_port, status_port},
    container::parse_env,
    disk::{self, DiskLimits},
    labels, link,
    topology::{ComponentKind, Speaks},
};

/// A component that runs (or ran).
#[derive(Clone)]
pub(crate) struct Member {
    pub id: String,
    pub name: String,
    pub server: String,
    pub kind: ComponentKind,
    /// Its name in samples and reports: `php`, or `php@web1` where there are several.
    pub instance: String,
    /// The image's digest.
    pub image: String,
    /// Its variables, passwords included.
    pub env: BTreeMap<String, String>,
    pub args: Vec<String>,
    /// The first process, as this machine numbers it; 0 if it does not run. Shared by all copies, because a
    /// container that was started again has another one.
    pub pid: Arc<AtomicI64>,
    /// Its service, as seen from here.
    pub service: SocketAddr,
    /// Its counters, as seen from here.
    pub status: Option<SocketAddr>,
    /// Its own address on the stack's network.
    pub inner: IpAddr,
    /// Limits as Docker reads them back.
    pub cpuset: String,
    /// Microseconds of CPU time a period, where there is a quota.
    pub cpu_quota: Option<i64>,
    pub memory: Bytes,
    /// As Docker reads them back.
    pub disk: DiskLimits,
    pub labels: BTreeMap<String, String>,
}

impl fmt::Debug for Member {
    /// Without the variables, among which are passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("name", &self.name).field("service", &self.service).finish_non_exhaustive()
    }
}

impl Member {
    /// `server/component`, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{}/{}", self.server, self.kind)
    }
    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
    /// The first process, as this machine numbers it, while it runs.
    pub(crate) fn pid(&self) -> Option<i64> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|pid| *pid > 0)
    }
    /// Reads again what changes when a container is started again.
    ///
    /// # Errors
    /// If Docker does not answer, or the component is not where it was.
    pub(crate) async fn look_again(&self, docker: &Docker) -> Result<(), StackError> {
        let now = inspect(docker, &self.id).await?;
        self.pid.store(now.pid().unwrap_or(0), Ordering::Relaxed);
        if (now.service, now.inner) == (self.service, self.inner) {
            // It has a new network, whose link is as wide as any.
            return link::narrow(docker, self).await;
        }
        let reason =
            format!("it came back at {} ({}) instead of {} ({})", now.service, now.inner, self.service, self.inner);
        Err(StackError::Start { component: self.title(), reason })
    }
    /// Whether visitors come in here.
    pub(crate) fn is_entrance(&self) -> bool {
        !self.label(labels::ENTRANCE).is_empty()
    }
    /// The folder of its server's cgroup, where the server has a part of a core.
    pub(crate) fn group(&self) -> Option<&str> {
        Some(self.label(labels::CGROUP)).filter(|folder| !folder.is_empty())
    }
    /// A number that the container was told.
    pub(crate) fn number(&self, variable: &str) -> u64 {
        self.env.get(variable).and_then(|value| value.parse().ok()).unwrap_or(0)
    }
}

/// What Docker says about the container `id`, if it is one of ours.
pub(crate) async fn inspect(docker: &Docker, id: &str) -> Result<Member, StackError> {
    let found = docker
        .inspect_container(id, None::<InspectContainerOptions>)
        .await
        .map_err(StackError::docker(format!("inspecting container {id}")))?;
    member(found).ok_or_else(|| StackError::Start {
        component: id.into(),
        reason: "Docker shows neither its ports nor its labels".into(),
    })
}

fn member(found: ContainerInspectResponse) -> Option<Member> {
    let config = found.config?;
    let host = found.host_config?;
    let labels: BTreeMap<_, _> = config.labels?.into_iter().collect();
    let kind = ComponentKind::named(labels.get(labels::COMPONENT)?)?;
    let network = NetworkKind::named(labels.get(labels::NETWORK)?)?;
    let own: Option<IpAddr> = labels.get(labels::ADDRESS).and_then(|address| address.parse().ok());
    let settings = found.network_settings.unwrap_or_default();
    let reach = |port: u16| match network {
        NetworkKind::Loopback => own.map(|ip| SocketAddr::new(ip, port)),
        NetworkKind::Bridge => {
            let protocol = if kind.facts().speaks == Speaks::Dns { "udp" } else { "tcp" };
            let bound = settings.ports.as_ref()?.get(&format!("{port}/{protocol}"))?.as_ref()?.first()?;
            Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), bound.host_port.as_ref()?.parse().ok()?))
        }
    };
    let disk = disk::read_back(&host);
    let on_network = || settings.networks.as_ref()?.values().find_map(|n| n.ip_address.as_ref()?.parse().ok());
    Some(Member {
        id: found.id?,
        name: found.name.unwrap_or_default().trim_start_matches('/').to_string(),
        server: labels.get(labels::SERVER)?.clone(),
        kind,
        instance: labels.get(labels::INSTANCE).cloned().unwrap_or_else(|| kind.as_str().to_string()),
        image: found.image.unwrap_or_default(),
        env: parse_env(&config.env.unwrap_or_default()),
        args: config.cmd.unwrap_or_default(),
        pid: Arc::new(AtomicI64::new(found.state.and_then(|state| state.pid).unwrap_or(0))),
        // A container that has ended has no published ports; it is still listed and removed.
        service: reach(service_port(kind)).unwrap_or_else(nowhere),
        status: status_port(kind).map(|port| reach(port).unwrap_or_else(nowhere)),
        inner: own.or_else(on_network).unwrap_or(Ipv4Addr::UNSPECIFIED.into()),
        cpuset: host.cpuset_cpus.unwrap_or_default(),
        cpu_quota: host.cpu_quota.filter(|q| *q > 0),
        memory: Bytes(u64::try_from(host.memory.unwrap_or(0)).unwrap_or(0)),
        disk,
        labels,
    })
}

/// Port 0 of this machine: nobody can answer there.
fn nowhere() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A component that is nowhere, for what only looks at its kind and address.
    pub(crate) fn on_loopback(kind: ComponentKind, address: &str) -> Member {
        let inner: IpAddr = address.parse().unwrap();
        Member {
            id: "0".repeat(64),
            name: format!("redline-7-{kind}"),
            server: "server".into(),
            kind,
            instance: kind.as_str().into(),
            image: String::new(),
            env: BTreeMap::new(),
            args: Vec::new(),
            pid: Arc::default(),
            service: SocketAddr::new(inner, service_port(kind)),
            status: None,
            inner,
            cpuset: "1".into(),
            cpu_quota: None,
            memory: Bytes(64 << 20),
            disk: DiskLimits::default(),
            labels: BTreeMap::new(),
        }
    }
}
