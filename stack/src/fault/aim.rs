//! What a fault is on: the word behind its kind, as far as a topology knows it.

use crate::{
    Stack, Topology,
    member::Member,
    topology::{ComponentKind, DatabaseRole, Server},
};

/// All of it.
pub(super) const SERVER: &str = "server";

/// What is meant by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aim {
    /// `server`: everything.
    All,
    /// A server's name: everything on it.
    Server(String),
    /// `php`: every component of that kind.
    Kind(ComponentKind),
    /// `php@web1`: the one on that server.
    Instance(ComponentKind, String),
}

impl Aim {
    /// Reads a name; whether a stack has such a thing is another question.
    pub(crate) fn of(name: &str) -> Self {
        if name == SERVER {
            return Self::All;
        }
        if let Some(kind) = ComponentKind::named(name) {
            return Self::Kind(kind);
        }
        match name.split_once('@').and_then(|(kind, server)| Some((ComponentKind::named(kind)?, server))) {
            Some((kind, server)) => Self::Instance(kind, server.into()),
            None => Self::Server(name.into()),
        }
    }
    /// The kind of component, where it is of one.
    pub(crate) fn kind(&self) -> Option<ComponentKind> {
        match self {
            Self::Kind(kind) | Self::Instance(kind, _) => Some(*kind),
            Self::All | Self::Server(_) => None,
        }
    }
    fn covers(&self, server: &str, kind: ComponentKind) -> bool {
        match self {
            Self::All => true,
            Self::Server(name) => name == server,
            Self::Kind(wanted) => *wanted == kind,
            Self::Instance(wanted, name) => *wanted == kind && name == server,
        }
    }
}

impl Topology {
    /// Everything that a fault can be on: each kind, each instance of a kind that several servers have, each server
    /// of several, and `server` for all of it.
    #[must_use]
    pub fn fault_targets(&self) -> Vec<String> {
        let names: Vec<(&str, ComponentKind)> =
            self.components().map(|(server, component)| (server.name.as_str(), component.kind())).collect();
        targets(&names)
    }
    /// What a matrix of faults is on: of several that are alike only the first, and all of it. A primary and its replica
    /// are not alike.
    #[must_use]
    pub fn matrix_targets(&self) -> Vec<String> {
        let mut tiers: Vec<(Vec<ComponentKind>, Option<DatabaseRole>)> = Vec::new();
        let mut all = Vec::new();
        let several = self.servers.len() > 1;
        for (place, server) in self.servers.iter().enumerate() {
            let kinds: Vec<ComponentKind> = server.components.iter().map(|component| component.kind()).collect();
            let tier = (kinds.clone(), self.role_of((place, ComponentKind::Mysql)));
            if tiers.contains(&tier) {
                continue;
            }
            all.extend(kinds.iter().map(|kind| self.instance(server, *kind)));
            // Of a server with one component that is the same.
            all.extend((several && kinds.len() > 1).then(|| server.name.clone()));
            tiers.push(tier);
        }
        all.push(SERVER.into());
        all
    }
}

impl Stack {
    /// As [`Topology::fault_targets`].
    pub(super) fn fault_targets(&self) -> Vec<String> {
        let names: Vec<_> = self.members.iter().map(|member| (member.server.as_str(), member.kind)).collect();
        targets(&names)
    }
    /// The members that a name means; none where it means nothing here.
    pub(super) fn aimed_at(&self, name: &str) -> Vec<Member> {
        let aim = Aim::of(name);
        self.members.iter().filter(|member| aim.covers(&member.server, member.kind)).cloned().collect()
    }
}

fn targets(of: &[(&str, ComponentKind)]) -> Vec<String> {
    let mut all = Vec::new();
    for kind in ComponentKind::ALL {
        let servers: Vec<&str> = of.iter().filter(|(_, found)| *found == kind).map(|(server, _)| *server).collect();
        all.extend((!servers.is_empty()).then(|| kind.to_string()));
        if servers.len() > 1 {
            all.extend(servers.iter().map(|server| format!("{kind}@{server}")));
        }
    }
    let mut servers: Vec<&str> = of.iter().map(|(server, _)| *server).collect();
    servers.sort_unstable();
    servers.dedup();
    if servers.len() > 1 {
        all.extend(servers.iter().map(ToString::to_string));
    }
    all.push(SERVER.into());
    all
}

/// A server's name stands for all of it in a fault, so it must not mean anything else.
pub(crate) fn name_problem(server: &Server, servers: usize) -> Option<String> {
    let name = server.name.as_str();
    let taken = ComponentKind::named(name).is_some() || name == "host" || (name == SERVER && servers > 1);
    taken.then(|| format!("`{name}` already means something else; give the server another name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::find;

    #[test]
    fn of_several_each_can_be_meant_and_all_of_them() {
        let balanced = find("balanced").unwrap();
        assert_eq!(
            balanced.fault_targets().join(" "),
            "dns balancer nginx nginx@web1 nginx@web2 php php@web1 php@web2 mysql db lb ns web1 web2 server"
        );
        assert_eq!(balanced.matrix_targets().join(" "), "dns balancer nginx@web1 php@web1 web1 mysql server");
        assert_eq!(find("single").unwrap().fault_targets(), ["dns", "nginx", "php", "mysql", "server"]);
        assert_eq!(find("single").unwrap().matrix_targets(), ["dns", "nginx", "php", "mysql", "server"]);
    }

    #[test]
    fn a_name_says_what_it_means() {
        assert_eq!(Aim::of("php@web1"), Aim::Instance(ComponentKind::Php, "web1".into()));
        assert_eq!((Aim::of("server"), Aim::of("php")), (Aim::All, Aim::Kind(ComponentKind::Php)));
        assert!(Aim::of("web1").covers("web1", ComponentKind::Nginx));
        assert!(!Aim::of("php@web1").covers("web2", ComponentKind::Php));
    }
}
