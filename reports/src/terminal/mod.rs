//! The report on the terminal: the answer first, then what it rests on.

mod capacity;
mod components;
mod environment;
mod page;
mod steps;
mod trials;
mod validity;
mod verdict;

pub use page::{Colour, Layout, terminal};
