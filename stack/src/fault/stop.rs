//! A component ends in its own way, as at a planned shutdown.

use testcontainers::bollard::Docker;

use super::{
    down::{self, Ending},
    observe::Seen,
};
use crate::{StackError, member::Member};

pub(super) const DOES: &str =
    "tells it to end and gives it 10 s to finish what it is doing, and starts it again to clear it";

pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    down::end(docker, members, Ending::InItsOwnWay).await
}
