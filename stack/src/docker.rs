//! The one connection to Docker.

use testcontainers::{
    bollard::{Docker, models::SystemInfo},
    core::client::docker_client_instance,
};

use crate::{StackError, error::one_line};

/// Docker, and what it says about itself.
#[derive(Clone)]
pub(crate) struct Engine {
    /// The connection.
    pub docker: Docker,
    /// What `docker info` shows.
    pub info: SystemInfo,
    /// Where it listens, as a URL.
    pub host: String,
}

/// Connects through testcontainers, so that its containers and ours are on the same engine.
pub(crate) async fn connect() -> Result<Engine, StackError> {
    let host = host_url();
    let unreachable = |reason: String| StackError::NoDocker { at: host.clone(), reason: one_line(&reason) };
    if let Some(path) = host.strip_prefix("unix://")
        && !std::path::Path::new(path).exists()
    {
        return Err(unreachable("there is no such socket".into()));
    }
    let docker = docker_client_instance().await.map_err(|e| unreachable(e.to_string()))?;
    let info = tokio::time::timeout(std::time::Duration::from_secs(10), docker.info())
        .await
        .map_err(|_| unreachable("no answer within 10 s".into()))?
        .map_err(|e| unreachable(why(&e)))?;
    Ok(Engine { docker, info, host })
}

/// The folder that Docker keeps everything in.
pub(crate) fn root(info: &SystemInfo) -> &str {
    info.docker_root_dir.as_deref().unwrap_or("/var/lib/docker")
}

/// Where testcontainers will look for Docker: `DOCKER_HOST`, else the first usual socket that exists.
fn host_url() -> String {
    if let Ok(host) = std::env::var("DOCKER_HOST") {
        return host;
    }
    let usual = "/var/run/docker.sock".to_string();
    let of_user = [
        ("XDG_RUNTIME_DIR", ".docker/run/docker.sock"),
        ("HOME", ".docker/run/docker.sock"),
        ("HOME", ".docker/desktop/docker.sock"),
    ]
    .into_iter()
    .filter_map(|(variable, rest)| std::env::var(variable).ok().map(|folder| format!("{folder}/{rest}")));
    let found = std::iter::once(usual.clone()).chain(of_user).find(|path| std::path::Path::new(path).exists());
    format!("unix://{}", found.unwrap_or(usual))
}

/// The innermost reason: "permission denied", not "error trying to connect".
fn why(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
