//! Every second of a run from its ticks and samples, by column: what the reports draw.

mod columns;
mod grid;
mod probes;
#[cfg(test)]
mod tests;

pub use columns::{TimelineTrial, timeline};
