//! The zone loses its `www`: the DNS server answers, and denies that the site exists.

use std::time::Duration;

use redline_model::Mono;
use testcontainers::bollard::{Docker, query_parameters::KillContainerOptionsBuilder};

use super::observe::Seen;
use crate::{
    StackError, dns_client,
    error::one_line,
    exec::{self, User},
    member::Member,
    wiring::SITE,
};

const PAUSE: Duration = Duration::from_millis(3);
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const DOES: &str = "takes the site's name out of the zone and reloads it, so that the answer is NXDOMAIN";

/// What the DNS server says about the site's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Exists,
    Denied,
}

/// Takes the name away.
pub(super) async fn inject(docker: &Docker, members: &[Member]) -> Result<Seen, StackError> {
    let change = "cp /run/dns/zone /run/dns/whole && sed -i '/^www /d' /run/dns/zone";
    reload(docker, members, change, Name::Denied, "injected").await?;
    Ok(Seen::now(format!("a question for {SITE} was answered with NXDOMAIN")))
}

/// Gives the name back; gives the moment at which it was there again.
pub(super) async fn lift(docker: &Docker, members: &[Member]) -> Result<Mono, StackError> {
    reload(docker, members, "mv /run/dns/whole /run/dns/zone", Name::Exists, "cleared").await?;
    Ok(Mono::now())
}

async fn reload(
    docker: &Docker,
    members: &[Member],
    change: &str,
    wanted: Name,
    doing: &'static str,
) -> Result<(), StackError> {
    for member in members {
        let failed = |reason| StackError::Fault { fault: "nxdomain".into(), doing, reason };
        exec::succeed(docker, &member.id, User::Root, &["sh", "-c", change]).await.map_err(failed)?;
        // Docker sends the signal: inside, root may not, because the daemon runs as another user.
        let signal = KillContainerOptionsBuilder::new().signal("SIGHUP").build();
        let sent = docker.kill_container(&member.id, Some(signal)).await;
        sent.map_err(StackError::docker(format!("telling {} to reload", member.title())))?;
        let seen = tokio::time::timeout(PATIENCE, until(member, wanted)).await;
        let late = |_| failed(format!("the zone was not reloaded within {} s", PATIENCE.as_secs()));
        seen.map_err(late)?.map_err(failed)?;
    }
    Ok(())
}

async fn until(member: &Member, wanted: Name) -> Result<(), String> {
    let resolver = dns_client::resolver(member.service, Duration::from_millis(250))?;
    loop {
        let found = match resolver.ipv4_lookup(format!("{SITE}.")).await {
            Ok(_) => Some(Name::Exists),
            Err(error) if error.is_nx_domain() => Some(Name::Denied),
            Err(error) => {
                tracing::debug!("while the zone is reloaded: {}", one_line(&error.to_string()));
                None
            }
        };
        if found == Some(wanted) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
