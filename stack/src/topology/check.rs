//! What a topology must hold: checked once, before anything starts.

use std::collections::BTreeSet;

use redline_model::{Bytes, Seconds};

use super::{
    Component, ComponentKind, Server, Settings, Topology, TopologyError,
    read::{ServerTable, TopologyFile},
};
use crate::Source;

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

/// A stack that can be visited has all four, and one DNS server and one database.
fn complete(topology: &Topology) -> Result<(), TopologyError> {
    for kind in ComponentKind::ALL {
        let count = topology.having(kind).count();
        let (what, only_one) = match kind {
            ComponentKind::Dns => ("DNS server", true),
            ComponentKind::Nginx => ("web server", false),
            ComponentKind::Php => ("application server", false),
            ComponentKind::Mysql => ("database", true),
        };
        if count == 0 {
            let problem = format!("there is no {what}; add a [server.{kind}] table to one of the servers");
            return Err(TopologyError::wrong(&topology.file, format!("server.{kind}"), problem));
        }
        if only_one && count > 1 {
            let problem = format!("{count} servers have a {what}; leave it on one of them");
            return Err(TopologyError::wrong(&topology.file, format!("server.{kind}"), problem));
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
    // A part of a core needs a cgroup that all components of the server are in; whole cores need only a CPU set.
    if written.cpus.fract() != 0.0 || !(1.0..=1024.0).contains(&written.cpus) {
        return Err(check.wrong("cpus", format!("{} is not a whole number of cores from 1 to 1024", written.cpus)));
    }
    let settings = written.settings();
    if settings.is_empty() {
        return Err(check.wrong("components", "nothing is on this server; give it a component or leave it out".into()));
    }
    let components = share_memory(&check, written.memory, settings)?;
    for component in &components {
        let check = Checker { file, table: format!("server.{}.{}", written.name, component.kind()) };
        match &component.settings {
            Settings::Dns(s) => s.check(&check)?,
            Settings::Nginx(s) => s.check(&check)?,
            Settings::Php(s) => s.check(&check)?,
            Settings::Mysql(s) => s.check(&check, component.memory)?,
        }
    }
    Ok(Server { name: written.name.clone(), cpus: written.cpus as u32, memory: written.memory, components })
}

/// Splits the server's memory: who asked gets what it asked for, the others share the rest evenly, and the
/// last digit goes to the last, so that the sum is exact.
///
/// Fixed shares are stricter than one common budget; a parent cgroup with one limit for all of them comes
/// with the topologies of several servers.
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
        let least = settings.kind().least_memory();
        if memory < least {
            let problem = format!("{memory} is too little for {}; it needs at least {least}", settings.kind());
            return Err(check.wrong(&format!("{}.memory", settings.kind()), problem));
        }
        components.push(Component { memory, settings });
    }
    Ok(components)
}
