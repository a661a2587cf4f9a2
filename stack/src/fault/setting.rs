//! What decides which faults are possible, as far as it can be known without trying anything.

use redline_model::Bytes;

use super::connections;
use crate::{
    NetworkKind, Stack, link,
    topology::{ComponentKind, Settings, Topology},
};

/// Where a fault is to be injected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub network: NetworkKind,
    /// Whether the containers' processes are processes of this machine.
    pub processes_are_here: bool,
    /// The smallest memory of a PHP container.
    pub php_memory: Bytes,
    /// How many connections the database gives.
    pub connections: u64,
    /// Whether a component's link is narrow already.
    pub narrow: bool,
    /// What a fault can be on.
    pub targets: Vec<String>,
}

impl Setting {
    /// That of a stack that runs.
    pub(super) fn of(stack: &Stack) -> Self {
        let (php, mysql) = (ComponentKind::Php, stack.member(ComponentKind::Mysql));
        let pools = stack.members.iter().filter(|member| member.kind == php);
        let limit = mysql.and_then(|m| m.args.iter().find_map(|a| a.strip_prefix("--max-connections=")?.parse().ok()));
        Self {
            network: stack.network().0,
            // One that is down just now shows nothing.
            processes_are_here: stack.members.iter().any(is_here),
            php_memory: pools.map(|member| member.memory).min().unwrap_or_default(),
            connections: limit.unwrap_or(0),
            narrow: stack.members.iter().any(|member| link::of(member).is_some()),
            targets: stack.fault_targets(),
        }
    }
    /// That of a stack that could be started.
    pub(super) fn planned(topology: &Topology, network: NetworkKind) -> Self {
        let mut setting = Self {
            network,
            // On loopback that was looked at; on a bridge it is known only when something runs.
            processes_are_here: network == NetworkKind::Loopback,
            php_memory: Bytes(u64::MAX),
            connections: 0,
            narrow: link::any(topology),
            targets: topology.fault_targets(),
        };
        for (_, component) in topology.components() {
            match &component.settings {
                Settings::Php(_) => setting.php_memory = setting.php_memory.min(component.memory),
                Settings::Mysql(mysql) => setting.connections = mysql.max_connections.into(),
                _ => {}
            }
        }
        setting
    }
    /// What is written to `/tmp` counts as the container's memory, so that filling it must not be an end of memory.
    pub(super) fn tmp_fits(&self) -> bool {
        self.php_memory.0 >= 2 * ComponentKind::Php.facts().tmp.0
    }
    pub(super) fn connections_can_be_held(&self) -> bool {
        self.connections <= connections::MOST
    }
}

/// Whether the container's first process is to be seen here, and is that of this container.
fn is_here(member: &crate::member::Member) -> bool {
    let cgroup = |pid: i64| std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok();
    member.pid().and_then(cgroup).is_some_and(|table| table.contains(&member.id))
}
