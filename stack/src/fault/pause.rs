//! A component is frozen: it keeps its connections, accepts new ones as far as the kernel does that, and does nothing.

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use super::observe::{self, Seen};
use crate::{StackError, member::Member};

pub(super) const DOES: &str = "freezes all its processes, which keep their connections and do nothing";

pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    let pause = |member: &Member| {
        let member = member.clone();
        async move {
            let asked = async {
                let doing = format!("freezing {}", member.title());
                docker.pause_container(&member.id).await.map_err(StackError::docker(doing))
            };
            let seen = async { Ok(observe::frozen(docker, &member).await) };
            tokio::try_join!(asked, seen).map(|((), seen)| seen)
        }
    };
    Ok(Seen::first(try_join_all(members.iter().map(pause)).await?))
}

pub(super) async fn lift(docker: &Docker, members: &[Member]) -> Result<(), StackError> {
    let unpause = |member: &Member| {
        let (doing, id) = (format!("letting {} go on", member.title()), member.id.clone());
        async move { docker.unpause_container(&id).await.map_err(StackError::docker(doing)) }
    };
    try_join_all(members.iter().map(unpause)).await.map(drop)
}
