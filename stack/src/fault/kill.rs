//! A component ends at once: SIGKILL to all its processes.

use testcontainers::bollard::Docker;

use super::{
    down::{self, Ending},
    observe::Seen,
};
use crate::{StackError, member::Member};

pub(super) const DOES: &str = "ends all its processes at once (SIGKILL) and starts it again to clear it";
pub(super) const DOES_NOT_TEST: &str =
    "a killed process is no power failure: what it had handed to the kernel still reaches the disk";

pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    down::end(docker, members, Ending::AtOnce).await
}
