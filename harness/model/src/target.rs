//! Where the load goes and how its name becomes an address.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Seconds;

/// A site to send load to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Scheme, host and, where it is not the usual one, port; no path: `http://www.foobar.com`.
    pub base_url: String,
    /// How host names become addresses.
    pub resolve: Resolve,
    /// The longest that one request may take, from its start to the last byte.
    pub request_timeout: Seconds,
    /// The longest that establishing one connection may take.
    pub connect_timeout: Seconds,
    /// A path on the target that answers with as little as possible, to calibrate the generator against.
    #[serde(default)]
    pub trivial_path: Option<String>,
}

/// How host names become addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resolve {
    /// As the machine does it.
    System,
    /// By asking one of these DNS servers, once for each session, honouring the TTL within it; the next one where it
    /// does not answer. Sessions take turns with which they ask first.
    Dns {
        /// The servers' addresses, UDP and TCP.
        servers: Vec<SocketAddr>,
    },
    /// As written down (`--resolve HOST:PORT:ADDR`); other names as the machine does it.
    Fixed {
        /// The names that are known.
        addresses: Vec<FixedAddress>,
    },
}

/// A name with the address that it shall have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FixedAddress {
    /// The host name, without a port.
    pub host: String,
    /// The port for which this holds.
    pub port: u16,
    /// The address that it shall have.
    pub address: IpAddr,
}
