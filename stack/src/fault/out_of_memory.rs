//! A component's memory fills up and the kernel ends its main process.
//!
//! Lowering the limit would not do: the kernel first takes the page cache back, and refuses what it cannot have.

use testcontainers::bollard::Docker;

use super::{
    down,
    observe::{self, Seen},
};
use crate::{
    StackError,
    exec::{self, User},
    member::Member,
    topology::RunsAs,
};

/// The main process is made the one that the kernel picks; `dd` fills a buffer as large as all that there is, at
/// once, so that on a busy server it does not take seconds.
fn hog(member: &Member) -> String {
    format!("echo 1000 > /proc/1/oom_score_adj && exec dd if=/dev/zero of=/dev/null bs={}", member.memory.0)
}

pub(super) const DOES: &str =
    "fills its memory until the kernel ends its main process, and starts it again to clear it";
pub(super) const DOES_NOT_TEST: &str =
    "how it behaves while its memory is short: a program beside it takes it all at once";

pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    let mut all = Vec::new();
    for member in members {
        let user = match member.kind.facts().runs_as {
            RunsAs::OwnUser => User::Own,
            RunsAs::Root => User::Root,
        };
        exec::leave(docker, &member.id, user, &["sh", "-c", &hog(member)]).await?;
        let mut seen = down::seen_down(docker, member).await?;
        // A refused connection comes before Docker knows how the container ended.
        down::wait_for_the_end(docker, member).await?;
        if observe::state(docker, member).await?.oom_killed != Some(true) {
            let reason = format!("{} ended, and not for want of memory", member.title());
            return Err(StackError::Fault { fault: "out-of-memory".into(), doing: "injected", reason });
        }
        seen.how = format!("{}, for want of memory by Docker's account", seen.how);
        all.push(seen);
    }
    Ok(Seen::first(all))
}
