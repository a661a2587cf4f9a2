//! The labels and names by which everything of ours is found again.

use std::{collections::HashMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// On every container, network and volume: the run that it belongs to.
pub(crate) const RUN: &str = "redline";
/// `run` or `stack`.
pub(crate) const KIND: &str = "redline.kind";
/// On every image that redline built or made.
pub(crate) const IMAGE: &str = "redline.image";
/// The number by which names and addresses of stacks on one machine differ.
pub(crate) const SLOT: &str = "redline.slot";
/// The topology's name.
pub(crate) const TOPOLOGY: &str = "redline.topology";
/// `loopback` or `bridge`.
pub(crate) const NETWORK: &str = "redline.network";
/// Why that network was chosen.
pub(crate) const NETWORK_REASON: &str = "redline.network-reason";
/// The server that a component is on.
pub(crate) const SERVER: &str = "redline.server";
/// What a component is.
pub(crate) const COMPONENT: &str = "redline.component";
/// The component's name where several servers have one of its kind: `php@web1`.
pub(crate) const INSTANCE: &str = "redline.instance";
/// Where visitors come in.
pub(crate) const ENTRANCE: &str = "redline.entrance";
/// The folder of its server's cgroup, where the server has a part of a core.
pub(crate) const CGROUP: &str = "redline.cgroup";
/// Bytes a second that a component may send, where its link is narrow.
pub(crate) const BANDWIDTH: &str = "redline.bandwidth";
/// The address that a component listens on, where it is this machine's.
pub(crate) const ADDRESS: &str = "redline.address";
/// The size of the server that a component is on, in cores.
pub(crate) const SERVER_CPUS: &str = "redline.server-cpus";
/// The size of the server that a component is on, in bytes.
pub(crate) const SERVER_MEMORY: &str = "redline.server-memory";

/// How the names of containers begin that help for a moment and are no part of a stack.
pub(crate) const HELPER: &str = "redline-helper-";

/// The name of one run: what the label `redline` says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A text that is not the name of a run.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not the name of a run: it has 1 to 64 of a-z, 0-9 and `-`")]
pub struct RunIdError(String);

impl RunId {
    /// A new name that no other run has.
    #[must_use]
    pub fn random() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut bits = rand::random::<u64>();
        let text = (0..10).map(|_| {
            let letter = LETTERS[(bits % 32) as usize] as char;
            bits /= 32;
            letter
        });
        Self(text.collect())
    }
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RunId {
    type Err = RunIdError;
    fn from_str(text: &str) -> Result<Self, RunIdError> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.into())) } else { Err(RunIdError(text.into())) }
    }
}

impl TryFrom<String> for RunId {
    type Error = RunIdError;
    fn try_from(text: String) -> Result<Self, RunIdError> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(run: RunId) -> Self {
        run.0
    }
}

/// Whether a stack ends with its run or is kept for a person to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackKind {
    /// It ends with the run.
    Run,
    /// `stack up` made it: it stays until `stack down`.
    Stack,
}

impl StackKind {
    /// As the label says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Stack => "stack",
        }
    }
}

/// The labels that everything of one run has.
pub(crate) fn of_run(run: &RunId, kind: StackKind) -> HashMap<String, String> {
    HashMap::from([(RUN.to_string(), run.to_string()), (KIND.to_string(), kind.as_str().to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_a_name_of_its_own_that_can_be_read_back() {
        let run = RunId::random();
        assert_ne!(run, RunId::random());
        assert_eq!(run.to_string().parse::<RunId>(), Ok(run));
        assert!("Not A Run".parse::<RunId>().is_err());
        assert!("".parse::<RunId>().is_err());
    }
}
