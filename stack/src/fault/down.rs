//! Components that do not run: how they are ended, how that is seen, and how they come back.

use std::time::Duration;

use futures::future::try_join_all;
use testcontainers::bollard::{
    Docker,
    query_parameters::{KillContainerOptionsBuilder, StartContainerOptions, StopContainerOptionsBuilder},
};

use super::observe::{self, Seen};
use crate::{StackError, member::Member};

/// A component that was told to end has this long before it is killed; Docker's own default.
const GRACE: i32 = 10;
/// Docker itself may take a while on a machine that is overloaded, which is when faults are injected.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a component ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// SIGKILL.
    AtOnce,
    /// The signal that its image names, and time to finish.
    InItsOwnWay,
}

/// Ends all of them at once; returns when each was seen to be down and Docker is done with it.
pub(crate) async fn end(docker: &Docker, members: &[Member], how: Ending) -> Result<Seen, StackError> {
    let all = try_join_all(members.iter().map(|member| end_one(docker, member, how))).await?;
    Ok(Seen::first(all))
}

async fn end_one(docker: &Docker, member: &Member, how: Ending) -> Result<Seen, StackError> {
    let asked = async {
        let done = match how {
            Ending::AtOnce => {
                let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
                docker.kill_container(&member.id, Some(options)).await
            }
            Ending::InItsOwnWay => {
                let options = StopContainerOptionsBuilder::new().t(GRACE).build();
                docker.stop_container(&member.id, Some(options)).await
            }
        };
        done.map_err(StackError::docker(format!("ending {}", member.title())))
    };
    let ((), seen) = tokio::try_join!(asked, seen_down(docker, member))?;
    Ok(seen)
}

/// The first sign that it is down.
pub(crate) async fn seen_down(docker: &Docker, member: &Member) -> Result<Seen, StackError> {
    let seen = tokio::time::timeout(PATIENCE, observe::down(docker, member)).await;
    seen.map_err(|_| StackError::Fault {
        fault: member.title(),
        doing: "injected",
        reason: format!("it still answers after {} s", PATIENCE.as_secs()),
    })
}

/// Starts all of them again, with their data and at their addresses. They are not ready yet when this returns.
pub(crate) async fn start(docker: &Docker, members: &[Member]) -> Result<(), StackError> {
    let start = |member: &Member| {
        let member = member.clone();
        async move {
            let doing = format!("starting {} again", member.title());
            docker
                .start_container(&member.id, None::<StartContainerOptions>)
                .await
                .map_err(StackError::docker(doing))?;
            member.look_again(docker).await
        }
    };
    try_join_all(members.iter().map(start)).await.map(drop)
}

/// Waits until Docker knows that the container has ended.
pub(crate) async fn wait_for_the_end(docker: &Docker, member: &Member) -> Result<(), StackError> {
    let ended = tokio::time::timeout(PATIENCE, observe::ended(docker, member)).await;
    ended.map_err(|_| StackError::Fault {
        fault: member.title(),
        doing: "injected",
        reason: format!("its container still runs after {} s", PATIENCE.as_secs()),
    })
}
