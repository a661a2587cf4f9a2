//! Makes one resource of a running stack scarcer for a while, and gives it back.
//!
//! Utilisation only nominates a bottleneck; taking a part of the resource away shows whether the throughput
//! follows. Every lever here works by *holding* a part of the resource from outside: nothing is configured,
//! nothing needs to be put back, and when this process dies the hold dies with it.

mod cpu;
mod pool;
mod quota;
mod share;

use std::collections::BTreeSet;

pub(crate) use cpu::Thief;
use pool::Holder;
use quota::Quota;
use share::Tier;

use crate::{Stack, StackError, cpus::parse_cpuset, member::Member, topology::ComponentKind};

/// One resource that can be made scarcer while the stack runs.
#[derive(Debug)]
pub enum Lever {
    /// CPU time of the servers' CPUs is taken by threads of this process.
    Cpu(Thief),
    /// Children of a PHP-FPM pool are kept busy with waiting.
    Pool(Holder),
    /// A container's CPU quota is lowered.
    Quota(Quota),
    /// The quota of servers that are alike is lowered.
    Share(Tier),
}

/// A resource that no lever reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfReach {
    /// Its component.
    pub component: &'static str,
    /// Its name in [`redline_model::Bottleneck::resource`].
    pub resource: &'static str,
    /// Why.
    pub why: &'static str,
}

impl Lever {
    /// The component whose resource it is; `server` for what all components share.
    #[must_use]
    pub fn component(&self) -> &str {
        match self {
            Self::Cpu(_) => "server",
            Self::Pool(holder) => holder.component(),
            Self::Quota(quota) => quota.component(),
            Self::Share(tier) => tier.servers(),
        }
    }
    /// The resource, in the words of [`redline_model::Bottleneck::resource`].
    #[must_use]
    pub fn resource(&self) -> &'static str {
        match self {
            Self::Cpu(_) => "cpu",
            Self::Pool(_) => "pool",
            Self::Quota(_) | Self::Share(_) => "cpu-quota",
        }
    }
    /// What it does, as part of a sentence.
    #[must_use]
    pub fn done(&self) -> String {
        match self {
            Self::Cpu(thief) => thief.done(),
            Self::Pool(holder) => holder.done(),
            Self::Quota(quota) => quota.done(),
            Self::Share(tier) => tier.done(),
        }
    }
    /// Makes the resource scarcer; returns when it is.
    ///
    /// # Errors
    /// If the system or the component refuses.
    pub async fn pull(&mut self) -> Result<(), StackError> {
        match self {
            Self::Cpu(thief) => thief.pull(),
            Self::Pool(holder) => holder.pull().await,
            Self::Quota(quota) => quota.pull().await,
            Self::Share(tier) => tier.pull().await,
        }
    }
    /// Gives it back; returns what was left of the resource meanwhile, as a share of what there is, as measured.
    ///
    /// # Errors
    /// If it cannot be given back.
    pub async fn release(&mut self) -> Result<f64, StackError> {
        match self {
            Self::Cpu(thief) => Ok(thief.release()),
            Self::Pool(holder) => holder.release(),
            Self::Quota(quota) => quota.release().await,
            Self::Share(tier) => tier.release().await,
        }
    }
}

impl Stack {
    /// The levers that this stack has, the CPU first.
    #[must_use]
    pub fn levers(&self) -> Vec<Lever> {
        // Where a part of a core is a server's share, that share is its limit and not the cores.
        let whole: Vec<usize> = self
            .members
            .iter()
            .filter(|member| member.group().is_none())
            .flat_map(|member| parse_cpuset(&member.cpuset))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut levers = Vec::new();
        levers.extend((!whole.is_empty()).then(|| Lever::Cpu(Thief::of(whole))));
        levers.extend(self.keeper.get().into_iter().flat_map(|keeper| Tier::all(keeper, self)).map(Lever::Share));
        levers.extend(self.members.iter().filter_map(|m| Quota::of(&self.docker, m)).map(Lever::Quota));
        let pools: Vec<&Member> = self.members.iter().filter(|m| m.kind == ComponentKind::Php).collect();
        levers.extend(Holder::of(&pools).map(Lever::Pool));
        levers
    }

    /// What could be a bottleneck and cannot be changed while it runs.
    #[must_use]
    pub fn out_of_reach(&self) -> Vec<OutOfReach> {
        let of = |component, resource, why| OutOfReach { component, resource, why };
        vec![
            of("mysql", "row-locks", "how long a transaction holds a row is the shop's code, not a setting"),
            of("mysql", "connections", "PHP keeps its connections, and a lower limit leaves those open"),
            of("mysql", "buffer-pool", "resizing it moves its pages, which is itself a load"),
            of("mysql", "fsync", "how fast the disk makes a commit durable is not redline's to change"),
            of("nginx", "network", "how wide a link is cannot be tried without ending what goes through it"),
            of("nginx", "connections", "its limit is read at start only"),
        ]
    }
}
