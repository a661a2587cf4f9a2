//! The report on the terminal: the answer first, then what it rests on.

mod bottleneck;
mod caches;
mod capacity;
mod components;
mod demand;
mod deployments;
mod environment;
mod failures;
mod page;
mod steps;
mod trials;
mod validity;
mod verdict;

pub use page::{Colour, Layout, terminal};
