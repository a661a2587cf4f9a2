//! Seeing that something happened, every few milliseconds.

use std::{net::SocketAddr, time::Duration};

use redline_model::Mono;
use testcontainers::bollard::{Docker, models::ContainerState, query_parameters::InspectContainerOptions};
use tokio::net::TcpStream;

use crate::{StackError, member::Member, topology::Speaks};

/// Between two attempts to connect, each of which costs 50 µs.
const LOOK: Duration = Duration::from_millis(2);
/// Between two questions to Docker, each of which costs a millisecond.
const ASK_DOCKER: Duration = Duration::from_millis(5);
/// On one machine an answer takes microseconds; who has not answered by then is silent.
const SILENCE: Duration = Duration::from_millis(100);

/// A moment and how it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub at: Mono,
    /// As part of a sentence: `server/php refused a connection`.
    pub how: String,
}

impl Seen {
    /// Something that is so at this moment.
    pub(crate) fn now(how: impl Into<String>) -> Self {
        Self { at: Mono::now(), how: how.into() }
    }
    /// The first of several, with the words of all.
    pub(crate) fn first(all: Vec<Self>) -> Self {
        let at = all.iter().map(|seen| seen.at).min().unwrap_or_default();
        let how = all.into_iter().map(|seen| seen.how).collect::<Vec<_>>().join(", ");
        Self { at, how }
    }
}

/// The first sign that a component is down: its port refuses, or Docker says that its container does not run.
pub(crate) async fn down(docker: &Docker, member: &Member) -> Seen {
    let refuses = async {
        until_refused(member.service).await;
        Seen::now(format!("{} refused a connection", member.title()))
    };
    let ended = async {
        ended(docker, member).await;
        Seen::now(format!("Docker showed that {} had ended", member.title()))
    };
    tokio::select! { seen = refuses => seen, seen = ended => seen }
}

/// Returns once Docker shows that the container has ended.
pub(crate) async fn ended(docker: &Docker, member: &Member) {
    until_state(docker, member, |state| state.running != Some(true)).await;
}

/// Returns once Docker shows the container frozen.
pub(crate) async fn frozen(docker: &Docker, member: &Member) -> Seen {
    until_state(docker, member, |state| state.paused == Some(true)).await;
    Seen::now(format!("Docker showed that {} was frozen", member.title()))
}

async fn until_refused(service: SocketAddr) {
    loop {
        let connect = tokio::time::timeout(SILENCE, TcpStream::connect(service)).await;
        if connect.is_ok_and(|connected| connected.is_err()) {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn until_state(docker: &Docker, member: &Member, wanted: impl Fn(&ContainerState) -> bool) {
    loop {
        let found = docker.inspect_container(&member.id, None::<InspectContainerOptions>).await;
        if found.is_ok_and(|found| found.state.as_ref().is_some_and(&wanted)) {
            return;
        }
        tokio::time::sleep(ASK_DOCKER).await;
    }
}

/// How the container ended, as Docker has it.
pub(crate) async fn state(docker: &Docker, member: &Member) -> Result<ContainerState, StackError> {
    let found = docker.inspect_container(&member.id, None::<InspectContainerOptions>).await;
    let found = found.map_err(StackError::docker(format!("inspecting {}", member.title())))?;
    Ok(found.state.unwrap_or_default())
}

/// Returns once a question to the component gets no answer, or is refused; gives when that question was asked.
pub(crate) async fn silent(member: &Member) -> Seen {
    loop {
        let at = Mono::now();
        let how = match member.kind.facts().speaks {
            Speaks::Dns => match tokio::time::timeout(SILENCE, crate::ready::ask(member)).await {
                Ok(Ok(())) => None,
                Ok(Err(_)) => Some("refused a question"),
                Err(_) => Some("left a question without an answer for 100 ms"),
            },
            Speaks::Http | Speaks::Tcp => {
                match tokio::time::timeout(SILENCE, TcpStream::connect(member.service)).await {
                    Ok(Ok(_)) => None,
                    Ok(Err(_)) => Some("refused a connection"),
                    Err(_) => Some("left a connection without an answer for 100 ms"),
                }
            }
        };
        if let Some(how) = how {
            return Seen { at, how: format!("{} {how}", member.title()) };
        }
        tokio::time::sleep(LOOK).await;
    }
}
