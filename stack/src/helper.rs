//! A container beside a component, in its network or in the machine's, that may change that network.

use std::collections::HashMap;

use testcontainers::bollard::{
    Docker,
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder, StartContainerOptions},
};

use crate::{
    RunId, StackError, StackKind,
    exec::{self, Session, User},
    labels,
};

/// Whose network it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// One of its own, with nobody else in it.
    Nowhere,
    /// The machine's.
    Host,
    /// A container's, by its id.
    Beside(String),
}

/// A container that runs until it is removed, by [`Helper::remove`] or by the run's label.
#[derive(Debug)]
pub(crate) struct Helper {
    docker: Docker,
    id: String,
}

impl Helper {
    /// Starts it. The right to change networks is all that it may do.
    pub(crate) async fn start(docker: &Docker, image: &str, run: &RunId, place: &Place) -> Result<Self, StackError> {
        let host = HostConfig {
            network_mode: Some(match place {
                Place::Nowhere => "none".into(),
                Place::Host => "host".into(),
                Place::Beside(id) => format!("container:{id}"),
            }),
            cap_drop: Some(vec!["ALL".into()]),
            cap_add: Some(vec!["NET_ADMIN".into()]),
            security_opt: Some(vec!["no-new-privileges".into()]),
            readonly_rootfs: Some(true),
            tmpfs: Some(HashMap::from([("/tmp".to_string(), "rw,nosuid,nodev,noexec,size=1m".to_string())])),
            // A program that waits forever and does not listen to SIGTERM is not waited for.
            init: Some(true),
            memory: Some(64 << 20),
            pids_limit: Some(32),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.into()),
            labels: Some(labels::of_run(run, StackKind::Run)),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let id = start(docker, body, "starting a container that changes a network").await?;
        Ok(Self { docker: docker.clone(), id })
    }
    /// Runs a command line that is to end with 0; gives what it said.
    pub(crate) async fn run(&self, command: &str) -> Result<String, String> {
        exec::succeed(&self.docker, &self.id, User::Own, &["sh", "-c", command]).await
    }
    /// A program that is told what to do, and ends when this process does.
    pub(crate) async fn session(&self, command: &[&str]) -> Result<Session, String> {
        Session::start(&self.docker, &self.id, User::Own, command).await
    }
    /// Removes it; if that fails the run's end will.
    pub(crate) async fn remove(&self) {
        remove(&self.docker, &self.id).await;
    }
}

/// Starts a container under a name by which it is known to help; gives its id. One that does not start is removed.
pub(crate) async fn start(docker: &Docker, body: ContainerCreateBody, doing: &str) -> Result<String, StackError> {
    let name = format!("{}{:016x}", labels::HELPER, rand::random::<u64>());
    let options = CreateContainerOptionsBuilder::new().name(&name).build();
    let id = docker.create_container(Some(options), body).await.map_err(StackError::docker(doing))?.id;
    if let Err(error) = docker.start_container(&id, None::<StartContainerOptions>).await {
        remove(docker, &id).await;
        return Err(StackError::docker(doing)(error));
    }
    Ok(id)
}

async fn remove(docker: &Docker, id: &str) {
    let force = RemoveContainerOptionsBuilder::new().force(true).build();
    let _ = docker.remove_container(id, Some(force)).await;
}
