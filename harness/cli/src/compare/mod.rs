//! `redline compare`: stacks that take turns, or runs that were saved.

mod check;
mod live;
mod save;
mod saved;

use crate::{
    args::CompareArgs,
    exit::{Ended, Failure},
};
use check::{Asked, check};

/// Measures and compares, or compares what was saved.
pub(crate) async fn compare(args: CompareArgs) -> Result<Ended, Failure> {
    match check(args)? {
        Asked::Measure(plan) => live::measured(*plan).await,
        Asked::Saved(saved) => saved::compared(saved),
        Asked::Again(path, format) => saved::again(&path, format),
    }
}
