//! Paired slices: several sites at once, measured in turns that lie close together, with the same visitors.
//!
//! What is compared so shares the luck of the machine, which one run after the other does not.

mod contender;
mod drive;
mod runner;

pub(crate) use contender::{Contender, close_all, open_all};
pub(crate) use drive::{Driven, SliceLengths, drive, held, overdriven};
pub(crate) use runner::{Slice, make_rounds};
