//! What a topology must hold: checked once, before anything starts.

use std::collections::{BTreeMap, BTreeSet};

use redline_model::{Bytes, Rate, Seconds};

use super::{
    Component, ComponentKind, PhpSettings, Server, SessionStore, Settings, Topology, TopologyError, caches, databases,
    kind::Count,
    read::{ServerTable, TopologyFile},
    size, way,
};
use crate::{Source, fault::aim::name_problem};

/// Checks the values of one table and names it in what it says.
pub(super) struct Checker<'a> {
    file: &'a str,
    table: String,
}

impl Checker<'_> {
    pub(super) fn wrong(&self, key: &str, problem: String) -> TopologyError {
        TopologyError::wrong(self.file, format!("{}.{key}", self.table), problem)
    }
    pub(super) fn between(&self, key: &str, value: u32, low: u32, high: u32) -> Result<(), TopologyError> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.wrong(key, format!("{value} is out of range: it may be from {low} to {high}")))
    }
    pub(super) fn whole_seconds(&self, key: &str, value: Seconds) -> Result<(), TopologyError> {
        if value.0.fract() == 0.0 {
            return Ok(());
        }
        Err(self.wrong(key, format!("{value} is not a whole number of seconds")))
    }
    pub(super) fn whole_rate(&self, key: &str, rate: Option<Rate>, of: &str) -> Result<(), TopologyError> {
        match rate.filter(|rate| rate.0.fract() != 0.0 || !(1.0..=1e6).contains(&rate.0)) {
            Some(rate) => {
                Err(self.wrong(key, format!("{rate} is not a whole number of {of} a second from 1 to 1000000")))
            }
            None => Ok(()),
        }
    }
    pub(super) fn at_most_share(
        &self,
        key: &str,
        value: Bytes,
        memory: Bytes,
        share: (u64, u64),
    ) -> Result<(), TopologyError> {
        let (part, whole) = share;
        if value.0 <= memory.0 / whole * part {
            return Ok(());
        }
        let problem = format!("{value} does not fit: it may have up to {part}/{whole} of the component's {memory}");
        Err(self.wrong(key, problem))
    }
    pub(super) fn whole_mebibytes(&self, key: &str, value: Bytes) -> Result<(), TopologyError> {
        if value.0 >= 1 << 20 && value.0.is_multiple_of(1 << 20) {
            return Ok(());
        }
        Err(self.wrong(key, format!("{value} is not a whole number of MiB")))
    }
}

/// Checks the whole and makes the types of it.
pub(super) fn topology(name: &str, file: &str, table: &TopologyFile) -> Result<Topology, TopologyError> {
    if table.server.is_empty() {
        return Err(TopologyError::wrong(file, "server", "there is none; a topology has at least one [[server]]"));
    }
    let mut names = BTreeSet::new();
    let mut servers = Vec::new();
    for written in &table.server {
        if !names.insert(&written.name) {
            let problem = format!("two servers are called `{}`; give each its own name", written.name);
            return Err(TopologyError::wrong(file, "server.name", problem));
        }
        servers.push(server(file, written)?);
    }
    for server in &servers {
        if let Some(problem) = name_problem(server, servers.len()) {
            return Err(TopologyError::wrong(file, "server.name", problem));
        }
    }
    let topology = Topology {
        name: name.into(),
        file: file.into(),
        description: table.description.clone(),
        servers,
        source: Source::default(),
    };
    complete(&topology)?;
    Ok(topology)
}

/// A stack that can be visited has all that it takes.
fn complete(topology: &Topology) -> Result<(), TopologyError> {
    for kind in ComponentKind::ALL {
        let (count, facts) = (topology.having(kind).count(), kind.facts());
        if count == 0 && facts.count != Count::Any {
            let problem = format!("there is no {}; add a [server.{kind}] table to one of the servers", facts.what);
            return Err(TopologyError::wrong(&topology.file, format!("server.{kind}"), problem));
        }
    }
    way::check(topology)?;
    databases::check(topology)?;
    size::quotas_fit(topology)?;
    sessions_are_shared(topology)?;
    caches::check(topology)
}

