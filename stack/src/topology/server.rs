//! Servers and the topology that they make.

use redline_model::Bytes;

use super::{At, Component, ComponentKind};
use crate::Source;

/// A stack configuration that was read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    /// Its name: the file's, without `.toml`.
    pub name: String,
    /// The file that it was read from, for messages.
    pub file: String,
    /// What it is, in one line.
    pub description: String,
    /// Its servers, in the file's order. At least one has a DNS server, one Nginx and one PHP-FPM, and one a database, or
    /// two a primary and its replica; no way through them leads in a circle.
    pub servers: Vec<Server>,
    /// Where its images are made from.
    pub source: Source,
}

/// A machine's worth of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its name, unique in the topology.
    pub name: String,
    /// CPU that its components share, in cores; not whole: a part of cores that other servers have as well.
    pub cpus: f64,
    /// Memory that its components share.
    pub memory: Bytes,
    /// What is on it, each kind at most once, in the order of [`ComponentKind::ALL`].
    pub components: Vec<Component>,
}

impl Topology {
    /// Every component with its server.
    pub fn components(&self) -> impl Iterator<Item = (&Server, &Component)> {
        self.servers.iter().flat_map(|server| server.components.iter().map(move |component| (server, component)))
    }
    /// The images that it needs, each once.
    #[must_use]
    pub fn images(&self) -> Vec<&'static str> {
        let mut images: Vec<_> = self.components().map(|(_, component)| component.image()).collect();
        images.sort_unstable();
        images.dedup();
        images
    }
    /// The component at a place.
    pub(crate) fn component(&self, at: At) -> Option<&Component> {
        self.servers.get(at.0)?.components.iter().find(|component| component.kind() == at.1)
    }
    /// The component's name in samples, reports and faults: its kind, and its server's name where several servers
    /// have such a component (`php@web1`).
    #[must_use]
    pub fn instance(&self, server: &Server, kind: ComponentKind) -> String {
        match self.having(kind).count() {
            0 | 1 => kind.as_str().to_string(),
            _ => format!("{kind}@{}", server.name),
        }
    }
    /// CPU of all servers together, in cores.
    #[must_use]
    pub fn cpus(&self) -> f64 {
        self.servers.iter().map(|server| server.cpus).sum()
    }
    /// Memory of all servers together.
    #[must_use]
    pub fn memory(&self) -> Bytes {
        Bytes(self.servers.iter().map(|server| server.memory.0).sum())
    }
    /// The servers that have such a component, by their places.
    pub fn having(&self, kind: ComponentKind) -> impl Iterator<Item = usize> {
        self.servers
            .iter()
            .enumerate()
            .filter(move |(_, server)| server.components.iter().any(|component| component.kind() == kind))
            .map(|(place, _)| place)
    }
}

impl Server {
    /// Whether it has whole cores to itself; if not, its share is a quota of cores that others use as well.
    #[must_use]
    pub fn has_whole_cores(&self) -> bool {
        self.cpus.fract() == 0.0
    }
}
