//! From a worker's ticks and the probes' samples to the result of one trial.

mod assemble;
mod figures;
mod flow;
mod usage;
mod window;

pub use assemble::{TrialInput, assemble};
pub use usage::MemoryLimit;
pub(crate) use window::{Batch, batches, merged};
