//! A component ends in its own way and is started again at once.

use redline_model::Mono;
use testcontainers::bollard::Docker;

use super::{
    down::{self, Ending},
    observe::Seen,
};
use crate::{StackError, member::Member};

pub(super) const DOES: &str = "tells it to end, gives it 10 s to finish, and starts it again at once";

/// When it was first seen down, and when it was started again.
pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<(Seen, Mono), StackError> {
    let seen = down::end(docker, members, Ending::InItsOwnWay).await?;
    let lifted = Mono::now();
    down::start(docker, members).await?;
    Ok((seen, lifted))
}
