//! Limits on what a run found, written as load testers write them, and what the run says of each.

mod baseline;
mod capacity;
mod cost;
mod failures;
mod judge;
mod limit;
mod promise;
mod windows;

pub use judge::{Unmatched, judge_budget};
pub use limit::{Against, Figure, Limit, LimitError, Load, LoadUnit, Need};

#[cfg(test)]
mod tests;