/// With several application servers a visitor's next page may be made by another one.
fn sessions_are_shared(topology: &Topology) -> Result<(), TopologyError> {
    if topology.having(ComponentKind::Php).count() < 2 {
        return Ok(());
    }
    for (server, component) in topology.components() {
        if let Settings::Php(PhpSettings { sessions: SessionStore::Files, .. }) = component.settings {
            let key = format!("server.{}.php.sessions", server.name);
            let problem = "several servers have PHP, and none sees the sessions in another's files; use \"database\" or \"valkey\"";
            return Err(TopologyError::wrong(&topology.file, key, problem));
        }
    }
    Ok(())
}

/// Two components of a server cannot listen on one port: its address is theirs together.
fn ports_differ(check: &Checker<'_>, settings: &[Settings]) -> Result<(), TopologyError> {
    let ports = |s: &Settings| {
        let facts = s.kind().facts();
        std::iter::once(facts.service_port).chain(facts.status_port).map(move |port| (port, facts.name))
    };
    let mut taken = BTreeMap::new();
    for (port, name) in settings.iter().flat_map(ports) {
        if let Some(other) = taken.insert(port, name) {
            let problem = format!("{other} and {name} would both listen on port {port}; give each its own server");
            return Err(check.wrong("components", problem));
        }
    }
    Ok(())
}

fn server(file: &str, written: &ServerTable) -> Result<Server, TopologyError> {
    let check = Checker { file, table: format!("server.{}", written.name) };
    let name_fits = (1..=20).contains(&written.name.len())
        && written.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !name_fits {
        let problem = format!("`{}` does not do: a name has 1 to 20 of a-z, 0-9 and `-`", written.name);
        return Err(TopologyError::wrong(file, "server.name", problem));
    }
    if let Some(problem) = size::problem(written.cpus) {
        return Err(check.wrong("cpus", problem));
    }
    let settings = written.settings();
    if settings.is_empty() {
        return Err(check.wrong("components", "nothing is on this server; give it a component or leave it out".into()));
    }
    ports_differ(&check, &settings)?;
    let components = share_memory(&check, written.memory, settings)?;
    for component in &components {
        let check = Checker { file, table: format!("server.{}.{}", written.name, component.kind()) };
        component.settings.check(&check, component.memory)?;
    }
    Ok(Server { name: written.name.clone(), cpus: written.cpus, memory: written.memory, components })
}

/// Splits the server's memory: who asked gets what it asked for, the others share the rest evenly, and the
/// last digit goes to the last, so that the sum is exact.
///
/// Fixed shares are stricter than one common budget: no component can take what another was given.
fn share_memory(check: &Checker<'_>, total: Bytes, settings: Vec<Settings>) -> Result<Vec<Component>, TopologyError> {
    let asked: u64 = settings.iter().filter_map(Settings::memory).map(|b| b.0).sum();
    let others = settings.iter().filter(|s| s.memory().is_none()).count() as u64;
    let Some(left) = total.0.checked_sub(asked) else {
        let problem = format!("the components ask for {} together, the server has {total}", Bytes(asked));
        return Err(check.wrong("memory", problem));
    };
    if others == 0 && left > 0 {
        let problem = format!(
            "the components have {} together, the server {total}; give them all of it, or leave `memory` out of one",
            Bytes(asked)
        );
        return Err(check.wrong("memory", problem));
    }
    let share = left.checked_div(others).unwrap_or(0);
    let mut rest = left;
    let mut waiting = others;
    let mut components = Vec::new();
    for settings in settings {
        let memory = settings.memory().unwrap_or_else(|| {
            waiting -= 1;
            let mine = if waiting == 0 { rest } else { share };
            rest -= mine;
            Bytes(mine)
        });
        let least = settings.kind().facts().least_memory;
        if memory < least {
            let problem = format!("{memory} is too little for {}; it needs at least {least}", settings.kind());
            return Err(check.wrong(&format!("{}.memory", settings.kind()), problem));
        }
        components.push(Component { memory, settings });
    }
    Ok(components)
}
