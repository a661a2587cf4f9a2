//! Questions to the stack's own DNS server.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RData,
};

use crate::error::one_line;

/// A resolver that asks `server` over UDP, once, and remembers nothing.
pub(crate) fn resolver(server: SocketAddr, timeout: Duration) -> Result<TokioResolver, String> {
    let mut connection = ConnectionConfig::udp();
    connection.port = server.port();
    let config = ResolverConfig::from_name_servers(vec![NameServerConfig::new(server.ip(), true, vec![connection])]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = timeout;
    options.attempts = 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    // The server is authoritative and refuses to ask others.
    options.recursion_desired = false;
    options.preserve_intermediates = true;
    builder.build().map_err(|error| error.to_string())
}

/// Asks `server` for the IPv4 addresses of `host`, as a visitor's resolver would.
///
/// # Errors
/// In words, where it does not answer within two seconds or knows no such name.
pub async fn ask(server: SocketAddr, host: &str) -> Result<Vec<IpAddr>, String> {
    lookup(&resolver(server, Duration::from_secs(2))?, host).await
}

/// The IPv4 addresses of `host`; in words, why there is none.
pub(crate) async fn lookup(resolver: &TokioResolver, host: &str) -> Result<Vec<IpAddr>, String> {
    let found = resolver.ipv4_lookup(format!("{host}.")).await.map_err(|error| one_line(&error.to_string()))?;
    let address = |data: &RData| if let RData::A(a) = data { Some(IpAddr::V4(a.0)) } else { None };
    Ok(found.answers().iter().filter_map(|record| address(&record.data)).collect())
}
