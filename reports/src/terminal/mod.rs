//! The report on the terminal: the answer first, then what it rests on.

mod bottleneck;
mod browser;
mod caches;
mod capacity;
mod comparison;
mod components;
mod demand;
mod deployments;
mod environment;
mod failures;
mod overloads;
mod page;
mod sizing;
mod steps;
mod trials;
mod validity;
mod verdict;

pub(crate) use comparison::comparison;
pub use overloads::protections;
pub use page::{Colour, Layout, terminal};
pub use sizing::sizing;
