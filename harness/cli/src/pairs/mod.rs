//! Paired slices: several sites measured in turns that lie close together, with the same visitors.
//!
//! What is compared so shares the luck of the machine, which one run after the other does not.

mod contender;
mod drive;
mod fit;
mod place;
mod runner;

pub(crate) use contender::{Contender, Contest, Entry, close_all, open_all};
pub(crate) use drive::{ATTEMPTS, Driven, SliceLengths, drive, held, overdriven};
pub(crate) use place::Settled;
pub(crate) use runner::{COLD_START, Slice, make_rounds};
