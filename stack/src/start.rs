//! From a checked topology to containers that run and answer.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use futures::future::{join_all, try_join_all};
use testcontainers::bollard::Docker;

use crate::{
    CpuPlan, NetworkKind, OnEvent, RunId, StackError, StackEvent, StackKind,
    addresses::{self, Slot, service_port},
    bridge,
    container::{self, Attachment, ContainerSpec},
    cpus::cpuset,
    images::Images,
    labels,
    member::{self, Member},
    network::{self, Chosen},
    ready,
    secrets::Secrets,
    topology::{Component, ComponentKind, Server, Topology},
    wiring::{self, Wiring},
};

/// Everything that is settled before the first container starts.
pub(crate) struct Launch<'a> {
    pub docker: &'a Docker,
    pub topology: &'a Topology,
    pub run: &'a RunId,
    pub kind: StackKind,
    pub network: &'a Chosen,
    pub cpus: &'a CpuPlan,
    pub images: &'a Images,
    pub ready_within: Duration,
    pub on_event: OnEvent<'a>,
}

/// A component with its server and the server's place.
type Placed<'a> = (usize, &'a Server, &'a Component);

/// Starts all components and waits until they answer. What was started before an error stays: the caller removes it.
pub(crate) async fn launch(launch: &Launch<'_>) -> Result<Vec<Member>, StackError> {
    if launch.network.kind == NetworkKind::Bridge {
        bridge::create(launch.docker, launch.run, launch.kind).await?;
    }
    let secrets = Secrets::random();
    let (slot, dns) = claim_slot(launch, &secrets).await?;
    let mut members = vec![dns];
    members.extend(match launch.network.kind {
        NetworkKind::Loopback => start_together(launch, slot, &secrets).await?,
        NetworkKind::Bridge => start_in_turn(launch, slot, &secrets).await?,
    });
    let wait = |member: &Member| {
        let (server, component, member) = (member.server.clone(), member.kind, member.clone());
        async move {
            let took = ready::wait(launch.docker, &member, launch.ready_within).await?;
            (launch.on_event)(StackEvent::Ready { server, component, took });
            Ok::<_, StackError>(())
        }
    };
    try_join_all(members.iter().map(wait)).await?;
    members.sort_by_key(|member| (member.server.clone(), member.kind));
    Ok(members)
}

/// Starts the DNS server under the first name that is free. Docker gives a name once, so two runs that start at
/// the same moment cannot both have it.
async fn claim_slot(launch: &Launch<'_>, secrets: &Secrets) -> Result<(Slot, Member), StackError> {
    let dns = placed(launch.topology).into_iter().find(|(_, _, component)| component.kind() == ComponentKind::Dns);
    let Some(dns) = dns else { return Err(StackError::NoFreeSlot) };
    for slot in addresses::slots() {
        if launch.network.kind == NetworkKind::Loopback && !network::slot_is_free(launch.topology, slot) {
            continue;
        }
        let spec = spec(launch, slot, dns, &loopback_wiring(launch, slot, secrets))?;
        match container::start(&spec).await {
            Ok(id) => return Ok((slot, started(launch, &id).await?)),
            Err(error) if container::name_is_taken(&error) => continue,
            Err(error) => return Err(StackError::start(&spec.name)(error)),
        }
    }
    Err(StackError::NoFreeSlot)
}

/// On loopback all addresses are known beforehand, so all containers start at once.
async fn start_together(launch: &Launch<'_>, slot: Slot, secrets: &Secrets) -> Result<Vec<Member>, StackError> {
    let wiring = loopback_wiring(launch, slot, secrets);
    let starts = others(launch.topology).into_iter().map(|component| start_one(launch, slot, component, &wiring));
    // All of them are awaited, also after an error: what Docker is still creating could not be removed.
    join_all(starts).await.into_iter().collect()
}

/// On a bridge a container has an address when it runs, so those that are asked start before those that ask.
async fn start_in_turn(launch: &Launch<'_>, slot: Slot, secrets: &Secrets) -> Result<Vec<Member>, StackError> {
    let mut wiring = loopback_wiring(launch, slot, secrets);
    wiring.php.clear();
    wiring.database = None;
    let mut members = Vec::new();
    for kind in [ComponentKind::Mysql, ComponentKind::Php, ComponentKind::Nginx] {
        for component in others(launch.topology).into_iter().filter(|(_, _, component)| component.kind() == kind) {
            let member = start_one(launch, slot, component, &wiring).await?;
            let address = SocketAddr::new(member.inner, service_port(kind));
            match kind {
                ComponentKind::Mysql => wiring.database = Some(address),
                ComponentKind::Php => wiring.php.push(address),
                ComponentKind::Dns | ComponentKind::Nginx => {}
            }
            members.push(member);
        }
    }
    Ok(members)
}

