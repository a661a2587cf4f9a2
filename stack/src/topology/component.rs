//! One daemon on a server.

use std::fmt;

use redline_model::Bytes;
use serde::{Deserialize, Serialize};

use super::{DnsSettings, MysqlSettings, NginxSettings, PhpSettings};

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// The authoritative DNS server.
    Dns,
    /// The web server.
    Nginx,
    /// The application server.
    Php,
    /// The database, MySQL or MariaDB.
    Mysql,
}

impl ComponentKind {
    /// All of them, in the order of a request's way through the stack.
    pub const ALL: [Self; 4] = [Self::Dns, Self::Nginx, Self::Php, Self::Mysql];

    /// Its name in reports, labels and container names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Nginx => "nginx",
            Self::Php => "php",
            Self::Mysql => "mysql",
        }
    }
    /// The component of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
    /// Below this it would not even start.
    pub(super) fn least_memory(self) -> Bytes {
        match self {
            Self::Dns => Bytes(24 << 20),
            Self::Nginx => Bytes(32 << 20),
            Self::Php => Bytes(64 << 20),
            Self::Mysql => Bytes(384 << 20),
        }
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a component is set.
#[derive(Debug, Clone, PartialEq)]
pub enum Settings {
    /// The DNS server's.
    Dns(DnsSettings),
    /// Nginx's.
    Nginx(NginxSettings),
    /// PHP-FPM's.
    Php(PhpSettings),
    /// The database's.
    Mysql(MysqlSettings),
}

impl Settings {
    /// What they are the settings of.
    #[must_use]
    pub fn kind(&self) -> ComponentKind {
        match self {
            Self::Dns(_) => ComponentKind::Dns,
            Self::Nginx(_) => ComponentKind::Nginx,
            Self::Php(_) => ComponentKind::Php,
            Self::Mysql(_) => ComponentKind::Mysql,
        }
    }
    /// CPU time that it may use, in cores, where that is less than what its server has.
    #[must_use]
    pub fn cpu_quota(&self) -> Option<f64> {
        match self {
            Self::Php(s) => s.cpu_quota,
            Self::Dns(_) | Self::Nginx(_) | Self::Mysql(_) => None,
        }
    }
    /// The memory that was asked for.
    pub(super) fn memory(&self) -> Option<Bytes> {
        match self {
            Self::Dns(s) => s.memory,
            Self::Nginx(s) => s.memory,
            Self::Php(s) => s.memory,
            Self::Mysql(s) => s.memory,
        }
    }
}

/// One daemon on a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// The memory that it may use. The components' limits add up to their server's memory.
    pub memory: Bytes,
    /// How it is set.
    pub settings: Settings,
}

impl Component {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ComponentKind {
        self.settings.kind()
    }
    /// The image that it runs.
    #[must_use]
    pub fn image(&self) -> &'static str {
        match &self.settings {
            Settings::Mysql(s) => s.engine.as_str(),
            other => other.kind().as_str(),
        }
    }
}
