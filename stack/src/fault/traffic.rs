//! What a component sends goes through a queue of ours (tc), in the container's own network.

use futures::future::{join_all, try_join_all};
use testcontainers::bollard::Docker;

use super::observe::Seen;
use crate::{
    RunId, StackError,
    helper::{Helper, Place},
    link::DEVICE,
    member::Member,
};

/// Queues that are in place. They go with their containers' networks if nobody takes them away before.
#[derive(Debug)]
pub(super) struct Queues {
    fault: &'static str,
    helpers: Vec<Helper>,
}

/// Puts the queue before each component's way out; seen in what the kernel shows of it.
pub(super) async fn queue(
    docker: &Docker,
    image: &str,
    run: &RunId,
    members: &[Member],
    fault: &'static str,
    queue: &str,
) -> Result<(Queues, Seen), StackError> {
    let failed = |reason: String| StackError::Fault { fault: fault.into(), doing: "injected", reason };
    let start = |member: &Member| {
        let place = Place::Beside(member.id.clone());
        async move { Helper::start(docker, image, run, &place).await }
    };
    let queues = Queues { fault, helpers: try_join_all(members.iter().map(start)).await? };
    let mut seen = Vec::new();
    for (helper, member) in queues.helpers.iter().zip(members) {
        let done = helper.run(&format!("{DEVICE}; tc qdisc add dev $dev root {queue} && tc qdisc show dev $dev")).await;
        match done {
            Ok(shown) => seen.push(Seen::now(format!("the kernel showed for {}: {}", member.title(), shown.trim()))),
            Err(reason) => {
                queues.remove().await;
                return Err(failed(reason));
            }
        }
    }
    Ok((queues, Seen::first(seen)))
}

impl Queues {
    /// Takes them away; gives the containers that are to be removed.
    pub(super) async fn lift(self) -> Result<Vec<Helper>, StackError> {
        let away = format!("{DEVICE}; tc qdisc del dev $dev root");
        let done = join_all(self.helpers.iter().map(|helper| helper.run(&away))).await;
        if let Some(reason) = done.into_iter().find_map(Result::err) {
            self.remove().await;
            return Err(StackError::Fault { fault: self.fault.into(), doing: "cleared", reason });
        }
        Ok(self.helpers)
    }
    async fn remove(&self) {
        join_all(self.helpers.iter().map(Helper::remove)).await;
    }
}
