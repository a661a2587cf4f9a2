//! What is measured: topologies become running servers, with probes beside them.
//!
//! Only this crate knows Docker. Everything that it starts has the label `redline=<run>` and a name that begins
//! with `redline-`, and is removed by that label: by [`Stack::stop`], by the guard, or by [`clean`].

mod access_log;
mod addresses;
mod answers;
mod base_image;
mod bridge;
mod cache;
mod clean;
mod container;
mod cpus;
mod deploy;
mod dns_client;
mod docker;
mod doctor;
mod edge;
mod embedded;
mod error;
mod event;
mod exec;
mod fastcgi;
mod fault;
mod fingerprint;
mod frozen;
mod guard;
mod haproxy;
mod http;
mod images;
mod intervention;
mod labels;
mod lifted;
mod listeners;
mod logs;
mod member;
mod mysql_client;
mod network;
mod orders;
mod ports;
mod probe;
mod ready;
mod replication;
mod secrets;
mod share;
mod source;
mod stack;
mod start;
mod status;
mod valkey;
mod verify;
mod whole;
mod wiring;

pub mod topology;

pub use access_log::{AccessLogs, CacheLog, LogSummary};
pub use clean::{CleanImages, Cleaned, clean, clean_run};
pub use cpus::{CpuPlan, Machine, Sharing};
pub use dns_client::ask;
pub use doctor::{Finding, FindingState, doctor, verdict as doctor_verdict};
pub use error::{ErrorKind, StackError};
pub use event::{OnEvent, StackEvent};
pub use fault::{Injected, fault_choices};
pub use fingerprint::data_set_digest;
pub use guard::{Guard, guard, run_guard, spawn_guard, spawn_guard_with};
pub use images::{Rebuild, build_images};
pub use intervention::{Lever, OutOfReach};
pub use labels::{RunId, RunIdError, StackKind};
pub use listeners::{Listener, Protocol, listeners};
pub use network::{NetworkChoice, NetworkKind};
pub use orders::StoredOrder;
pub use probe::{HostSampler, Sampler};
pub use source::Source;
pub use stack::{Stack, StartOptions};
pub use status::{ComponentStatus, StackStatus, stacks};
pub use topology::{ComponentKind, Topology, TopologyError};
