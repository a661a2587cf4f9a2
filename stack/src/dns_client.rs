//! Questions to the stack's own DNS server.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
};

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
