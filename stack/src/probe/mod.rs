//! Reads the components' own counters while the load runs, on the run's clock.

mod balancer;
mod cgroup;
mod component;
mod cpu;
mod dns;
mod host;
mod host_sampler;
mod mysql;
mod nginx;
mod php_fpm;
mod processes;
mod sampler;
mod server;
mod valkey;
mod varnish;

pub use host_sampler::HostSampler;
pub use sampler::Sampler;
