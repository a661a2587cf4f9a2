//! A server in virtual time: sessions through queues, seen as the ticks and samples that a real run gives.
//!
//! For tests of whole searches; issue 3's ground-truth bench grows from here.

mod arrivals;
mod engine;
mod recorder;
mod runner;
mod server;
mod toggle;

pub use runner::Simulator;
pub use server::{Change, SimServer, Stage, Step};
pub use toggle::{Taken, Toggle};
