//! Scenarios: what visitors do, one file each.
//!
//! To add one, add a file to this folder that implements `Scenario` and registers it. The command line,
//! its help and `redline list` know it then. `shop` is what all of them know about the shop; `login` is
//! the shortest one to copy from.

automod::dir!("src");

pub use redline_load::{all, find};
