//! The DNS server leaves questions without an answer, which visitors notice only by their own patience.

use testcontainers::bollard::Docker;

use super::{
    observe::{self, Seen},
    pause,
};
use crate::{StackError, member::Member};

pub(super) const DOES: &str = "freezes the DNS server, so that questions get no answer at all";

/// Freezes it and asks it something.
pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    let mut seen = pause::inject(docker, members).await?;
    for member in members {
        seen.how = format!("{}, and {}", seen.how, observe::silent(member).await.how);
    }
    Ok(seen)
}
