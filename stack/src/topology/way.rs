//! Who asks whom: a request's way through the servers, from the tables' `to` and from the kinds.

use std::collections::BTreeSet;

use super::{ComponentKind, Topology, TopologyError, kind::Speaks};

/// A component by its server's place in the topology and its kind.
pub(crate) type At = (usize, ComponentKind);

impl Topology {
    /// Those that the component at `from` asks, in the order of the servers.
    pub(crate) fn asks(&self, from: At) -> Vec<At> {
        let (place, kind) = from;
        let named = self.component(from).map_or(&[][..], |component| component.settings.to());
        if !named.is_empty() {
            let named = |place: &usize| self.servers.get(*place).is_some_and(|server| named.contains(&server.name));
            let places = (0..self.servers.len()).filter(named);
            return places.filter_map(|place| self.next_on(kind, place)).collect();
        }
        match kind {
            ComponentKind::Dns | ComponentKind::Valkey | ComponentKind::Mysql => Vec::new(),
            // The edge is in front of everything.
            ComponentKind::Varnish => match self.all(ComponentKind::Balancer) {
                balancers if !balancers.is_empty() => balancers,
                _ => self.all(ComponentKind::Nginx),
            },
            ComponentKind::Balancer => self.all(ComponentKind::Nginx),
            // On the own server where it is there: no way is shorter.
            ComponentKind::Nginx => match self.component((place, ComponentKind::Php)) {
                Some(_) => vec![(place, ComponentKind::Php)],
                None => self.all(ComponentKind::Php),
            },
            ComponentKind::Php => self.all(ComponentKind::Valkey).into_iter().chain(self.databases()).collect(),
        }
    }

    /// The servers where visitors come in: those whose HTTP nobody else of the topology leads to.
    pub(crate) fn entrances(&self) -> Vec<At> {
        let asked: BTreeSet<At> = self.places().into_iter().flat_map(|from| self.asks(from)).collect();
        let speaks_http = |at: &At| at.1.facts().speaks == Speaks::Http;
        self.places().into_iter().filter(speaks_http).filter(|at| !asked.contains(at)).collect()
    }

    /// Every component, by server and in a request's order.
    pub(crate) fn places(&self) -> Vec<At> {
        let on = |(place, server): (usize, &super::Server)| {
            server.components.iter().map(move |component| (place, component.kind())).collect::<Vec<_>>()
        };
        self.servers.iter().enumerate().flat_map(on).collect()
    }

    fn all(&self, kind: ComponentKind) -> Vec<At> {
        self.having(kind).map(|place| (place, kind)).collect()
    }

    /// What a component of `kind` asks on the server at `place`: PHP if it is a web server, else whatever
    /// speaks HTTP there.
    fn next_on(&self, kind: ComponentKind, place: usize) -> Option<At> {
        let wanted = |at: &&At| match kind {
            ComponentKind::Nginx => at.1 == ComponentKind::Php,
            _ => at.1.facts().speaks == Speaks::Http,
        };
        self.places().iter().filter(|at| at.0 == place).find(wanted).copied()
    }
}

/// The servers that the tables name are there and have what is asked for, and no way leads back.
pub(super) fn check(topology: &Topology) -> Result<(), TopologyError> {
    for at in topology.places() {
        let Some((server, component)) = topology.servers.get(at.0).zip(topology.component(at)) else { continue };
        let key = format!("server.{}.{}.to", server.name, at.1);
        for name in component.settings.to() {
            let wrong = |problem: String| TopologyError::wrong(&topology.file, key.clone(), problem);
            let place = topology.servers.iter().position(|server| &server.name == name);
            let place = place.ok_or_else(|| wrong(format!("there is no server `{name}`")))?;
            if topology.next_on(at.1, place).is_none() {
                let what = if at.1 == ComponentKind::Nginx { "PHP" } else { "neither a web server nor a balancer" };
                let has = if at.1 == ComponentKind::Nginx { "has no" } else { "has" };
                return Err(wrong(format!("the server `{name}` {has} {what}")));
            }
        }
        let mut way = vec![at];
        if let Some(circle) = circle(topology, &mut way) {
            let names = circle.iter().filter_map(|at| topology.servers.get(at.0)).map(|server| server.name.as_str());
            let names = names.collect::<Vec<_>>().join(" → ");
            return Err(TopologyError::wrong(
                &topology.file,
                key,
                format!("{names} is a circle: a request that went this way would never end"),
            ));
        }
    }
    Ok(())
}

/// The first way that comes back to one of its own steps.
fn circle(topology: &Topology, way: &mut Vec<At>) -> Option<Vec<At>> {
    let last = *way.last()?;
    for next in topology.asks(last) {
        if let Some(since) = way.iter().position(|at| *at == next) {
            let mut circle = way.split_off(since);
            circle.push(next);
            return Some(circle);
        }
        way.push(next);
        if let Some(found) = circle(topology, way) {
            return Some(found);
        }
        way.pop();
    }
    None
}
