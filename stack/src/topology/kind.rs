//! What a component is, and everything that follows from that alone: one row a kind.
//!
//! A new kind of component is one more variant, its name in [`ComponentKind::ALL`], and its row in
//! [`ComponentKind::facts`]; beside that its settings, its image, its question (`ready`) and its probe.

use std::fmt;

use redline_model::Bytes;
use serde::{Deserialize, Serialize};

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// The authoritative DNS server.
    Dns,
    /// The edge cache.
    Varnish,
    /// The load balancer.
    Balancer,
    /// The web server.
    Nginx,
    /// The application server.
    Php,
    /// The store of objects and sessions.
    Valkey,
    /// The database, MySQL or MariaDB.
    Mysql,
}

/// How many of a kind a topology has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// One or more.
    Some,
    /// None is right as well.
    Any,
}

/// What a component speaks to those that ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// DNS, over UDP and TCP.
    Dns,
    /// HTTP: it can be an entrance of the site, and a balancer can lead to it.
    Http,
    /// A protocol of its own over TCP.
    Tcp,
}

/// As whom a container's programs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunsAs {
    /// The daemon itself gives up root.
    Root,
    /// The image names a user of its own.
    OwnUser,
}

/// What is known of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// In reports, labels, container names and as a table in a topology.
    pub name: &'static str,
    /// In sentences.
    pub what: &'static str,
    pub count: Count,
    pub speaks: Speaks,
    /// Below this it would not even start.
    pub least_memory: Bytes,
    /// The port of its own service.
    pub service_port: u16,
    /// The port of its counters, where they have one of their own.
    pub status_port: Option<u16>,
    pub runs_as: RunsAs,
    /// See stack/images/README.md.
    pub capabilities: &'static [&'static str],
    /// Folders that are written to, or read too often for the image's layered file system.
    pub volumes: &'static [&'static str],
    /// A folder in memory that may hold programs.
    pub work: Option<&'static str>,
    /// The size of `/tmp`, which counts as its memory.
    pub tmp: Bytes,
    /// What prints the daemon's version.
    pub version: &'static str,
}

/// Ports below 1024, and the way from root to another user.
const AS_ROOT: &[&str] = &["NET_BIND_SERVICE", "SETUID", "SETGID"];

impl ComponentKind {
    /// All of them, in the order of a request's way through the stack.
    pub const ALL: [Self; 7] =
        [Self::Dns, Self::Varnish, Self::Balancer, Self::Nginx, Self::Php, Self::Valkey, Self::Mysql];

    /// What follows from the kind alone.
    pub(crate) const fn facts(self) -> Facts {
        const MIB: u64 = 1 << 20;
        match self {
            Self::Dns => Facts {
                name: "dns",
                what: "DNS server",
                count: Count::Some,
                speaks: Speaks::Dns,
                least_memory: Bytes(24 * MIB),
                service_port: 53,
                status_port: None,
                runs_as: RunsAs::Root,
                capabilities: AS_ROOT,
                volumes: &[],
                work: None,
                tmp: Bytes(64 * MIB),
                version: "nsd -v 2>&1",
            },
            Self::Varnish => Facts {
                name: "varnish",
                what: "edge cache",
                count: Count::Any,
                speaks: Speaks::Http,
                // It compiles its configuration when it starts.
                least_memory: Bytes(192 * MIB),
                service_port: 80,
                status_port: None,
                runs_as: RunsAs::Root,
                capabilities: AS_ROOT,
                volumes: &["/var/log/varnish"],
                work: Some("/var/lib/varnish"),
                tmp: Bytes(64 * MIB),
                version: "varnishd -V 2>&1 | sed 's/.*varnish-//'",
            },
            Self::Balancer => Facts {
                name: "balancer",
                what: "load balancer",
                count: Count::Any,
                speaks: Speaks::Http,
                least_memory: Bytes(48 * MIB),
                service_port: 80,
                status_port: Some(8404),
                runs_as: RunsAs::Root,
                capabilities: AS_ROOT,
                volumes: &[],
                work: None,
                tmp: Bytes(16 * MIB),
                version: "haproxy -v",
            },
            Self::Nginx => Facts {
                name: "nginx",
                what: "web server",
                count: Count::Some,
                speaks: Speaks::Http,
                least_memory: Bytes(32 * MIB),
                service_port: 80,
                status_port: Some(8081),
                runs_as: RunsAs::Root,
                capabilities: AS_ROOT,
                volumes: &["/srv/shop", "/var/log/nginx"],
                work: None,
                tmp: Bytes(64 * MIB),
                version: "nginx -v 2>&1",
            },
            Self::Php => Facts {
                name: "php",
                what: "application server",
                count: Count::Some,
                speaks: Speaks::Tcp,
                least_memory: Bytes(64 * MIB),
                service_port: 9000,
                status_port: Some(9001),
                runs_as: RunsAs::OwnUser,
                capabilities: &[],
                // Deployments write there.
                volumes: &["/srv"],
                work: None,
                // PHP keeps its sessions there: a page of memory for each.
                tmp: Bytes(256 * MIB),
                version: "php-fpm8.4 --version 2>/dev/null || php-fpm --version",
            },
            Self::Valkey => Facts {
                name: "valkey",
                what: "store of objects and sessions",
                count: Count::Any,
                speaks: Speaks::Tcp,
                least_memory: Bytes(32 * MIB),
                service_port: 6379,
                status_port: None,
                runs_as: RunsAs::OwnUser,
                capabilities: &[],
                volumes: &[],
                work: None,
                tmp: Bytes(16 * MIB),
                version: "valkey-server --version | tr = ' '",
            },
            Self::Mysql => Facts {
                name: "mysql",
                what: "database",
                count: Count::Some,
                speaks: Speaks::Tcp,
                least_memory: Bytes(384 * MIB),
                service_port: 3306,
                status_port: None,
                runs_as: RunsAs::OwnUser,
                capabilities: &[],
                volumes: &["/var/lib/mysql"],
                work: None,
                tmp: Bytes(64 * MIB),
                version: "mysqld --version 2>/dev/null || mariadbd --version",
            },
        }
    }

    /// Its name in reports, labels and container names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.facts().name
    }
    /// The component of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_everywhere() {
        for kind in ComponentKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
            assert_eq!(ComponentKind::named(kind.as_str()), Some(kind));
        }
    }
}
