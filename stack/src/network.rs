//! How load reaches the stack: this machine's own loopback addresses, or ports published on 127.0.0.1.

use std::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};
use testcontainers::bollard::models::SystemInfo;

use crate::{
    StackError, addresses,
    docker::Engine,
    link,
    listeners::{Protocol, listeners},
    topology::{ComponentKind, Speaks, Topology},
};

/// A way for the load to reach the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkKind {
    /// The containers are on the host's network and each server has a loopback address of its own: fast.
    Loopback,
    /// The containers have a network of their own and their ports are published on 127.0.0.1: portable.
    Bridge,
}

impl NetworkKind {
    /// As it is written on the command line and in labels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Bridge => "bridge",
        }
    }
    /// The network of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Loopback, Self::Bridge].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which network it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkChoice {
    /// Loopback where that works, else bridge.
    #[default]
    Automatic,
    /// This one or none.
    Forced(NetworkKind),
}

/// The network and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub kind: NetworkKind,
    pub reason: String,
}

/// Chooses the network. With `Forced(Loopback)` it is an error if that cannot work here.
pub(crate) fn choose(choice: NetworkChoice, engine: &Engine, topology: &Topology) -> Result<Chosen, StackError> {
    let narrow = link::any(topology).then(|| link::WHY_A_BRIDGE.to_owned());
    let obstacle = narrow.or_else(|| obstacle_to_loopback(engine));
    match (choice, obstacle) {
        (NetworkChoice::Forced(NetworkKind::Bridge), _) => {
            Ok(Chosen { kind: NetworkKind::Bridge, reason: "as asked for".into() })
        }
        (NetworkChoice::Forced(NetworkKind::Loopback), Some(reason)) => {
            Err(StackError::Network { network: "loopback", reason: format!("{reason}; use `--network bridge`") })
        }
        (NetworkChoice::Forced(NetworkKind::Loopback), None) => {
            Ok(Chosen { kind: NetworkKind::Loopback, reason: "as asked for".into() })
        }
        (NetworkChoice::Automatic, Some(reason)) => Ok(Chosen { kind: NetworkKind::Bridge, reason }),
        (NetworkChoice::Automatic, None) => Ok(Chosen {
            kind: NetworkKind::Loopback,
            reason: "Docker's host network is this machine's, and ports 80 and 53 are free on 127.80.0.0/16".into(),
        }),
    }
}

/// Why the loopback path cannot work here, if so.
pub(crate) fn obstacle_to_loopback(engine: &Engine) -> Option<String> {
    let kernel_says = |what: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{what}")).ok();
    let (name, kernel) = (kernel_says("hostname"), kernel_says("osrelease"));
    if !cfg!(target_os = "linux") {
        return Some("this is not Linux, so Docker runs in a machine of its own".into());
    }
    if !engine.host.starts_with("unix://") {
        return Some(format!("Docker is reached over {}, so it may be another machine", engine.host));
    }
    other_machine(&engine.info, name.as_deref().map(str::trim), kernel.as_deref().map(str::trim)).or_else(taken_port)
}

/// Whether Docker's "host" is not the machine that redline runs on. In a container of its own redline has
/// another host name than Docker does.
fn other_machine(info: &SystemInfo, name: Option<&str>, kernel: Option<&str>) -> Option<String> {
    let system = info.operating_system.as_deref().unwrap_or_default();
    if system.contains("Docker Desktop") {
        return Some("Docker Desktop runs its containers in a machine of its own".into());
    }
    if info.security_options.iter().flatten().any(|option| option.contains("rootless")) {
        return Some("Docker is rootless, so its host network is not this machine's".into());
    }
    if info.kernel_version.as_deref() != kernel || info.name.as_deref() != name {
        return Some("Docker runs on another machine".into());
    }
    None
}

/// A listener on all addresses would be in the way of every stack.
fn taken_port() -> Option<String> {
    let any = |port| SocketAddr::new(addresses::loopback(255, 254), port);
    let of = |kind: ComponentKind| {
        let protocols = protocols(kind).iter().copied();
        protocols.flat_map(move |protocol| addresses::ports(kind).into_iter().map(move |port| (protocol, port.number)))
    };
    let wanted = ComponentKind::ALL.into_iter().flat_map(of);
    let found = listeners();
    let mut wanted = wanted;
    wanted
        .find(|(protocol, port)| found.iter().any(|listener| listener.covers(*protocol, any(*port))))
        .map(|(_, port)| format!("something on this machine listens on port {port} of all addresses"))
}

fn protocols(kind: ComponentKind) -> &'static [Protocol] {
    match kind.facts().speaks {
        Speaks::Dns => &[Protocol::Tcp, Protocol::Udp],
        Speaks::Http | Speaks::Tcp => &[Protocol::Tcp],
    }
}

/// Whether nobody listens where the stack in `slot` would.
pub(crate) fn slot_is_free(topology: &Topology, slot: addresses::Slot) -> bool {
    let found = listeners();
    topology.servers.iter().enumerate().all(|(place, server)| {
        server.components.iter().all(|component| {
            addresses::ports(component.kind()).iter().all(|port| {
                let address = SocketAddr::new(addresses::loopback(slot, place), port.number);
                let taken = |protocol| found.iter().any(|listener| listener.covers(protocol, address));
                !protocols(component.kind()).iter().any(|protocol| taken(*protocol))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(name: &str, kernel: &str, system: &str, security: &[&str]) -> SystemInfo {
        SystemInfo {
            name: Some(name.into()),
            kernel_version: Some(kernel.into()),
            operating_system: Some(system.into()),
            security_options: Some(security.iter().map(ToString::to_string).collect()),
            ..SystemInfo::default()
        }
    }

    #[test]
    fn only_an_engine_on_this_very_machine_gives_the_loopback_path() {
        let why = |i: &SystemInfo| other_machine(i, Some("here"), Some("6.1"));
        assert_eq!(why(&info("here", "6.1", "Debian", &[])), None);
        assert!(why(&info("there", "6.1", "Debian", &[])).is_some());
        assert!(why(&info("here", "5.15", "Debian", &[])).is_some());
        assert!(why(&info("here", "6.1", "Docker Desktop", &[])).is_some());
        assert!(why(&info("here", "6.1", "Debian", &["name=rootless"])).is_some());
    }
}
