//! Has what a stack carries changed over many runs, and when?

mod divisive;
mod energy;

pub use divisive::{Changed, FEWEST, change_points};
