//! `redline gate`: a budget that must hold, or a candidate that must not be slower than a base.

mod answer;
mod budget;
mod differences;
mod file;
mod loads;
mod measured;
mod output;
mod paired;
mod regression;
mod revision;
mod side;
mod slices;
mod suspects;

use crate::{
    args::GateArgs,
    exit::{Ended, Failure},
};

/// Judges a file of limits, or a candidate against a base.
pub(crate) async fn gate(args: GateArgs) -> Result<Ended, Failure> {
    match (&args.file, &args.base) {
        (Some(file), _) => budget::judge(file, &args).await,
        (None, Some(base)) => regression::judge(base, &args).await,
        (None, None) => Err(Failure::usage("name a file of limits, or what to compare with by --base")),
    }
}
