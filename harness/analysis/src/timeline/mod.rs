//! Every second of a run from its ticks and samples, by column: what the reports draw.

mod append;
mod columns;
mod grid;
mod probes;
#[cfg(test)]
mod tests;

pub use append::append;
pub use columns::{TimelineTrial, timeline};
