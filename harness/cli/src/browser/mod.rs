//! The site in a real browser while a load goes on: what a person sees of it.

mod chromium;
mod devtools;
mod error;
mod names;
mod page;
mod shopper;
mod trials;

pub(crate) use trials::{absent, at, expected_time, like, visits};
