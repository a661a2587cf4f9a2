//! The images: built from the embedded Dockerfiles when something that they depend on has changed.
//!
//! They are built through the bollard that testcontainers re-exports, with its connection, and not by its
//! `GenericBuildableImage`: that one hands a build's output to the `log` crate and keeps nothing of it, so
//! neither progress nor the last lines of a failed step could be shown, and it cannot set labels.

mod build;
mod context;
mod lock;

use std::{collections::BTreeMap, time::Instant};

use futures::{StreamExt, TryStreamExt, stream};
use testcontainers::bollard::Docker;

use crate::{
    OnEvent, StackError, StackEvent,
    base_image::{self, BaseImage},
    docker,
    source::Source,
    topology::Topology,
};

/// Whether to use what was built before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rebuild {
    /// Build what is missing or has changed.
    #[default]
    IfChanged,
    /// Build everything again, without Docker's cache.
    Always,
}

/// The images of a topology: by name, the reference to start.
pub(crate) type Images = BTreeMap<&'static str, String>;

/// Two at a time: a build waits for the network as often as it computes.
const PARALLEL_BUILDS: usize = 2;

/// Builds the images that `topology` needs, and does nothing else.
///
/// # Errors
/// If Docker does not answer, there is no way to a base image, or a build fails.
pub async fn build_images(topology: &Topology, rebuild: Rebuild, on_event: OnEvent<'_>) -> Result<(), StackError> {
    let engine = docker::connect().await?;
    ensure(&engine.docker, topology, rebuild, on_event).await.map(drop)
}

/// The images that `topology` needs, built where necessary.
pub(crate) async fn ensure(
    docker: &Docker,
    topology: &Topology,
    rebuild: Rebuild,
    on_event: OnEvent<'_>,
) -> Result<Images, StackError> {
    let base = base_image::ensure(docker, on_event).await?;
    let base = &base;
    stream::iter(topology.images())
        .map(|image| async move {
            let reference = ensure_one(docker, image, base, &topology.source, rebuild, on_event).await?;
            Ok((image, reference))
        })
        .buffer_unordered(PARALLEL_BUILDS)
        .try_collect()
        .await
}

/// The image with the programs that change networks. No topology has it; a fault needs it for a moment.
pub(crate) async fn tools(docker: &Docker, on_event: OnEvent<'_>) -> Result<String, StackError> {
    let base = base_image::ensure(docker, on_event).await?;
    ensure_one(docker, "tools", &base, &Source::default(), Rebuild::IfChanged, on_event).await
}

async fn ensure_one(
    docker: &Docker,
    image: &str,
    base: &BaseImage,
    source: &Source,
    rebuild: Rebuild,
    on_event: OnEvent<'_>,
) -> Result<String, StackError> {
    if let Some(reference) = source.instead_of(image) {
        docker.inspect_image(reference).await.map_err(|_| StackError::NoImage(reference.clone()))?;
        on_event(StackEvent::ImageReused { image: image.into() });
        return Ok(reference.clone());
    }
    let context = context::of_image(image, source.context()?);
    let reference = format!("redline-{image}:{}", context.digest(&base.id));
    if rebuild == Rebuild::IfChanged && docker.inspect_image(&reference).await.is_ok() {
        on_event(StackEvent::ImageReused { image: image.into() });
        return Ok(reference);
    }
    // Another redline may be building the very same image: the second one waits and finds it there.
    let waiting = || on_event(StackEvent::Waiting { image: image.into() });
    let _lock = lock::acquire(&reference, waiting).await?;
    if rebuild == Rebuild::IfChanged && docker.inspect_image(&reference).await.is_ok() {
        on_event(StackEvent::ImageReused { image: image.into() });
        return Ok(reference);
    }
    let started = Instant::now();
    build::build(docker, build::Order { image, reference: &reference, base, context: &context, rebuild }, on_event)
        .await?;
    on_event(StackEvent::Built { image: image.into(), took: started.elapsed() });
    Ok(reference)
}
