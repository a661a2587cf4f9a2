//! From a checked topology to containers that run and answer.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use futures::future::{join_all, try_join_all};
use testcontainers::bollard::{Docker, models::SystemInfo};

use crate::{
    CpuPlan, NetworkKind, OnEvent, RunId, StackError, StackEvent, StackKind,
    addresses::{self, Slot, service_port},
    bridge,
    container::{self, Attachment, ContainerSpec},
    cpus::cpuset,
    docker,
    images::Images,
    labels, link,
    member::{self, Member},
    network::{self, Chosen},
    ready,
    secrets::Secrets,
    share::{Group, Keeper},
    topology::{At, Component, ComponentKind, Server, Topology},
    wiring::{self, Neighbour, Wiring},
};

/// Everything that is settled before the first container starts.
pub(crate) struct Launch<'a> {
    pub docker: &'a Docker,
    pub info: &'a SystemInfo,
    pub topology: &'a Topology,
    pub run: &'a RunId,
    pub kind: StackKind,
    pub network: &'a Chosen,
    pub cpus: &'a CpuPlan,
    pub images: &'a Images,
    pub ready_within: Duration,
    pub on_event: OnEvent<'a>,
}

/// What is started, and what keeps the servers' shares where they have a part of a core.
pub(crate) struct Launched {
    pub members: Vec<Member>,
    pub keeper: Option<Keeper>,
}

/// A component with its server and the server's place.
type Placed<'a> = (usize, &'a Server, &'a Component);

/// Where everything is that runs already, as its neighbours see it.
struct Known {
    slot: Slot,
    www: Vec<IpAddr>,
    name_servers: Vec<IpAddr>,
    at: BTreeMap<At, SocketAddr>,
    /// The edges' `host:port`, as the shop sees them: it asks them to forget pages.
    edges: Vec<String>,
    secrets: Secrets,
}

