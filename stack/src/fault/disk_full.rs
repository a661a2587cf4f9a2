//! The file system that PHP keeps the visitors' sessions in is full.

use testcontainers::bollard::Docker;

use super::observe::Seen;
use crate::{
    StackError,
    error::one_line,
    exec::{self, User},
    member::Member,
};

const FILE: &str = "/tmp/redline-fills-the-disk";

pub(super) const DOES: &str =
    "fills the file system that the visitors' sessions are written to, so that no session can be made or changed";
pub(super) const DOES_NOT_TEST: &str =
    "the database's disk: it is Docker's own and has no quota, and filling it would fill this machine's";

/// Writes until the kernel says that there is no space.
pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    let mut all = Vec::new();
    for member in members {
        let fill = format!("dd if=/dev/zero of={FILE} bs=64k 2>&1");
        let ended = exec::run(docker, &member.id, User::Own, &["sh", "-c", &fill]).await?;
        if !ended.said.contains("No space left") {
            let _ = lift(docker, members).await;
            let reason = format!("writing a file ended with {}: {}", ended.code, one_line(&ended.said));
            return Err(StackError::Fault { fault: "disk-full".into(), doing: "injected", reason });
        }
        all.push(Seen::now(format!("a write on {} ended with \"No space left on device\"", member.title())));
    }
    Ok(Seen::first(all))
}

/// Removes the file and sees that something can be written.
pub(super) async fn lift(docker: &Docker, members: &[Member]) -> Result<(), StackError> {
    for member in members {
        let free = format!("rm -f {FILE} && echo space > {FILE} && rm {FILE}");
        let done = exec::succeed(docker, &member.id, User::Own, &["sh", "-c", &free]).await;
        done.map_err(|reason| StackError::Fault { fault: "disk-full".into(), doing: "cleared", reason })?;
    }
    Ok(())
}
