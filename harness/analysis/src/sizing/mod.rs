//! How many servers carry a traffic, from runs that were measured: X ≤ min(n·X_web, 1 ÷ D_shared) (Denning and Buzen,
//! The operational analysis of queueing network models, 1978).

mod demand;
mod law;
mod size;

#[cfg(test)]
mod tests;

pub use size::{SizingError, size};