/// Starts all components and waits until they answer. What was started before an error stays: the caller removes it.
pub(crate) async fn launch(launch: &Launch<'_>) -> Result<Launched, StackError> {
    if launch.network.kind == NetworkKind::Bridge {
        one_entrance(launch.topology)?;
        bridge::create(launch.docker, launch.run, launch.kind).await?;
    }
    let secrets = Secrets::random();
    let (mut known, dns) = claim_slot(launch, secrets).await?;
    let mut members = vec![dns];
    members.extend(match launch.network.kind {
        NetworkKind::Loopback => start_together(launch, &known).await?,
        NetworkKind::Bridge => start_in_turn(launch, &mut known).await?,
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
    try_join_all(members.iter().map(|member| link::narrow(launch.docker, member))).await?;
    let keeper = give_shares(launch).await?;
    members.sort_by_key(|member| (member.server.clone(), member.kind));
    Ok(Launched { members, keeper })
}

/// Gives each server with a part of a core its share. Only now: the time that a start takes is nobody's measurement.
async fn give_shares(launch: &Launch<'_>) -> Result<Option<Keeper>, StackError> {
    let servers: Vec<_> = launch.topology.servers.iter().filter(|server| !server.has_whole_cores()).collect();
    if servers.is_empty() {
        return Ok(None);
    }
    let image = launch.images.get(ComponentKind::Dns.as_str()).cloned().unwrap_or_default();
    let keeper = Keeper::start(launch.docker, &image, launch.run, launch.kind).await?;
    for server in servers {
        let share = keeper.give(server, &Group::of(launch.run, &server.name, launch.info).folder).await?;
        (launch.on_event)(StackEvent::Share { server: server.name.clone(), cpus: share.cpus, memory: share.memory });
    }
    Ok(Some(keeper))
}

/// Behind published ports there is one address for all; DNS tells addresses and no ports. Two databases must know each
/// other before they run, and on a bridge a container's address is known only then.
fn one_entrance(topology: &Topology) -> Result<(), StackError> {
    let (entrances, databases) = (topology.entrances().len(), topology.databases().len());
    let reason = if entrances > 1 {
        format!("{} has {entrances} entrances, and all ports are published on one address", topology.name)
    } else if databases > 1 {
        format!("{} has {databases} databases, and their addresses are not known before they run", topology.name)
    } else {
        return Ok(());
    };
    Err(StackError::Network { network: "bridge", reason })
}

/// Starts the first DNS server under the first name that is free. Docker gives a name once, so two runs that start at
/// the same moment cannot both have it.
async fn claim_slot(launch: &Launch<'_>, secrets: Secrets) -> Result<(Known, Member), StackError> {
    let Some(dns) = placed(launch.topology).into_iter().find(is_dns) else { return Err(StackError::NoFreeSlot) };
    for slot in addresses::slots() {
        if launch.network.kind == NetworkKind::Loopback && !network::slot_is_free(launch.topology, slot) {
            continue;
        }
        let known = known(launch, slot, &secrets);
        let spec = spec(launch, dns, &known)?;
        match container::start(&spec).await {
            Ok(id) => return Ok((known, started(launch, &id).await?)),
            Err(error) if container::name_is_taken(&error) => continue,
            Err(error) => return Err(StackError::start(&spec.name)(error)),
        }
    }
    Err(StackError::NoFreeSlot)
}

/// On loopback all addresses are known beforehand, so all containers start at once.
async fn start_together(launch: &Launch<'_>, known: &Known) -> Result<Vec<Member>, StackError> {
    let starts = others(launch.topology).into_iter().map(|component| start_one(launch, component, known));
    // All of them are awaited, also after an error: what Docker is still creating could not be removed.
    join_all(starts).await.into_iter().collect()
}

/// On a bridge a container has an address when it runs, so those that are asked start before those that ask.
async fn start_in_turn(launch: &Launch<'_>, known: &mut Known) -> Result<Vec<Member>, StackError> {
    let mut members = Vec::new();
    let mut waiting = others(launch.topology);
    // No way leads in a circle, so there always is one whose neighbours all run.
    while let Some(next) = waiting.iter().position(|what| neighbours_run(launch, *what, known)) {
        let what = waiting.swap_remove(next);
        let member = start_one(launch, what, known).await?;
        let kind = what.2.kind();
        known.at.insert((what.0, kind), SocketAddr::new(member.inner, service_port(kind)));
        members.push(member);
    }
    Ok(members)
}

fn neighbours_run(launch: &Launch<'_>, what: Placed<'_>, known: &Known) -> bool {
    launch.topology.asks((what.0, what.2.kind())).iter().all(|at| known.at.contains_key(at))
}

async fn start_one(launch: &Launch<'_>, what: Placed<'_>, known: &Known) -> Result<Member, StackError> {
    let spec = spec(launch, what, known)?;
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

/// All but the first DNS server, which is started before them.
fn others(topology: &Topology) -> Vec<Placed<'_>> {
    let mut all = placed(topology);
    if let Some(first) = all.iter().position(is_dns) {
        all.remove(first);
    }
    all
}

fn is_dns(what: &Placed<'_>) -> bool {
    what.2.kind() == ComponentKind::Dns
}

/// What is known before anything runs: on loopback everything, on a bridge that visitors come to this machine.
fn known(launch: &Launch<'_>, slot: Slot, secrets: &Secrets) -> Known {
    let topology = launch.topology;
    let address = |place| addresses::loopback(slot, place);
    let (www, name_servers, at) = match launch.network.kind {
        NetworkKind::Loopback => {
            let at = |at: At| (at, SocketAddr::new(address(at.0), service_port(at.1)));
            let www = topology.entrances().into_iter().map(|(place, _)| address(place)).collect();
            let name_servers = topology.having(ComponentKind::Dns).map(address).collect();
            (www, name_servers, topology.places().into_iter().map(at).collect())
        }
        NetworkKind::Bridge => (vec![Ipv4Addr::LOCALHOST.into()], Vec::new(), BTreeMap::new()),
    };
    Known { slot, www, name_servers, at, edges: edges(launch, slot), secrets: secrets.clone() }
}

/// On a bridge an edge starts after the shop, so the shop knows it by its container's name, which Docker resolves.
fn edges(launch: &Launch<'_>, slot: Slot) -> Vec<String> {
    let (topology, kind) = (launch.topology, ComponentKind::Varnish);
    let edge = |place| {
        let host = match launch.network.kind {
            NetworkKind::Loopback => addresses::loopback(slot, place).to_string(),
            NetworkKind::Bridge => addresses::container_name(slot, topology, place, kind),
        };
        format!("{host}:{}", service_port(kind))
    };
    topology.having(kind).map(edge).collect()
}

/// What the component at `from` has to know of the others.
fn wiring(launch: &Launch<'_>, from: At, known: &Known) -> Wiring {
    let neighbour = |at: At| {
        let server = launch.topology.servers.get(at.0)?.name.clone();
        Some(Neighbour { server, kind: at.1, at: *known.at.get(&at)? })
    };
    let asks = launch.topology.asks(from).into_iter().filter_map(neighbour).collect();
    let other = || known.at.get(&(launch.topology.other_database(from.0)?, ComponentKind::Mysql)).copied();
    Wiring {
        www: known.www.clone(),
        name_servers: known.name_servers.clone(),
        asks,
        peer: if from.1 == ComponentKind::Mysql { other() } else { None },
        edges: known.edges.clone(),
        secrets: known.secrets.clone(),
    }
}

/// Everything about the container of one component.
fn spec(launch: &Launch<'_>, what: Placed<'_>, known: &Known) -> Result<ContainerSpec, StackError> {
    let (place, server, component) = what;
    let (kind, slot) = (component.kind(), known.slot);
    let address = addresses::loopback(slot, place);
    let (listen, attachment): (IpAddr, _) = match launch.network.kind {
        NetworkKind::Loopback => (address, Attachment::Host),
        NetworkKind::Bridge => {
            let published = container::published(kind)?;
            (Ipv4Addr::UNSPECIFIED.into(), Attachment::Bridge { network: bridge::name(launch.run), published })
        }
    };
    let disk = component.settings.disk_limits().on(Path::new(docker::root(launch.info)));
    let disk = disk.map_err(|reason| StackError::Start { component: format!("{}/{kind}", server.name), reason })?;
    let group = (!server.has_whole_cores()).then(|| Group::of(launch.run, &server.name, launch.info));
    let mut labels = labels::of_run(launch.run, launch.kind);
    let volume_labels = labels.clone();
    labels.extend(component_labels(launch, slot, server, kind));
    if launch.network.kind == NetworkKind::Loopback {
        labels.insert(labels::ADDRESS.into(), address.to_string());
    }
    if launch.topology.entrances().contains(&(place, kind)) {
        labels.insert(labels::ENTRANCE.into(), "1".into());
    }
    if let Some(width) = component.settings.bandwidth() {
        labels.insert(labels::BANDWIDTH.into(), width.0.to_string());
    }
    if let Some(group) = &group {
        labels.insert(labels::CGROUP.into(), group.folder.clone());
    }
    Ok(ContainerSpec {
        name: addresses::container_name(slot, launch.topology, place, kind),
        image: launch.images.get(component.image()).cloned().unwrap_or_default(),
        labels,
        volume_labels,
        orders: wiring::orders(&component.settings, listen, &wiring(launch, (place, kind), known)),
        settings: component.settings.clone(),
        cpuset: cpuset(launch.cpus.servers.get(place).map_or(&[], Vec::as_slice)),
        memory: component.memory,
        disk,
        cgroup_parent: group.map(|group| group.parent),
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
        (labels::INSTANCE, launch.topology.instance(server, kind)),
        (labels::SERVER_CPUS, server.cpus.to_string()),
        (labels::SERVER_MEMORY, server.memory.0.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_string(), value))
    .collect()
}
