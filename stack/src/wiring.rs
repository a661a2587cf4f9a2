//! From settings to what an image is told: environment variables and arguments (stack/images/README.md).

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

use redline_model::{Bytes, Seconds};

use crate::{
    addresses::{service_port, status_port},
    secrets::Secrets,
    topology::{
        BalancerSettings, ComponentKind, DatabaseRole, DnsSettings, MysqlEngine, MysqlSettings, NginxSettings,
        PhpSettings, Settings, ValkeySettings, VarnishSettings,
    },
};

/// The site's name.
pub(crate) const SITE: &str = "www.foobar.com";
/// The zone that it is in.
pub(crate) const ZONE: &str = "foobar.com";

/// A component that another one asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// Its server's name.
    pub server: String,
    pub kind: ComponentKind,
    /// Where it is, as the one that asks sees it.
    pub at: SocketAddr,
}

/// What one component has to know of the others.
#[derive(Debug, Clone)]
pub(crate) struct Wiring {
    /// What `www` leads to.
    pub www: Vec<IpAddr>,
    /// The DNS servers; empty where they are not known yet.
    pub name_servers: Vec<IpAddr>,
    /// Those that it asks.
    pub asks: Vec<Neighbour>,
    /// Of two databases the other one.
    pub peer: Option<SocketAddr>,
    /// The edges, as `host:port`.
    pub edges: Vec<String>,
    /// The run's passwords.
    pub secrets: Secrets,
}

impl Wiring {
    fn all(&self, kind: ComponentKind) -> Vec<SocketAddr> {
        self.asks.iter().filter(|neighbour| neighbour.kind == kind).map(|neighbour| neighbour.at).collect()
    }
}

/// What one container is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Orders {
    pub env: BTreeMap<String, String>,
    pub args: Vec<String>,
}

/// What the component with these settings is told when it is to listen on `listen`.
pub(crate) fn orders(settings: &Settings, listen: IpAddr, wiring: &Wiring) -> Orders {
    let kind = settings.kind();
    let mut env = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        env.insert(name.to_string(), value);
    };
    set("LISTEN_ADDR", listen.to_string());
    set("LISTEN_PORT", service_port(kind).to_string());
    if let Some(port) = status_port(kind) {
        set("STATUS_PORT", port.to_string());
    }
    let mut args = Vec::new();
    match settings {
        Settings::Dns(s) => dns(s, wiring, &mut set),
        Settings::Varnish(s) => varnish(s, wiring, &mut set),
        Settings::Balancer(s) => balancer(s, wiring, &mut set),
        Settings::Nginx(s) => nginx(s, wiring, &mut set),
        Settings::Php(s) => php(s, wiring, &mut set),
        Settings::Valkey(s) => valkey(s, &mut set),
        Settings::Mysql(s) => {
            set("SHOP_PASSWORD", wiring.secrets.shop.reveal().into());
            set("PROBE_PASSWORD", wiring.secrets.probe.reveal().into());
            if let (Some(peer), Some(role)) = (wiring.peer, s.role) {
                pair(role, peer, listen, wiring, &mut set);
            }
            args = mysql(s);
        }
    }
    Orders { env, args }
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn whole(span: Seconds) -> String {
    format!("{:.0}", span.0)
}

fn mebibytes(bytes: Bytes) -> u64 {
    bytes.0 >> 20
}

fn dns(settings: &DnsSettings, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    set("ZONE", ZONE.into());
    set("TTL", whole(settings.ttl));
    set("WWW_ADDRESSES", joined(&wiring.www));
    set("NS_ADDRESSES", joined(&wiring.name_servers));
}

fn varnish(settings: &VarnishSettings, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    let origins: Vec<SocketAddr> = wiring.asks.iter().map(|neighbour| neighbour.at).collect();
    set("ORIGINS", joined(&origins));
    set("STORAGE", format!("{}m", mebibytes(settings.storage)));
    set("GRACE", format!("{}s", whole(settings.grace)));
    set("PURGE_KEY", wiring.secrets.purge.reveal().into());
}

fn valkey(settings: &ValkeySettings, set: &mut impl FnMut(&str, String)) {
    set("MAXMEMORY", format!("{}mb", mebibytes(settings.max_memory)));
}

