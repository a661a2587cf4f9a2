//! A server in virtual time: sessions through queues, seen as the ticks and samples that a real run gives.
//!
//! For tests of whole searches, and for replaying a search against a queue fitted to what was measured.

mod arrivals;
mod engine;
mod long_run;
mod recorder;
mod runner;
mod server;
mod speed;
mod toggle;
mod watch;

pub use long_run::{long_run, strain};
pub use runner::Simulator;
pub use server::{Change, SimServer, Stage, Step};
pub use speed::Speed;
pub use toggle::{Taken, Toggle};
