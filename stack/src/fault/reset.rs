//! All connections that are established with a component end at once, as when a firewall forgets them.
//!
//! Its own ends are closed by the kernel, which tells the other ends so with a reset.

use testcontainers::bollard::Docker;

use super::{
    helper::{Helper, Place},
    observe::Seen,
};
use crate::{NetworkKind, RunId, StackError, addresses::service_port, member::Member};

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
    let mut helpers = Vec::new();
    for member in members {
        let place = match network {
            NetworkKind::Loopback => Place::Host,
            NetworkKind::Bridge => Place::Beside(member.id.clone()),
        };
        helpers.push(Helper::start(docker, image, run, &place).await?);
    }
    let mut all = Vec::new();
    for (helper, member) in helpers.iter().zip(members) {
        let said = helper.run(&format!("ss -Htn -K state established '{}'", own_ends(network, member))).await;
        let done = said.map(|said| said.lines().filter(|line| !line.trim().is_empty()).count());
        all.push(done.map(|count| Seen::now(format!("{count} connections with {} were reset", member.title()))));
    }
    for helper in &helpers {
        helper.remove().await;
    }
    Ok(Seen::first(all.into_iter().collect::<Result<_, _>>().map_err(failed)?))
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