fn balancer(settings: &BalancerSettings, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    let milliseconds = |time: Seconds| format!("{:.0}ms", time.0 * 1e3);
    // What is asked whether a server is well is not its service: those questions are nobody's visits.
    let backend = |n: &Neighbour| {
        let check = status_port(n.kind).unwrap_or(n.at.port());
        format!("{}={}={check}", n.server, n.at)
    };
    set("BACKENDS", wiring.asks.iter().map(backend).collect::<Vec<_>>().join(","));
    set("MAX_CONNECTIONS", settings.max_connections.to_string());
    set("CHECK_EVERY", milliseconds(settings.check_every));
    set("FALL", settings.fall.to_string());
    set("RISE", settings.rise.to_string());
    set("CONNECT_TIMEOUT", milliseconds(settings.connect_timeout));
    set("KEEPALIVE_TIMEOUT", format!("{}s", whole(settings.keepalive_timeout)));
    set("BACKLOG", settings.backlog.to_string());
}

fn nginx(settings: &NginxSettings, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    set("SERVER_NAME", SITE.into());
    let php = wiring.all(ComponentKind::Php);
    set("PHP_UPSTREAMS", joined(&php));
    let status = status_port(ComponentKind::Php).unwrap_or(0);
    set("PHP_STATUS", joined(&php.iter().map(|at| SocketAddr::new(at.ip(), status)).collect::<Vec<_>>()));
    set("WORKER_PROCESSES", settings.worker_processes.to_string());
    set("WORKER_CONNECTIONS", settings.worker_connections.to_string());
    set("KEEPALIVE_TIMEOUT", format!("{}s", whole(settings.keepalive_timeout)));
    set("FASTCGI_KEEPALIVE", settings.fastcgi_keepalive.to_string());
    set("BACKLOG", settings.backlog.to_string());
    set("LIMIT_REQ", settings.limit_req.map_or(0.0, |rate| rate.0).to_string());
    set("LIMIT_REQ_BURST", settings.limit_req_burst.to_string());
    set("GZIP", settings.gzip.as_str().into());
    set("PAGE_CACHE", settings.page_cache.map_or(0, mebibytes).to_string());
}

fn php(settings: &PhpSettings, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    let flag = |on: bool| u8::from(on).to_string();
    set("SESSIONS", settings.sessions.as_str().into());
    set("PM", settings.pm.as_str().into());
    set("PM_MAX_CHILDREN", settings.max_children.to_string());
    set("PM_START_SERVERS", settings.start_servers.to_string());
    set("PM_MIN_SPARE_SERVERS", settings.min_spare_servers.to_string());
    set("PM_MAX_SPARE_SERVERS", settings.max_spare_servers.to_string());
    set("PM_MAX_REQUESTS", settings.max_requests.to_string());
    set("BACKLOG", settings.backlog.to_string());
    set("REQUEST_TERMINATE_TIMEOUT", format!("{}s", whole(settings.request_terminate_timeout)));
    set("SLOWLOG_TIMEOUT", format!("{}s", whole(settings.slowlog_timeout)));
    set("PROCESS_CONTROL_TIMEOUT", format!("{}s", whole(settings.process_control_timeout)));
    set("MEMORY_LIMIT", format!("{}M", mebibytes(settings.memory_limit)));
    set("OPCACHE", flag(settings.opcache));
    set("OPCACHE_VALIDATE", flag(settings.opcache_validate));
    set("OPCACHE_MEMORY", mebibytes(settings.opcache_memory).to_string());
    set("OPCACHE_REVALIDATE", whole(settings.opcache_revalidate));
    set("PAGE_TTL", whole(settings.page_ttl));
    let micros = |time: Seconds| format!("{:.0}", time.0 * 1e6);
    set("HANDICAP_SLEEP", micros(settings.handicap.sleep));
    set("HANDICAP_BURN", micros(settings.handicap.burn));
    set("HANDICAP_LOCK", micros(settings.handicap.lock));
    let databases = wiring.all(ComponentKind::Mysql);
    if let Some(database) = databases.first() {
        set("DB_HOST", database.ip().to_string());
        set("DB_PORT", database.port().to_string());
    }
    set("DB_REPLICA", databases.get(1).map_or_else(String::new, ToString::to_string));
    // Of two databases one that says nothing is soon given up, and before the other goes on without it (pair.sh).
    set("READ_TIMEOUT", if databases.len() > 1 { "3" } else { "10" }.into());
    // Empty where there is none: the shop then asks the database for everything.
    set("CACHE", wiring.all(ComponentKind::Valkey).first().map_or_else(String::new, ToString::to_string));
    set("EDGES", wiring.edges.join(","));
    set("PURGE_KEY", wiring.secrets.purge.reveal().into());
    set("DB_NAME", "shop".into());
    set("DB_USER", "shop".into());
    set("DB_PASSWORD", wiring.secrets.shop.reveal().into());
}

