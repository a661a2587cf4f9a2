//! From TOML to a [`Topology`]: the file's shape, and messages that name the key.

use redline_model::Bytes;
use serde::Deserialize;

use super::{
    BalancerSettings, DnsSettings, MysqlSettings, NginxSettings, PhpSettings, Settings, Topology, TopologyError,
    ValkeySettings, VarnishSettings, check, written,
};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopologyFile {
    pub description: String,
    #[serde(default)]
    pub server: Vec<ServerTable>,
}

/// One `[[server]]`. A new kind of component is one more table here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerTable {
    pub name: String,
    pub cpus: f64,
    #[serde(deserialize_with = "written::text")]
    pub memory: Bytes,
    dns: Option<DnsSettings>,
    varnish: Option<VarnishSettings>,
    balancer: Option<BalancerSettings>,
    nginx: Option<NginxSettings>,
    php: Option<PhpSettings>,
    valkey: Option<ValkeySettings>,
    mysql: Option<MysqlSettings>,
}

impl ServerTable {
    /// What is on it, in the order of a request's way.
    pub(super) fn settings(&self) -> Vec<Settings> {
        let dns = self.dns.clone().map(Settings::Dns);
        let varnish = self.varnish.clone().map(Settings::Varnish);
        let balancer = self.balancer.clone().map(Settings::Balancer);
        let nginx = self.nginx.clone().map(Settings::Nginx);
        let php = self.php.clone().map(Settings::Php);
        let valkey = self.valkey.clone().map(Settings::Valkey);
        let mysql = self.mysql.clone().map(Settings::Mysql);
        [dns, varnish, balancer, nginx, php, valkey, mysql].into_iter().flatten().collect()
    }
}

/// Reads and checks the topology `name` from `text`; `file` is for messages.
pub(super) fn topology(name: &str, file: &str, text: &str) -> Result<Topology, TopologyError> {
    let table: TopologyFile = toml::from_str(text).map_err(|error| {
        let key = error.span().and_then(|span| key_at(text, span.start)).unwrap_or_else(|| "the file".into());
        TopologyError::wrong(file, key, error.message().lines().collect::<Vec<_>>().join(" "))
    })?;
    check::topology(name, file, &table)
}

/// The key, with its table and line, that stands at a place in the text.
fn key_at(text: &str, place: usize) -> Option<String> {
    let before = text.get(..place)?;
    let line_number = before.matches('\n').count() + 1;
    let line = text.lines().nth(line_number - 1)?.trim();
    let shown = format!("` in line {line_number}, `{line}");
    if line.starts_with('[') {
        return Some(format!("{}{shown}", line.trim_matches(['[', ']'])));
    }
    let key = line.split_once('=').map_or(line, |(key, _)| key.trim());
    let table = before.lines().rev().map(str::trim).find(|line| line.starts_with('['));
    Some(match table {
        Some(header) => format!("{}.{key}{shown}", header.trim_matches(['[', ']'])),
        None => format!("{key}{shown}"),
    })
}
