//! Where everything listens.
//!
//! Stacks on one machine differ by their *slot*, a number from 1 to 254: on the loopback path the
//! servers of slot N have the addresses 127.80.N.1, 127.80.N.2, …; on both paths the names of the
//! containers begin with `redline-N-`.

use std::net::{IpAddr, Ipv4Addr};

use crate::topology::{ComponentKind, Topology};

/// A stack's number on this machine.
pub(crate) type Slot = u8;

/// The slots in the order in which they are tried.
pub(crate) fn slots() -> impl Iterator<Item = Slot> {
    1..=254
}

/// The loopback address of server `place` (from 0) of the stack in `slot`.
pub(crate) fn loopback(slot: Slot, place: usize) -> IpAddr {
    let last = u8::try_from(place + 1).unwrap_or(u8::MAX);
    IpAddr::V4(Ipv4Addr::new(127, 80, slot, last))
}

/// The container's name. That of the first DNS server is the same for all topologies: whoever gets it owns the slot.
pub(crate) fn container_name(slot: Slot, topology: &Topology, place: usize, kind: ComponentKind) -> String {
    let owns_the_slot = kind == ComponentKind::Dns && topology.having(kind).next() == Some(place);
    match topology.servers.get(place) {
        Some(server) if topology.servers.len() > 1 && !owns_the_slot => {
            format!("redline-{slot}-{}-{kind}", server.name)
        }
        _ => format!("redline-{slot}-{kind}"),
    }
}

/// What a port is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What the component is there for.
    Service,
    /// Its counters.
    Status,
}

/// A port of a component, the same on every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    pub number: u16,
    pub purpose: Purpose,
}

/// The port of the component's own service.
pub(crate) fn service_port(kind: ComponentKind) -> u16 {
    kind.facts().service_port
}

/// The port of the component's counters, where they have one of their own.
pub(crate) fn status_port(kind: ComponentKind) -> Option<u16> {
    kind.facts().status_port
}

/// All ports of a component.
pub(crate) fn ports(kind: ComponentKind) -> Vec<Port> {
    let service = Port { number: service_port(kind), purpose: Purpose::Service };
    let status = status_port(kind).map(|number| Port { number, purpose: Purpose::Status });
    std::iter::once(service).chain(status).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::find;

    #[test]
    fn stacks_differ_in_addresses_and_names() {
        let single = find("single").unwrap();
        assert_eq!(loopback(7, 0).to_string(), "127.80.7.1");
        assert_eq!(container_name(7, &single, 0, ComponentKind::Dns), "redline-7-dns");
        assert_eq!(slots().count(), 254);
        assert!(slots().all(|slot| loopback(slot, 0).is_loopback()));
    }

    #[test]
    fn of_several_servers_only_the_first_dns_container_has_a_name_without_a_server() {
        let mut two = find("single").unwrap();
        two.servers.push(two.servers[0].clone());
        two.servers[1].name = "second".into();
        assert_eq!(container_name(7, &two, 1, ComponentKind::Php), "redline-7-second-php");
        assert_eq!(container_name(7, &two, 0, ComponentKind::Dns), "redline-7-dns");
        assert_eq!(container_name(7, &two, 1, ComponentKind::Dns), "redline-7-second-dns");
    }
}
