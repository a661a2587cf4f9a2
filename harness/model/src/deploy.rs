//! How a new version is brought to a site that runs, and what was seen of it.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Mono;

/// A name that no way of deploying has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no deployment `{name}`; there are {}", Deploy::ALL.map(Deploy::as_str).join(", "))]
pub struct DeployError {
    /// What was written.
    pub name: String,
}

/// One way to bring a new version to a site that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deploy {
    /// PHP is stopped, the code swapped, and PHP started.
    SwapRestart,
    /// The code is swapped, and PHP-FPM and Nginx reload.
    Reload,
    /// The link to the code is swapped and the opcode cache emptied; no process ends.
    Symlink,
    /// One application server after the other gets no more visitors, is brought up to date, and gets them again.
    Rolling,
    /// A column is added to the table of orders by copying the table, which locks it for writing.
    SchemaLock,
    /// The same column is added while the table is written to.
    SchemaOnline,
}

impl Deploy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SwapRestart, Self::Reload, Self::Symlink, Self::Rolling, Self::SchemaLock, Self::SchemaOnline];

    /// As it is written on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SwapRestart => "swap-restart",
            Self::Reload => "reload",
            Self::Symlink => "symlink",
            Self::Rolling => "rolling",
            Self::SchemaLock => "schema-lock",
            Self::SchemaOnline => "schema-online",
        }
    }
    /// What it does, as a sentence.
    #[must_use]
    pub fn does(self) -> &'static str {
        match self {
            Self::SwapRestart => "stops PHP, swaps the code and starts PHP",
            Self::Reload => "swaps the code, then PHP-FPM (SIGUSR2) and Nginx (SIGHUP) reload",
            Self::Symlink => {
                "swaps the link to the code, waits until PHP has forgotten where it led, and empties the opcode cache"
            }
            Self::Rolling => {
                "for one application server after the other: the load balancer sends it no more visitors, what is under \
                 way ends, PHP is stopped, the code swapped and PHP started, and it gets visitors again"
            }
            Self::SchemaLock => {
                "adds a column to `orders` by copying the table (ALGORITHM=COPY), which lets nobody write to it"
            }
            Self::SchemaOnline => "adds a column to `orders` while it is written to (ALGORITHM=INPLACE, LOCK=NONE)",
        }
    }
    /// Whether pages say another version afterwards.
    #[must_use]
    pub fn changes_code(self) -> bool {
        match self {
            Self::SwapRestart | Self::Reload | Self::Symlink | Self::Rolling => true,
            Self::SchemaLock | Self::SchemaOnline => false,
        }
    }
}

impl fmt::Display for Deploy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Deploy {
    type Err = DeployError;
    fn from_str(name: &str) -> Result<Self, DeployError> {
        let found = Self::ALL.into_iter().find(|deploy| deploy.as_str() == name);
        found.ok_or_else(|| DeployError { name: name.into() })
    }
}

/// What was seen of a deployment. All moments are on the run's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeployWindow {
    /// It was asked for. The new code was on the server by then.
    pub asked: Mono,
    /// The first page with the new version was answered; absent where pages do not change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_new: Option<Mono>,
    /// It was over: pages had the new version and nothing but, or the statement was executed.
    pub done: Mono,
    /// The version that is there now.
    pub version: String,
    /// How the moments were observed, as a sentence.
    pub evidence: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_has_one_name_everywhere() {
        for deploy in Deploy::ALL {
            assert_eq!(deploy.to_string().parse(), Ok(deploy));
            assert_eq!(serde_json::to_string(&deploy).unwrap(), format!("\"{deploy}\""));
        }
        let sentence = "relaod".parse::<Deploy>().unwrap_err().to_string();
        assert_eq!(
            sentence,
            "there is no deployment `relaod`; there are swap-restart, reload, symlink, rolling, schema-lock, schema-online"
        );
    }
}
