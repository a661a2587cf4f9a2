//! One container, as locked down as it can be, started through testcontainers.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use redline_model::Bytes;
use testcontainers::{
    ContainerRequest, GenericImage, ImageExt, TestcontainersError,
    bollard::{
        errors::Error,
        models::{HostConfig, HostConfigLogConfig, Mount, MountType, MountVolumeOptions, PortBinding},
    },
    core::{ContainerPort, IntoContainerPort, client::ClientError},
    runners::AsyncRunner,
};

use crate::{
    StackError, addresses,
    disk::Throttle,
    ports,
    topology::{ComponentKind, Settings, Speaks},
    wiring::Orders,
};

/// Docker itself takes well under a second; a machine that is busy building takes longer.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(30);

/// Microseconds. Short, so that a component that used up its quota pauses for milliseconds and not for a
/// tenth of a second, which is Docker's default.
pub(crate) const QUOTA_PERIOD: i64 = 10_000;

/// A port of the container that is published on 127.0.0.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    pub port: ContainerPort,
    /// The port on 127.0.0.1.
    pub on: u16,
}

/// The network that a container is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attachment {
    /// The host's own.
    Host,
    /// A network of ours, with these ports published.
    Bridge { network: String, published: Vec<Published> },
}

/// Everything about one container.
#[derive(Debug, Clone)]
pub(crate) struct ContainerSpec {
    pub name: String,
    pub image: String,
    pub labels: HashMap<String, String>,
    /// The labels of its volumes.
    pub volume_labels: HashMap<String, String>,
    pub orders: Orders,
    pub settings: Settings,
    pub cpuset: String,
    pub memory: Bytes,
    /// Limits on what it may do on its disk.
    pub disk: Option<Throttle>,
    /// The cgroup that it is in with its server's other components, where those have a part of a core together.
    pub cgroup_parent: Option<String>,
    pub attachment: Attachment,
}

/// Starts the container; gives its id. It runs until it is removed by its label.
///
/// testcontainers would remove it when its handle is dropped, one by one and blocking. Here all of a run are
/// removed together, in parallel, and by the guard if this process is no longer there; so the handle, a few
/// hundred bytes, is forgotten on purpose.
pub(crate) async fn start(spec: &ContainerSpec) -> Result<String, TestcontainersError> {
    let container = request(spec).start().await?;
    let id = container.id().to_string();
    std::mem::forget(container);
    Ok(id)
}

/// Whether a container of this name was there already.
pub(crate) fn name_is_taken(error: &TestcontainersError) -> bool {
    matches!(
        error,
        TestcontainersError::Client(ClientError::CreateContainer(Error::DockerResponseServerError {
            status_code: 409,
            ..
        }))
    )
}

fn request(spec: &ContainerSpec) -> ContainerRequest<GenericImage> {
    let (name, tag) = spec.image.rsplit_once(':').unwrap_or((&spec.image, "latest"));
    let mut image = GenericImage::new(name, tag);
    if let Attachment::Bridge { published, .. } = &spec.attachment {
        // Docker publishes only what is also exposed.
        image = published.iter().fold(image, |image, p| image.with_exposed_port(p.port));
    }
    let mut request = image
        .with_container_name(&spec.name)
        .with_labels(spec.labels.clone())
        .with_cmd(spec.orders.args.clone())
        .with_cap_drop("ALL")
        .with_security_opt("no-new-privileges")
        .with_readonly_rootfs(true)
        .with_startup_timeout(STARTUP_TIMEOUT);
    for (name, value) in &spec.orders.env {
        request = request.with_env_var(name, value);
    }
    for capability in spec.settings.kind().facts().capabilities {
        request = request.with_cap_add(*capability);
    }
    let spec = spec.clone();
    request.with_host_config_modifier(move |host| configure(host, &spec))
}

/// What testcontainers has no word for: limits, networks, published addresses, volumes with labels.
fn configure(host: &mut HostConfig, spec: &ContainerSpec) {
    let facts = spec.settings.kind().facts();
    let memory = i64::try_from(spec.memory.0).unwrap_or(i64::MAX);
    host.memory = Some(memory);
    // No swap on top: a component that outgrows its memory must be seen to do so.
    host.memory_swap = Some(memory);
    host.cpuset_cpus = Some(spec.cpuset.clone());
    if let Some(cores) = spec.settings.cpu_quota() {
        host.cpu_period = Some(QUOTA_PERIOD);
        host.cpu_quota = Some((cores * QUOTA_PERIOD as f64).round() as i64);
    }
    if let Some(throttle) = &spec.disk {
        throttle.tell(host);
    }
    host.cgroup_parent = spec.cgroup_parent.clone();
    host.pids_limit = Some(spec.settings.pids_limit());
    let mut in_memory = HashMap::from([
        ("/run".to_string(), "rw,nosuid,nodev,noexec,mode=1777,size=64m".to_string()),
        ("/tmp".to_string(), format!("rw,nosuid,nodev,noexec,mode=1777,size={}", facts.tmp.0)),
    ]);
    if let Some(folder) = facts.work {
        in_memory.insert(folder.to_string(), "rw,nosuid,nodev,exec,mode=1777,size=128m".to_string());
    }
    host.tmpfs = Some(in_memory);
    host.log_config = Some(HostConfigLogConfig {
        typ: Some("json-file".into()),
        config: Some(HashMap::from([("max-size".to_string(), "64m".to_string())])),
    });
    host.mounts = Some(facts.volumes.iter().map(|target| volume(target, &spec.volume_labels)).collect());
    host.publish_all_ports = Some(false);
    match &spec.attachment {
        Attachment::Host => {
            host.network_mode = Some("host".into());
            host.port_bindings = None;
        }
        Attachment::Bridge { network, published } => {
            host.network_mode = Some(network.clone());
            host.port_bindings = Some(published.iter().map(|p| (p.port.to_string(), Some(vec![binding(p)]))).collect());
        }
    }
}

fn binding(published: &Published) -> PortBinding {
    PortBinding { host_ip: Some("127.0.0.1".into()), host_port: Some(published.on.to_string()) }
}

/// An anonymous volume: Docker copies into it what the image has there and removes it with the container.
fn volume(target: &str, labels: &HashMap<String, String>) -> Mount {
    Mount {
        target: Some(target.into()),
        typ: Some(MountType::VOLUME),
        volume_options: Some(MountVolumeOptions { labels: Some(labels.clone()), ..MountVolumeOptions::default() }),
        ..Mount::default()
    }
}

/// The ports that are published on the bridge path. They are chosen here and not by Docker, which would choose
/// others each time the container starts.
pub(crate) fn published(kind: ComponentKind) -> Result<Vec<Published>, StackError> {
    if kind.facts().speaks == Speaks::Dns {
        let on = ports::free()?;
        return Ok([53.udp(), 53.tcp()].map(|port| Published { port, on }).to_vec());
    }
    let numbers = addresses::ports(kind).into_iter().map(|port| port.number);
    numbers.map(|number| Ok(Published { port: number.tcp(), on: ports::free()? })).collect()
}

/// The variables of a container as Docker shows them.
pub(crate) fn parse_env(lines: &[String]) -> BTreeMap<String, String> {
    lines.iter().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_string(), v.to_string())).collect()
}
