//! What can be broken, on what, and what was seen of it.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Mono;

/// A name that no fault and no component has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// There is no such kind of fault.
    #[error("there is no fault `{name}`; there are {}", joined(FaultKind::ALL.map(FaultKind::as_str)))]
    Kind {
        /// What was written.
        name: String,
    },
    /// Not a word that could name a component.
    #[error(
        "`{name}` is not a component; write one like `mysql`, one of several like `php@web1`, a server's name, or `server` for all of it"
    )]
    Component {
        /// What was written.
        name: String,
    },
    /// Not a kind and a component.
    #[error("`{text}` is not a fault; write a kind and a component, like `kill mysql`")]
    Malformed {
        /// What was written.
        text: String,
    },
}

fn joined<const N: usize>(names: [&str; N]) -> String {
    names.join(", ")
}

/// One way in which something breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Ended at once (SIGKILL); started again to clear it.
    Kill,
    /// Ended in its own way; started again to clear it.
    Stop,
    /// Frozen: it keeps its connections and does nothing.
    Pause,
    /// Ended in its own way and started again at once.
    Restart,
    /// Left with a fifth of its CPU time.
    Slow,
    /// What is sent to it and by it is lost.
    CutOff,
    /// Its established connections are reset, once.
    Reset,
    /// What it sends comes late.
    Delay,
    /// What it sends goes through a narrow link.
    Bandwidth,
    /// The file system that it writes to is full.
    DiskFull,
    /// The DNS server denies that the site's name exists.
    Nxdomain,
    /// The DNS server does not answer.
    DnsSilence,
    /// Somebody else holds all connections that the database gives.
    Connections,
    /// Somebody else has locked a table that the shop needs.
    TableLock,
    /// It grows beyond its memory and the kernel ends it.
    OutOfMemory,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Kill,
        Self::Stop,
        Self::Pause,
        Self::Restart,
        Self::Slow,
        Self::CutOff,
        Self::Reset,
        Self::Delay,
        Self::Bandwidth,
        Self::DiskFull,
        Self::Nxdomain,
        Self::DnsSilence,
        Self::Connections,
        Self::TableLock,
        Self::OutOfMemory,
    ];

    /// As it is written on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Restart => "restart",
            Self::Slow => "slow",
            Self::CutOff => "cut-off",
            Self::Reset => "reset",
            Self::Delay => "delay",
            Self::Bandwidth => "bandwidth",
            Self::DiskFull => "disk-full",
            Self::Nxdomain => "nxdomain",
            Self::DnsSilence => "dns-silence",
            Self::Connections => "connections",
            Self::TableLock => "table-lock",
            Self::OutOfMemory => "out-of-memory",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FaultKind {
    type Err = FaultError;
    fn from_str(name: &str) -> Result<Self, FaultError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| FaultError::Kind { name: name.into() })
    }
}

/// What is to be broken, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fault {
    /// How.
    pub kind: FaultKind,
    /// On what: a component (`php`), one of several (`php@web1`), a server's name, or `server` for all of it. Which
    /// there are is the topology's business.
    pub component: String,
}

impl Fault {
    /// A fault from the two words that a person writes.
    ///
    /// # Errors
    /// If there is no such kind, or the second is not a word that could name a component.
    pub fn named(kind: &str, component: &str) -> Result<Self, FaultError> {
        let kind = kind.parse()?;
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let fits = component.split_once('@').map_or(word(component), |(of, server)| word(of) && word(server));
        if !fits {
            return Err(FaultError::Component { name: component.into() });
        }
        Ok(Self { kind, component: component.into() })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.component)
    }
}

impl FromStr for Fault {
    type Err = FaultError;
    /// Reads `kill mysql`.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(kind), Some(component), None) => Self::named(kind, component),
            _ => Err(FaultError::Malformed { text: text.into() }),
        }
    }
}

/// What was seen of a fault. All moments are on the run's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaultWindow {
    /// It was asked for.
    pub asked: Mono,
    /// Its first effect was seen.
    pub injected: Mono,
    /// Its end was asked for; absent while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted: Option<Mono>,
    /// What was broken answered by its own protocol again; absent while it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Mono>,
    /// How the moments were observed, as a sentence.
    pub evidence: String,
}

/// Whether a fault can be injected here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Availability {
    /// It can.
    Available,
    /// It cannot.
    NotAvailable {
        /// Why not, as a sentence without a full stop.
        reason: String,
    },
}

/// One fault on one component, and whether it is possible here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaultChoice {
    /// Which.
    pub fault: Fault,
    /// Whether it is possible here.
    pub available: Availability,
    /// What it does, as a sentence.
    pub does: String,
    /// What it could be taken for and does not show; absent if there is nothing to warn of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does_not_test: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        for kind in FaultKind::ALL {
            let fault = Fault { kind, component: "mysql".into() };
            assert_eq!(fault.to_string().parse(), Ok(fault.clone()));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""), "one name everywhere");
        }
    }

    #[test]
    fn a_wrong_name_is_answered_with_those_that_there_are() {
        let sentence = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert!(sentence("kil mysql").starts_with("there is no fault `kil`; there are kill, stop, pause, "));
        assert!(sentence("kill MySQL").contains("`MySQL` is not a component"));
        assert!(sentence("kill php@").contains("like `php@web1`"));
        assert!("kill php@web-1".parse::<Fault>().is_ok());
        assert!(sentence("kill").contains("like `kill mysql`"));
        assert!(sentence("kill mysql now").contains("is not a fault"));
    }
}
