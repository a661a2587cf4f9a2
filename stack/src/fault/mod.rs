//! Breaks one thing of a running stack, sees when it broke, mends it and sees when it is mended: one file a fault.
//!
//! Nothing that a fault uses outlives the stack: containers carry the run's label, rules of the network belong
//! to a process that ends with redline or to a container's own network, and threads and connections are redline's.

pub(crate) mod aim;
mod bandwidth;
mod choices;
mod connections;
mod cut_off;
mod delay;
mod disk_full;
mod dns_silence;
pub(crate) mod down;
mod inject;
mod injected;
mod kill;
mod nxdomain;
pub(crate) mod observe;
mod out_of_memory;
mod pause;
mod reset;
mod restart;
mod setting;
mod slow;
pub(crate) mod sql;
mod stop;
mod table_lock;
mod tools;
mod traffic;

pub use choices::fault_choices;
pub use injected::Injected;
pub(crate) use tools::Tools;
