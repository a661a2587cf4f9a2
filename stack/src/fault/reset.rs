//! All connections that are established with a component end at once, as when a firewall forgets them.
//!
//! Its own ends are closed by the kernel, which tells the other ends so with a reset.

use futures::future::{join_all, try_join_all};
use testcontainers::bollard::Docker;

use super::observe::Seen;
use crate::{
    NetworkKind, RunId, StackError,
    addresses::service_port,
    helper::{Helper, Place},
    member::Member,
};

pub(super) const DOES: &str = "resets the connections that are established with it at that moment, once";

fn failed(reason: String) -> StackError {
    StackError::Fault { fault: "reset".into(), doing: "injected", reason }
}

pub(super) async fn inject(
    docker: &Docker,
    image: &str,
    run: &RunId,
    network: NetworkKind,
    members: &[Member],
) -> Result<Seen, StackError> {
    let place = |member: &Member| match network {
        NetworkKind::Loopback => Place::Host,
        NetworkKind::Bridge => Place::Beside(member.id.clone()),
    };
    let start = |member: &Member| {
        let place = place(member);
        async move { Helper::start(docker, image, run, &place).await }
    };
    let helpers = try_join_all(members.iter().map(start)).await?;
    let resets = helpers.iter().zip(members).map(|(helper, member)| reset(helper, network, member));
    let seen = try_join_all(resets).await;
    // Not waited for: that would be time in which nobody looks for the first answer. The run's end removes them too.
    tokio::spawn(async move { join_all(helpers.iter().map(Helper::remove)).await });
    seen.map(Seen::first).map_err(failed)
}

async fn reset(helper: &Helper, network: NetworkKind, member: &Member) -> Result<Seen, String> {
    let said = helper.run(&format!("ss -Htn -K state established '{}'", own_ends(network, member))).await?;
    let count = said.lines().filter(|line| !line.trim().is_empty()).count();
    Ok(Seen::now(format!("the kernel closed {count} connections with {}", member.title())))
}

/// The component's ends of its connections. On loopback both ends are in the same network, and the other ends
/// must be left alone, or whoever has one would see an abort instead of a reset.
fn own_ends(network: NetworkKind, member: &Member) -> String {
    let port = service_port(member.kind);
    match network {
        NetworkKind::Loopback => format!("src {} and sport = :{port}", member.inner),
        NetworkKind::Bridge => format!("sport = :{port}"),
    }
}
