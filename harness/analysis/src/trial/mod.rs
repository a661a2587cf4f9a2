//! From a worker's ticks and the probes' samples to the result of one trial.

mod assemble;
mod figures;
mod flow;
mod usage;
mod window;

pub(crate) use assemble::machine_speed;
pub use assemble::{TrialInput, assemble};
pub(crate) use flow::rate;
pub use usage::MemoryLimit;
pub(crate) use window::{Batch, batches, merged};
