//! The network of a stack on the bridge path, and the fixed places of its containers in it.
//!
//! A container that is started again must be found where it was: its neighbours were told its address once.
//! Docker keeps an address only if it was asked for, and takes such a wish only on a network whose range was
//! asked for as well.

use std::net::IpAddr;

use testcontainers::bollard::{
    Docker,
    errors::Error,
    models::{
        EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig, NetworkConnectRequest, NetworkCreateRequest,
        NetworkDisconnectRequest,
    },
};

use crate::{RunId, StackError, StackKind, error::one_line, labels};

/// Another network may take the range between Docker's proposal and our wish.
const ATTEMPTS: u32 = 5;

/// The network has the run's name, not the slot's: it must be there before the first container is.
pub(crate) fn name(run: &RunId) -> String {
    format!("redline-{run}")
}

/// Creates the network with a range that Docker proposes.
pub(crate) async fn create(docker: &Docker, run: &RunId, kind: StackKind) -> Result<(), StackError> {
    let failed = |error: Error| StackError::Network { network: "bridge", reason: one_line(&error.to_string()) };
    let mut last = None;
    for _ in 0..ATTEMPTS {
        docker.create_network(request(run, kind, None)).await.map_err(failed)?;
        let found = docker.inspect_network(&name(run), None).await.map_err(failed)?;
        let ranges = found.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
        let range = ranges.into_iter().find_map(|config| config.subnet.filter(|subnet| subnet.contains('.')));
        docker.remove_network(&name(run)).await.map_err(failed)?;
        match docker.create_network(request(run, kind, range)).await {
            Ok(_) => return Ok(()),
            Err(error) => last = Some(error),
        }
    }
    let no_reason = || StackError::Network { network: "bridge", reason: "Docker proposes no address range".into() };
    Err(last.map_or_else(no_reason, failed))
}

fn request(run: &RunId, kind: StackKind, range: Option<String>) -> NetworkCreateRequest {
    let ipam = range.map(|range| Ipam {
        config: Some(vec![IpamConfig { subnet: Some(range), ..IpamConfig::default() }]),
        ..Ipam::default()
    });
    NetworkCreateRequest {
        name: name(run),
        driver: Some("bridge".into()),
        labels: Some(labels::of_run(run, kind)),
        ipam,
        ..NetworkCreateRequest::default()
    }
}

/// Makes the address that the container has by chance its own.
pub(crate) async fn settle(docker: &Docker, run: &RunId, id: &str, address: IpAddr) -> Result<(), StackError> {
    leave(docker, run, id).await?;
    join(docker, run, id, address).await
}

/// Takes the container off its network.
pub(crate) async fn leave(docker: &Docker, run: &RunId, id: &str) -> Result<(), StackError> {
    let request = NetworkDisconnectRequest { container: id.into(), force: Some(true) };
    docker
        .disconnect_network(&name(run), request)
        .await
        .map_err(StackError::docker("taking a container off its network"))
}

/// Puts the container back on its network, at the same address.
pub(crate) async fn join(docker: &Docker, run: &RunId, id: &str, address: IpAddr) -> Result<(), StackError> {
    let place = EndpointIpamConfig { ipv4_address: Some(address.to_string()), ..EndpointIpamConfig::default() };
    let settings = EndpointSettings { ipam_config: Some(place), ..EndpointSettings::default() };
    let request = NetworkConnectRequest { container: id.into(), endpoint_config: Some(settings) };
    docker.connect_network(&name(run), request).await.map_err(StackError::docker("putting a container on its network"))
}
