//! The search for capacity: a pure state machine that asks for trials and is told their results.

mod bisect;
mod confirm;
mod controller;
mod curve;
mod outcome;
mod overdrive;
mod plan;
mod ramp;
mod record;

pub use controller::{Next, Search};
pub use outcome::{Ending, SearchOutcome};
pub use plan::{Precision, SearchPlan};

#[cfg(test)]
mod tests;