/// What makes a database one of two.
fn pair(role: DatabaseRole, peer: SocketAddr, own: IpAddr, wiring: &Wiring, set: &mut impl FnMut(&str, String)) {
    set("ROLE", role.as_str().into());
    set("PEER", peer.to_string());
    set("PEER_PASSWORD", wiring.secrets.peer.reveal().into());
    // Two servers that replicate must differ in it; their addresses differ in the last number.
    let number = match own {
        IpAddr::V4(own) => own.octets()[3],
        IpAddr::V6(own) => own.octets()[15],
    };
    set("SERVER_ID", number.to_string());
}

fn mysql(settings: &MysqlSettings) -> Vec<String> {
    let redo_log = match settings.engine {
        MysqlEngine::Mysql => "innodb-redo-log-capacity",
        MysqlEngine::Mariadb => "innodb-log-file-size",
    };
    vec![
        format!("--max-connections={}", settings.max_connections),
        format!("--back-log={}", settings.backlog),
        format!("--innodb-buffer-pool-size={}", settings.buffer_pool.0),
        format!("--{redo_log}={}", settings.redo_log.0),
        format!("--innodb-flush-log-at-trx-commit={}", settings.flush_log_at_trx_commit),
        format!("--innodb-lock-wait-timeout={}", whole(settings.lock_wait_timeout)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Topology, find};

    #[test]
    fn every_variable_that_an_image_needs_is_set() {
        let here: IpAddr = "127.80.1.1".parse().unwrap();
        let neighbour = |kind| Neighbour { server: "web1".into(), kind, at: SocketAddr::new(here, service_port(kind)) };
        let wiring = Wiring {
            www: vec![here],
            name_servers: vec![here],
            peer: Some(SocketAddr::new(here, 3306)),
            asks: [ComponentKind::Nginx, ComponentKind::Php, ComponentKind::Mysql].map(neighbour).to_vec(),
            edges: vec![format!("{here}:80")],
            secrets: Secrets::random(),
        };
        let readme = include_str!("../images/README.md");
        let topologies = ["balanced", "cached", "cdn", "replicated"].map(|name| find(name).unwrap());
        for (_, component) in topologies.iter().flat_map(Topology::components) {
            let orders = orders(&component.settings, here, &wiring);
            let row = readme.lines().find(|line| line.starts_with(&format!("| {}", component.image()))).unwrap();
            let variables = row.split('|').nth(2).unwrap();
            let variable = |word: &&str| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            for name in variables.split('`').skip(1).step_by(2).filter(variable) {
                assert!(orders.env.contains_key(name), "{} lacks {name}", component.kind());
            }
        }
    }

    #[test]
    fn of_two_databases_each_knows_the_other_and_the_shop_the_primary_first() {
        let here: IpAddr = "127.80.1.7".parse().unwrap();
        let at = |last: u8| SocketAddr::from(([127, 80, 1, last], 3306));
        let neighbour = |last| Neighbour { server: format!("db{last}"), kind: ComponentKind::Mysql, at: at(last) };
        let told = |name: &str, databases: &[u8], peer| {
            let wiring = Wiring {
                www: vec![here],
                name_servers: vec![here],
                asks: databases.iter().copied().map(neighbour).collect(),
                peer,
                edges: Vec::new(),
                secrets: Secrets::random(),
            };
            let topology = find(name).unwrap();
            let env = |kind| {
                let found = topology.components().find(|(_, component)| component.kind() == kind).unwrap();
                orders(&found.1.settings, here, &wiring).env
            };
            (env(ComponentKind::Mysql), env(ComponentKind::Php))
        };
        let (mysql, php) = told("replicated", &[7, 8], Some(at(8)));
        let of = |env: &BTreeMap<String, String>, name: &str| env.get(name).cloned().unwrap_or_default();
        assert_eq!((of(&mysql, "ROLE"), of(&mysql, "PEER")), ("primary".into(), "127.80.1.8:3306".into()));
        assert_eq!(of(&mysql, "SERVER_ID"), "7");
        assert_eq!((of(&php, "DB_HOST"), of(&php, "DB_REPLICA")), ("127.80.1.7".into(), "127.80.1.8:3306".into()));
        let (mysql, php) = told("single", &[7], None);
        assert!(!mysql.contains_key("PEER") && !mysql.contains_key("ROLE"));
        assert_eq!((of(&php, "DB_REPLICA"), of(&php, "READ_TIMEOUT")), (String::new(), "10".into()));
    }
}
