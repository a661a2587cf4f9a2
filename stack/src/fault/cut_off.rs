//! What is sent to a component, and by it, is lost.
//!
//! On a bridge the container is taken off its network. On loopback there is no wire to pull, so packets from and
//! to its ports are dropped, by rules that belong to a process of ours: when that ends, the kernel removes them.

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use super::observe::{self, Seen};
use crate::{
    RunId, StackError,
    addresses::ports,
    bridge,
    exec::Session,
    helper::{Helper, Place},
    member::Member,
    topology::Speaks,
};

pub(super) const DOES_ON_BRIDGE: &str = "takes its container off its network; visitors are refused, neighbours wait";
pub(super) const DOES_ON_LOOPBACK: &str = "drops every packet to and from its ports, so that whoever connects waits";
pub(super) const DOES_TO_SERVER_ON_LOOPBACK: &str =
    "drops every packet to and from the ports that visitors use, so that they wait; inside, everything goes on";

/// What has to be put back.
#[derive(Debug)]
pub(super) enum Cut {
    /// Containers without a network.
    Off(Vec<Member>),
    /// Rules, by the process that they belong to.
    Rules { rules: Session, helper: Helper },
}

/// The name of an empty chain: where it is listed, everything before it was done.
const DONE: &str = "redline_done";

fn failed(reason: String) -> StackError {
    StackError::Fault { fault: "cut-off".into(), doing: "injected", reason }
}

/// Takes containers off their network.
pub(super) async fn on_bridge(docker: &Docker, run: &RunId, members: &[Member]) -> Result<(Cut, Seen), StackError> {
    let leave = |member: &Member| {
        let member = member.clone();
        async move {
            let seen = async { Ok(observe::silent(&member).await) };
            tokio::try_join!(bridge::leave(docker, run, &member.id), seen).map(|((), seen)| seen)
        }
    };
    let seen = try_join_all(members.iter().map(leave)).await?;
    Ok((Cut::Off(members.to_vec()), Seen::first(seen)))
}

/// Drops packets. Of a whole server only the ports that visitors use are cut: inside it is no wire.
pub(super) async fn on_loopback(
    docker: &Docker,
    image: &str,
    run: &RunId,
    members: &[Member],
) -> Result<(Cut, Seen), StackError> {
    let helper = Helper::start(docker, image, run, &Place::Host).await?;
    match drop_packets(&helper, run, members).await {
        Ok(rules) => {
            let mut seen = Vec::new();
            for member in members {
                seen.push(observe::silent(member).await);
            }
            Ok((Cut::Rules { rules, helper }, Seen::first(seen)))
        }
        Err(reason) => {
            helper.remove().await;
            Err(failed(reason))
        }
    }
}

async fn drop_packets(helper: &Helper, run: &RunId, members: &[Member]) -> Result<Session, String> {
    let table = format!("redline_{}", run.as_str().replace('-', "_"));
    let mut rules = helper.session(&["nft", "-i"]).await?;
    let said = rules.ask(&orders(&table, members), DONE).await?;
    match said.lines().find(|line| line.contains("Error")) {
        Some(error) => Err(error.trim().to_string()),
        None => Ok(rules),
    }
}

/// What nft is told. Everything is in one table with an owner; its list at the end shows that it is in force.
fn orders(table: &str, members: &[Member]) -> String {
    let mut lines = vec![
        format!("add table inet {table} {{ flags owner; }}"),
        format!("add chain inet {table} lost {{ type filter hook input priority 0; policy accept; }}"),
    ];
    for member in members {
        let protocols: &[&str] = if member.kind.facts().speaks == Speaks::Dns { &["udp", "tcp"] } else { &["tcp"] };
        for (protocol, port) in protocols.iter().flat_map(|p| ports(member.kind).into_iter().map(move |port| (p, port)))
        {
            let (address, port) = (member.inner, port.number);
            lines.push(format!("add rule inet {table} lost ip daddr {address} {protocol} dport {port} drop"));
            lines.push(format!("add rule inet {table} lost ip saddr {address} {protocol} sport {port} drop"));
        }
    }
    lines.push(format!("add chain inet {table} {DONE}"));
    lines.push(format!("list table inet {table}\n"));
    lines.join("\n")
}

impl Cut {
    /// Puts it back; gives the container that is to be removed.
    pub(super) async fn lift(self, docker: &Docker, run: &RunId) -> Result<Option<Helper>, StackError> {
        match self {
            Self::Off(members) => {
                try_join_all(members.iter().map(|member| bridge::join(docker, run, &member.id, member.inner))).await?;
                try_join_all(members.iter().map(|member| member.look_again(docker))).await?;
                Ok(None)
            }
            Self::Rules { rules, helper } => {
                rules.end().await;
                Ok(Some(helper))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_name_nothing_but_the_components_own_address_and_ports() {
        let member = crate::member::tests::on_loopback(crate::ComponentKind::Dns, "127.80.7.1");
        insta::assert_snapshot!(orders("redline_x", &[member]));
    }
}
