//! One daemon on a server.

use redline_model::Bytes;

use super::{
    BalancerSettings, ComponentKind, DnsSettings, MysqlSettings, NginxSettings, PhpSettings, TopologyError,
    ValkeySettings, VarnishSettings, check::Checker,
};
use crate::disk::DiskLimits;

/// How a component is set.
#[derive(Debug, Clone, PartialEq)]
pub enum Settings {
    /// The DNS server's.
    Dns(DnsSettings),
    /// The edge cache's.
    Varnish(VarnishSettings),
    /// The load balancer's.
    Balancer(BalancerSettings),
    /// Nginx's.
    Nginx(NginxSettings),
    /// PHP-FPM's.
    Php(PhpSettings),
    /// Valkey's.
    Valkey(ValkeySettings),
    /// The database's.
    Mysql(MysqlSettings),
}

impl Settings {
    /// What they are the settings of.
    #[must_use]
    pub fn kind(&self) -> ComponentKind {
        match self {
            Self::Dns(_) => ComponentKind::Dns,
            Self::Varnish(_) => ComponentKind::Varnish,
            Self::Balancer(_) => ComponentKind::Balancer,
            Self::Nginx(_) => ComponentKind::Nginx,
            Self::Php(_) => ComponentKind::Php,
            Self::Valkey(_) => ComponentKind::Valkey,
            Self::Mysql(_) => ComponentKind::Mysql,
        }
    }
    /// CPU time that it may use, in cores, where that is less than what its server has.
    #[must_use]
    pub fn cpu_quota(&self) -> Option<f64> {
        match self {
            Self::Php(s) => s.cpu_quota,
            Self::Dns(_) | Self::Varnish(_) | Self::Balancer(_) | Self::Nginx(_) | Self::Valkey(_) | Self::Mysql(_) => {
                None
            }
        }
    }
    /// The most reads and writes a second that it may make on its disk, where there is such a limit.
    pub(crate) fn disk_limits(&self) -> DiskLimits {
        match self {
            Self::Mysql(s) => DiskLimits { reads: s.read_iops, writes: s.write_iops },
            Self::Dns(_) | Self::Varnish(_) | Self::Balancer(_) | Self::Nginx(_) | Self::Php(_) | Self::Valkey(_) => {
                DiskLimits::default()
            }
        }
    }
    /// The most that it may send a second, where its link is to be narrow.
    pub(crate) fn bandwidth(&self) -> Option<Bytes> {
        match self {
            Self::Nginx(s) => s.bandwidth,
            Self::Dns(_) | Self::Varnish(_) | Self::Balancer(_) | Self::Php(_) | Self::Valkey(_) | Self::Mysql(_) => {
                None
            }
        }
    }
    /// The servers that it was told to ask; empty: those that follow from the kinds.
    #[must_use]
    pub fn to(&self) -> &[String] {
        match self {
            Self::Varnish(s) => &s.to,
            Self::Balancer(s) => &s.to,
            Self::Nginx(s) => &s.to,
            Self::Dns(_) | Self::Php(_) | Self::Valkey(_) | Self::Mysql(_) => &[],
        }
    }
    /// How many processes and threads it may have.
    pub(crate) fn pids_limit(&self) -> i64 {
        match self {
            Self::Dns(_) | Self::Balancer(_) | Self::Valkey(_) => 64,
            // Two pools of up to 1000 threads (entrypoint.sh) and the compiler at the start.
            Self::Varnish(_) => 2200,
            Self::Nginx(s) => 64 + i64::from(s.worker_processes) * 4,
            Self::Php(s) => 64 + i64::from(s.max_children),
            Self::Mysql(s) => 256 + i64::from(s.max_connections),
        }
    }
    /// The memory that was asked for.
    pub(super) fn memory(&self) -> Option<Bytes> {
        match self {
            Self::Dns(s) => s.memory,
            Self::Varnish(s) => s.memory,
            Self::Balancer(s) => s.memory,
            Self::Nginx(s) => s.memory,
            Self::Php(s) => s.memory,
            Self::Valkey(s) => s.memory,
            Self::Mysql(s) => s.memory,
        }
    }
    pub(super) fn check(&self, check: &Checker<'_>, memory: Bytes) -> Result<(), TopologyError> {
        match self {
            Self::Dns(s) => s.check(check),
            Self::Varnish(s) => s.check(check, memory),
            Self::Balancer(s) => s.check(check),
            Self::Nginx(s) => s.check(check),
            Self::Php(s) => s.check(check),
            Self::Valkey(s) => s.check(check, memory),
            Self::Mysql(s) => s.check(check, memory),
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
