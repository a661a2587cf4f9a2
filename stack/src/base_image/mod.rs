//! The Debian that all images stand on: present, else pulled, else made from Debian's packages.

mod make;
mod mmdebstrap;

use std::time::Duration;

use futures::StreamExt;
use testcontainers::bollard::{Docker, query_parameters::CreateImageOptionsBuilder};

use crate::{OnEvent, StackError, StackEvent, error::one_line};

pub(crate) use mmdebstrap::way as way_to_mmdebstrap;

/// Debian's own image, where it is present or can be pulled.
const OFFICIAL: &str = "debian:trixie-slim";
/// The one that redline makes; under a name of its own, because it is not Debian's.
pub(crate) const MADE: &str = "redline-base:trixie";
/// A registry that is there answers at once; the slow part, the download itself, is what the time is for.
const PULL_TIMEOUT: Duration = Duration::from_secs(60);
/// As long as a registry may take to say anything.
const FIRST_WORD_TIMEOUT: Duration = Duration::from_secs(10);

/// The base image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseImage {
    /// What a Dockerfile calls it.
    pub reference: String,
    /// Its content's digest.
    pub id: String,
}

/// The base image that is present, if one is.
pub(crate) async fn present(docker: &Docker) -> Option<BaseImage> {
    for reference in [OFFICIAL, MADE] {
        if let Some(found) = inspect(docker, reference).await {
            return Some(found);
        }
    }
    None
}

/// The base image, by the first way that works.
pub(crate) async fn ensure(docker: &Docker, on_event: OnEvent<'_>) -> Result<BaseImage, StackError> {
    if let Some(found) = present(docker).await {
        return Ok(found);
    }
    on_event(StackEvent::Base { doing: format!("{OFFICIAL} is not here, pulling it") });
    let pull_failure = match pull(docker, OFFICIAL).await {
        Ok(()) => match inspect(docker, OFFICIAL).await {
            Some(found) => return Ok(found),
            None => "the pull ended without an image".to_string(),
        },
        Err(reason) => reason,
    };
    make(docker, MADE, &pull_failure, on_event).await
}

/// Makes the base image under the name `reference`; `pull_failure` is for the message if that fails as well.
pub(crate) async fn make(
    docker: &Docker,
    reference: &str,
    pull_failure: &str,
    on_event: OnEvent<'_>,
) -> Result<BaseImage, StackError> {
    on_event(StackEvent::Base {
        doing: format!("cannot be pulled ({pull_failure}), making it from Debian's packages"),
    });
    let made = make::make(docker, reference, on_event).await;
    let not_made = |reason: String| StackError::NoBaseImage {
        tried: format!("{OFFICIAL} is not present; pulling it: {pull_failure}; making it: {reason}"),
        mend: format!(
            "load it (`docker load` of a saved {OFFICIAL}), or give this machine a way to an image registry or to \
             Debian's packages (`mmdebstrap`, or `apt-get`, `dpkg`, `perl` and `python3` to fetch it with)"
        ),
    };
    made.map_err(not_made)?;
    inspect(docker, reference).await.ok_or_else(|| not_made("Docker took it and does not have it".into()))
}

async fn inspect(docker: &Docker, reference: &str) -> Option<BaseImage> {
    let id = docker.inspect_image(reference).await.ok()?.id?;
    Some(BaseImage { reference: reference.into(), id })
}

async fn pull(docker: &Docker, reference: &str) -> Result<(), String> {
    let options = CreateImageOptionsBuilder::new().from_image(reference).build();
    let mut progress = docker.create_image(Some(options), None, None);
    let whole = async {
        let mut limit = FIRST_WORD_TIMEOUT;
        loop {
            match tokio::time::timeout(limit, progress.next()).await {
                Err(_) => return Err("the registry does not answer".to_string()),
                Ok(None) => return Ok(()),
                Ok(Some(Err(error))) => return Err(one_line(&error.to_string())),
                Ok(Some(Ok(_))) => limit = PULL_TIMEOUT,
            }
        }
    };
    tokio::time::timeout(PULL_TIMEOUT, whole).await.unwrap_or_else(|_| Err("it takes more than a minute".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[ignore = "downloads 40 MB of Debian packages and takes half a minute"]
    async fn a_base_image_is_made_where_none_can_be_pulled() {
        let docker = crate::docker::connect().await.unwrap().docker;
        let reference = format!("redline-base:test-{:08x}", rand::random::<u32>());
        let say = |event: StackEvent| println!("{event}");
        let made = make(&docker, &reference, "not tried", &say).await.unwrap();
        assert!(made.id.starts_with("sha256:"));
        let labels = docker.inspect_image(&reference).await.unwrap().config.unwrap().labels.unwrap();
        assert!(labels.contains_key(crate::labels::IMAGE));
        let none = None::<testcontainers::bollard::query_parameters::RemoveImageOptions>;
        docker.remove_image(&reference, none, None).await.unwrap();
    }

    #[tokio::test]
    async fn an_image_that_nobody_has_cannot_be_pulled_and_that_is_said() {
        if std::env::var("REDLINE_SKIP_DOCKER").is_ok_and(|value| value == "1") {
            println!("pull: skipped, REDLINE_SKIP_DOCKER=1");
            return;
        }
        let docker = crate::docker::connect().await.unwrap().docker;
        assert!(!pull(&docker, "127.0.0.1:1/no/such:image").await.unwrap_err().is_empty());
    }
}
