//! The search for capacity: a pure state machine that asks for trials and is told their results.

mod after_peak;
mod bisect;
mod budget;
mod confirm;
mod controller;
mod curve;
mod fit;
mod level;
mod outcome;
mod overdrive;
mod overload;
mod plan;
mod prior;
mod ramp;
mod record;
mod refusals;
mod replay;
mod warm_up;

pub(crate) use after_peak::behaviour;
pub use after_peak::overload_in_flight;
pub use budget::{LEAST_BUDGET, MOST_BUDGET, PlanError};
pub use controller::{Next, Search};
pub use outcome::{Ending, SearchOutcome};
pub(crate) use overdrive::with_later;
pub use plan::{Precision, SearchPlan};
pub(crate) use refusals::mostly_whole;

#[cfg(test)]
mod tests;