async fn start_one(launch: &Launch<'_>, slot: Slot, what: Placed<'_>, wiring: &Wiring) -> Result<Member, StackError> {
    let spec = spec(launch, slot, what, wiring)?;
    let id = container::start(&spec).await.map_err(StackError::start(&spec.name))?;
    started(launch, &id).await
}

async fn started(launch: &Launch<'_>, id: &str) -> Result<Member, StackError> {
    let member = member::inspect(launch.docker, id).await?;
    if launch.network.kind == NetworkKind::Bridge {
        bridge::settle(launch.docker, launch.run, id, member.inner).await?;
    }
    (launch.on_event)(StackEvent::Started { server: member.server.clone(), component: member.kind });
    Ok(member)
}

fn placed(topology: &Topology) -> Vec<Placed<'_>> {
    let on = |(place, server)| move |component| (place, server, component);
    topology.servers.iter().enumerate().flat_map(|(p, server)| server.components.iter().map(on((p, server)))).collect()
}

fn others(topology: &Topology) -> Vec<Placed<'_>> {
    placed(topology).into_iter().filter(|(_, _, component)| component.kind() != ComponentKind::Dns).collect()
}

/// Who finds whom where when each server has its loopback address. PHP is asked on the own server where it is there.
fn loopback_wiring(launch: &Launch<'_>, slot: Slot, secrets: &Secrets) -> Wiring {
    let topology = launch.topology;
    let address = |place| addresses::loopback(slot, place);
    let at = |kind| topology.having(kind).map(move |place| SocketAddr::new(address(place), service_port(kind)));
    let www = match launch.network.kind {
        NetworkKind::Loopback => topology.having(ComponentKind::Nginx).map(address).collect(),
        NetworkKind::Bridge => vec![Ipv4Addr::LOCALHOST.into()],
    };
    Wiring {
        www,
        php: at(ComponentKind::Php).collect(),
        database: at(ComponentKind::Mysql).next(),
        secrets: secrets.clone(),
    }
}

/// Everything about the container of one component.
fn spec(launch: &Launch<'_>, slot: Slot, what: Placed<'_>, wiring: &Wiring) -> Result<ContainerSpec, StackError> {
    let (place, server, component) = what;
    let kind = component.kind();
    let address = addresses::loopback(slot, place);
    let (listen, attachment): (IpAddr, _) = match launch.network.kind {
        NetworkKind::Loopback => (address, Attachment::Host),
        NetworkKind::Bridge => {
            let published = container::published(kind)?;
            (Ipv4Addr::UNSPECIFIED.into(), Attachment::Bridge { network: bridge::name(launch.run), published })
        }
    };
    let mut labels = labels::of_run(launch.run, launch.kind);
    let volume_labels = labels.clone();
    labels.extend(component_labels(launch, slot, server, kind));
    if launch.network.kind == NetworkKind::Loopback {
        labels.insert(labels::ADDRESS.into(), address.to_string());
    }
    Ok(ContainerSpec {
        name: addresses::container_name(slot, launch.topology, place, kind),
        image: launch.images.get(component.image()).cloned().unwrap_or_default(),
        labels,
        volume_labels,
        orders: wiring::orders(&component.settings, listen, wiring),
        settings: component.settings.clone(),
        cpuset: cpuset(launch.cpus.servers.get(place).map_or(&[], Vec::as_slice)),
        memory: component.memory,
        attachment,
    })
}

fn component_labels(launch: &Launch<'_>, slot: Slot, server: &Server, kind: ComponentKind) -> HashMap<String, String> {
    [
        (labels::SLOT, slot.to_string()),
        (labels::TOPOLOGY, launch.topology.name.clone()),
        (labels::NETWORK, launch.network.kind.as_str().to_string()),
        (labels::NETWORK_REASON, launch.network.reason.clone()),
        (labels::SERVER, server.name.clone()),
        (labels::COMPONENT, kind.as_str().to_string()),
        (labels::SERVER_CPUS, server.cpus.to_string()),
        (labels::SERVER_MEMORY, server.memory.0.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_string(), value))
    .collect()
}
