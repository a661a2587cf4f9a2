//! Removing what is ours, by its labels: of one run, or all of it.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use futures::future::join_all;
use testcontainers::bollard::{
    Docker,
    errors::Error,
    query_parameters::{
        ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
        RemoveContainerOptionsBuilder, RemoveImageOptionsBuilder, RemoveVolumeOptionsBuilder,
    },
};

use crate::{RunId, StackError, StackKind, docker, labels, share::Keeper};

/// How often a removal is tried before it is an error: Docker may still be creating what is to go.
const ROUNDS: u32 = 20;

/// Whether images go as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CleanImages {
    /// They stay: building them takes minutes.
    #[default]
    Keep,
    /// They go.
    Remove,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Names of containers.
    pub containers: Vec<String>,
    /// Names of networks.
    pub networks: Vec<String>,
    /// Names of volumes.
    pub volumes: Vec<String>,
    /// References of images.
    pub images: Vec<String>,
}

impl Cleaned {
    /// How many things were removed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.containers.len() + self.networks.len() + self.volumes.len() + self.images.len()
    }
}

/// Removes whatever carries redline's label, of whichever run.
///
/// # Errors
/// If Docker does not answer or refuses.
pub async fn clean(images: CleanImages) -> Result<Cleaned, StackError> {
    let docker = docker::connect().await?.docker;
    let mut cleaned = remove(&docker, labels::RUN).await?;
    if images == CleanImages::Remove {
        cleaned.images = remove_images(&docker).await?;
    }
    Ok(cleaned)
}

/// Removes everything of one run.
///
/// # Errors
/// If Docker does not answer or refuses.
pub async fn clean_run(run: &RunId) -> Result<Cleaned, StackError> {
    remove_run(&docker::connect().await?.docker, run).await
}

/// Removes everything of one run.
pub(crate) async fn remove_run(docker: &Docker, run: &RunId) -> Result<Cleaned, StackError> {
    remove(docker, &format!("{}={run}", labels::RUN)).await
}

/// What carries the label, by name. Volumes and networks cannot go before the containers that use them.
async fn remove(docker: &Docker, label: &str) -> Result<Cleaned, StackError> {
    let mut cleaned = Cleaned::default();
    let mut last = Ok(());
    let mut groups = Groups::new();
    for _ in 0..ROUNDS {
        groups.extend(groups_of(docker, label).await?);
        let containers = containers(docker, label).await?;
        let gone = join_all(containers.iter().map(|(id, _)| remove_container(docker, id))).await;
        let networks = networks(docker, label).await?;
        let unlinked = join_all(networks.iter().map(|name| docker.remove_network(name))).await;
        let volumes = volumes(docker, label).await?;
        let force = || Some(RemoveVolumeOptionsBuilder::new().force(true).build());
        let emptied = join_all(volumes.iter().map(|name| docker.remove_volume(name, force()))).await;
        if containers.is_empty() && networks.is_empty() && volumes.is_empty() {
            remove_groups(docker, &groups).await;
            return Ok(cleaned);
        }
        last = gone.into_iter().chain(unlinked).chain(emptied).try_for_each(unless_gone);
        let settled = last.is_ok();
        note(&mut cleaned.containers, containers.into_iter().map(|(_, name)| name));
        note(&mut cleaned.networks, networks);
        note(&mut cleaned.volumes, volumes);
        if !settled {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
    last.map_err(StackError::docker("removing containers, networks and volumes")).map(|()| cleaned)
}

/// The cgroups of servers, by run: an image to remove them with, and their folders.
type Groups = BTreeMap<RunId, (String, Vec<String>)>;

/// The cgroups that the containers with this label are in.
async fn groups_of(docker: &Docker, label: &str) -> Result<Groups, StackError> {
    let options = ListContainersOptionsBuilder::new().all(true).filters(&by_label(label)).build();
    let found = docker.list_containers(Some(options)).await.map_err(StackError::docker("listing containers"))?;
    let mut groups = Groups::new();
    for container in found {
        let labels = container.labels.unwrap_or_default();
        let run = labels.get(labels::RUN).and_then(|run| run.parse().ok());
        if let (Some(run), Some(folder), Some(image)) = (run, labels.get(labels::CGROUP), container.image_id) {
            let (_, folders) = groups.entry(run).or_insert((image, Vec::new()));
            note(folders, [folder.clone()]);
        }
    }
    Ok(groups)
}

/// Docker leaves the parents of its containers' cgroups behind. They are empty and cost nothing, so what cannot be
/// removed is no error.
async fn remove_groups(docker: &Docker, groups: &Groups) {
    for (run, (image, folders)) in groups {
        if let Ok(keeper) = Keeper::start(docker, image, run, StackKind::Run).await {
            let removed = keeper.remove_groups(folders).await;
            tracing::debug!("removing the cgroups of {run}: {removed:?}");
            let _ = remove_container(docker, keeper.id()).await;
        }
    }
}

fn note(names: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for name in more {
        if !names.contains(&name) {
            names.push(name);
        }
    }
}

/// 404: somebody else removed it; 409: somebody else is at it.
fn unless_gone(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
        Err(Error::DockerResponseServerError { status_code: 409, message })
            if message.contains("already in progress") =>
        {
            Ok(())
        }
        other => other,
    }
}

async fn remove_container(docker: &Docker, id: &str) -> Result<(), Error> {
    docker.remove_container(id, Some(RemoveContainerOptionsBuilder::new().force(true).v(true).build())).await
}

fn by_label(label: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".to_string(), vec![label.to_string()])])
}

/// Ids and names of the containers with this label (`key` or `key=value`).
pub(crate) async fn containers(docker: &Docker, label: &str) -> Result<Vec<(String, String)>, StackError> {
    let options = ListContainersOptionsBuilder::new().all(true).filters(&by_label(label)).build();
    let found = docker.list_containers(Some(options)).await.map_err(StackError::docker("listing containers"))?;
    let named = found.into_iter().filter_map(|c| {
        let name = c.names.unwrap_or_default().first().map_or(String::new(), |n| n.trim_start_matches('/').to_string());
        Some((c.id?, name))
    });
    Ok(named.collect())
}

async fn networks(docker: &Docker, label: &str) -> Result<Vec<String>, StackError> {
    let options = ListNetworksOptionsBuilder::new().filters(&by_label(label)).build();
    let found = docker.list_networks(Some(options)).await.map_err(StackError::docker("listing networks"))?;
    Ok(found.into_iter().filter_map(|network| network.name).collect())
}

async fn volumes(docker: &Docker, label: &str) -> Result<Vec<String>, StackError> {
    let options = ListVolumesOptionsBuilder::new().filters(&by_label(label)).build();
    let found = docker.list_volumes(Some(options)).await.map_err(StackError::docker("listing volumes"))?;
    Ok(found.volumes.unwrap_or_default().into_iter().map(|volume| volume.name).collect())
}

async fn remove_images(docker: &Docker) -> Result<Vec<String>, StackError> {
    let options = ListImagesOptionsBuilder::new().filters(&by_label(labels::IMAGE)).build();
    let found = docker.list_images(Some(options)).await.map_err(StackError::docker("listing images"))?;
    let mut removed = Vec::new();
    for image in found {
        let options = RemoveImageOptionsBuilder::new().force(true).build();
        docker.remove_image(&image.id, Some(options), None).await.map_err(StackError::docker("removing an image"))?;
        removed.push(image.repo_tags.first().cloned().unwrap_or(image.id));
    }
    Ok(removed)
}
