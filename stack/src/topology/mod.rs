//! A stack configuration: which servers there are, how big, with what on them and how it is set.
//!
//! A topology is read once, from one TOML file, into types that are right: nothing downstream checks again.

mod balancer;
mod caches;
mod catalogue;
mod check;
mod component;
mod databases;
mod dns;
mod error;
mod handicap;
mod kind;
mod mysql;
mod nginx;
mod php;
mod protection;
mod read;
mod server;
mod size;
mod valkey;
mod varnish;
mod way;
mod written;

pub use balancer::BalancerSettings;
pub use catalogue::{all, find};
pub use component::{Component, Settings};
pub use dns::DnsSettings;
pub use error::TopologyError;
pub use handicap::Handicap;
pub use kind::ComponentKind;
pub(crate) use kind::{RunsAs, Speaks};
pub use mysql::{DatabaseRole, MysqlEngine, MysqlSettings};
pub use nginx::{Gzip, NginxSettings};
pub use php::{PhpSettings, ProcessManager, SessionStore};
pub use protection::Protection;
pub use server::{Server, Topology};
pub use valkey::ValkeySettings;
pub use varnish::VarnishSettings;
pub(crate) use way::At;
