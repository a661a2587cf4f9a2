//! A server whose capacity is known: real HTTP and DNS, and behind them stages in a row.
//!
//! redline is measured against it: what it finds must be what [`capacity`] says in closed form and what
//! [`simulate`] says of an SLO. The stages are one state machine ([`Network`]) that the server drives by the
//! real clock and the simulation by a virtual one.

mod books;
mod bucket;
mod burn;
mod capacity;
mod catalogue;
mod clock;
mod counters;
mod demand;
mod dns;
mod error;
mod gate;
mod handle;
mod http;
mod model;
mod network;
mod pages;
mod places;
mod process;
mod reading;
mod sampler;
mod shop;
mod side;
mod site;
mod stage;
mod status;
mod visitors;
mod written;

pub mod simulate;

pub use books::{Counted, StoredOrder};
pub use capacity::{Capacity, Exactness, capacity};
pub use catalogue::{all, find};
pub use counters::Counters;
pub use demand::{Demand, Distribution, Work};
pub use error::ModelError;
pub use gate::Closure;
pub use handle::{Control, ModelServer, Ready, ServerPlan};
pub use model::{Bucket, Model, Pool, StageName, WhenEmpty};
pub use network::{Changed, Departure, Fate, Network, What};
pub use process::run;
pub use sampler::ModelSampler;
