//! Comma-separated values for spreadsheets: the trials, and the seconds.

mod seconds;
mod table;
mod trials;

pub(crate) use seconds::seconds;
pub(crate) use trials::trials;
