//! Lowers the share of servers that are alike, all of them at once: of two servers behind one balancer, taking from
//! one alone would show little where the other has room.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Stack, StackError,
    share::{Keeper, Wanted},
    topology::ComponentKind,
};

/// What is left: as of the CPU.
const LEFT: f64 = 0.75;
/// The kernel takes no quota under a millisecond in a period of ten.
const LEAST: f64 = 0.1;

/// Servers with the same components on them.
#[derive(Debug)]
pub struct Tier {
    keeper: Keeper,
    /// Their names, joined by `and`.
    names: String,
    servers: Vec<Member>,
    lowered: bool,
}

/// One server: its cgroup, and its share as found.
#[derive(Debug)]
struct Member {
    name: String,
    folder: String,
    cpus: f64,
}

impl Tier {
    /// The tiers of a stack whose servers have a part of a core, but for those that are as small as can be.
    pub(super) fn all(keeper: &Keeper, stack: &Stack) -> Vec<Self> {
        let sizes = stack.intended_sizes();
        let mut kinds: BTreeMap<&str, (BTreeSet<ComponentKind>, &str)> = BTreeMap::new();
        for member in &stack.members {
            if let Some(folder) = member.group() {
                kinds.entry(&member.server).or_insert((BTreeSet::new(), folder)).0.insert(member.kind);
            }
        }
        let mut tiers: Vec<(BTreeSet<ComponentKind>, Vec<Member>)> = Vec::new();
        for (name, (kinds, folder)) in kinds {
            let cpus = sizes.get(name).map_or(0.0, |(cpus, _)| *cpus);
            let member = Member { name: name.into(), folder: folder.into(), cpus };
            match tiers.iter_mut().find(|(known, _)| *known == kinds) {
                Some((_, members)) => members.push(member),
                None => tiers.push((kinds, vec![member])),
            }
        }
        let possible = |servers: &Vec<Member>| servers.iter().all(|server| server.cpus * LEFT >= LEAST);
        let tier = |servers: Vec<Member>| {
            let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
            Self { keeper: keeper.clone(), names: names.join(" and "), servers, lowered: false }
        };
        tiers.into_iter().map(|(_, servers)| servers).filter(possible).map(tier).collect()
    }
    pub(super) fn servers(&self) -> &str {
        &self.names
    }
    pub(super) fn done(&self) -> String {
        format!("the share of {} was lowered to {:.0} %", self.names, 100.0 * LEFT)
    }
    pub(super) async fn pull(&mut self) -> Result<(), StackError> {
        self.lowered = true;
        self.set(LEFT).await
    }
    /// Gives the shares back.
    pub(super) async fn release(&mut self) -> Result<f64, StackError> {
        if !std::mem::take(&mut self.lowered) {
            return Ok(1.0);
        }
        self.set(1.0).await?;
        Ok(LEFT)
    }
    async fn set(&self, left: f64) -> Result<(), StackError> {
        for server in &self.servers {
            let set = self.keeper.ask(&server.folder, Wanted::Cpus(server.cpus * left)).await;
            set.map_err(|reason| StackError::Share { server: server.name.clone(), reason })?;
        }
        Ok(())
    }
}
