//! Every fault on every component, with what it does and whether it is possible here.

use redline_model::{Availability, Fault, FaultChoice, FaultKind};

use super::{
    aim::{Aim, SERVER},
    bandwidth, connections, cut_off, delay, disk_full, dns_silence, kill, nxdomain, out_of_memory, pause, reset,
    restart,
    setting::Setting,
    slow, stop, table_lock,
    tools::Tools,
};
use crate::{
    NetworkChoice, NetworkKind, RunId, Stack, StackError, docker, network,
    topology::{ComponentKind, Topology},
};

impl Stack {
    /// Every fault on every component, with whether this host and this stack can do it. The first time this tries
    /// what the kernel can do, which takes two seconds, and some 20 s more where the programs for it have to be
    /// built: ask before anything is measured.
    pub async fn fault_choices(&self) -> Vec<FaultChoice> {
        choices(&Setting::of(self), self.tools().await)
    }

    /// What this kernel can do; found by trying, once.
    pub(super) async fn tools(&self) -> &Tools {
        let network = self.network().0;
        self.tools.get_or_init(|| Tools::find(&self.docker, &self.run, network)).await
    }
}

/// Like [`Stack::fault_choices`], for a stack that does not run yet.
///
/// # Errors
/// If Docker does not answer, or the network cannot be had.
pub async fn fault_choices(topology: &Topology, network: NetworkChoice) -> Result<Vec<FaultChoice>, StackError> {
    let engine = docker::connect().await?;
    let chosen = network::choose(network, &engine, topology)?;
    let run = RunId::random();
    let tools = Tools::find(&engine.docker, &run, chosen.kind).await;
    Ok(choices(&Setting::planned(topology, chosen.kind), &tools))
}

fn choices(setting: &Setting, tools: &Tools) -> Vec<FaultChoice> {
    let mut all = Vec::new();
    for kind in FaultKind::ALL {
        for component in &setting.targets {
            let fault = Fault { kind, component: component.clone() };
            let obstacle =
                obstacle(&fault, setting).or_else(|| needs(kind, setting).and_then(|what| tools.obstacle(what)));
            let available = obstacle.map_or(Availability::Available, |reason| Availability::NotAvailable { reason });
            let (does, does_not_test) = (does(&fault, setting.network), does_not_test(kind));
            all.push(FaultChoice { fault, available, does: does.into(), does_not_test: does_not_test.map(Into::into) });
        }
    }
    all
}

/// What the kernel has to be able to do, as [`Tools`] calls it.
pub(super) fn needs(kind: FaultKind, setting: &Setting) -> Option<&'static str> {
    match (kind, setting.network) {
        (FaultKind::CutOff, NetworkKind::Loopback) => Some("filter"),
        (FaultKind::Reset, _) => Some("reset"),
        (FaultKind::Delay, _) => Some("delay"),
        (FaultKind::Bandwidth, _) => Some("bandwidth"),
        _ => None,
    }
}

/// Why a fault is not possible, as far as that can be known without trying.
pub(super) fn obstacle(fault: &Fault, setting: &Setting) -> Option<String> {
    if !setting.targets.contains(&fault.component) {
        let there = setting.targets.join(", ");
        return Some(format!("there is no `{}` in this stack; there are {there}", fault.component));
    }
    let kind = Aim::of(&fault.component).kind();
    let only = |wanted: ComponentKind, why: &str| (kind != Some(wanted)).then(|| format!("only {why}"));
    match fault.kind {
        FaultKind::Kill | FaultKind::Stop | FaultKind::Pause | FaultKind::Restart | FaultKind::CutOff => None,
        FaultKind::Slow if fault.component == SERVER && !setting.processes_are_here => {
            Some("the servers' CPUs are not known to be this machine's, so their time cannot be taken from here".into())
        }
        FaultKind::Slow => None,
        FaultKind::Reset if kind == Some(ComponentKind::Dns) => {
            Some("its questions come over UDP, which has no connections".into())
        }
        FaultKind::Reset => None,
        FaultKind::Delay | FaultKind::Bandwidth if setting.network == NetworkKind::Loopback => Some(
            "on loopback the components share this machine's network, and a queue there would outlive a crash; \
             `--network bridge` gives each its own"
                .into(),
        ),
        FaultKind::Delay | FaultKind::Bandwidth if setting.narrow => {
            Some("this stack has a narrow link (`bandwidth`), and one interface has one queue".into())
        }
        FaultKind::Delay | FaultKind::Bandwidth => None,
        FaultKind::DiskFull => disk_obstacle(kind, setting),
        FaultKind::Nxdomain | FaultKind::DnsSilence => only(ComponentKind::Dns, "the DNS server answers for names"),
        FaultKind::Connections => only(ComponentKind::Mysql, "the database has a limit of connections that is shared")
            .or_else(|| {
                let too_many = || format!("{} connections are more than redline holds", setting.connections);
                (!setting.connections_can_be_held()).then(too_many)
            }),
        FaultKind::TableLock => only(ComponentKind::Mysql, "the database has tables"),
        FaultKind::OutOfMemory => kind.is_none().then(|| {
            "the components have memory of their own here, none that all share; choose one of them".to_string()
        }),
    }
}

fn disk_obstacle(kind: Option<ComponentKind>, setting: &Setting) -> Option<String> {
    let reason = match kind {
        Some(ComponentKind::Php) if setting.tmp_fits() => return None,
        Some(ComponentKind::Php) => "its temporary files count as its memory, and it has too little for both",
        Some(ComponentKind::Dns | ComponentKind::Balancer | ComponentKind::Valkey) => {
            "it writes nothing while it serves"
        }
        Some(ComponentKind::Nginx | ComponentKind::Varnish) => {
            "all that it writes while it serves this site is its log, on Docker's disk, which has no quota"
        }
        Some(ComponentKind::Mysql) => {
            "its data is on Docker's disk, which has no quota, and filling it would fill this machine's"
        }
        None => "the components have no disk that they share; `php` has one of its own that can be filled",
    };
    Some(reason.into())
}

fn does(fault: &Fault, network: NetworkKind) -> &'static str {
    let server = Aim::of(&fault.component).kind().is_none();
    match (fault.kind, network) {
        (FaultKind::Kill, _) => kill::DOES,
        (FaultKind::Stop, _) => stop::DOES,
        (FaultKind::Pause, _) => pause::DOES,
        (FaultKind::Restart, _) => restart::DOES,
        (FaultKind::Slow, _) if fault.component == SERVER => slow::DOES_TO_SERVER,
        (FaultKind::Slow, _) if server => slow::DOES_TO_ONE_SERVER,
        (FaultKind::Slow, _) => slow::DOES,
        (FaultKind::CutOff, NetworkKind::Bridge) => cut_off::DOES_ON_BRIDGE,
        (FaultKind::CutOff, NetworkKind::Loopback) if server => cut_off::DOES_TO_SERVER_ON_LOOPBACK,
        (FaultKind::CutOff, NetworkKind::Loopback) => cut_off::DOES_ON_LOOPBACK,
        (FaultKind::Reset, _) => reset::DOES,
        (FaultKind::Delay, _) => delay::DOES,
        (FaultKind::Bandwidth, _) => bandwidth::DOES,
        (FaultKind::DiskFull, _) => disk_full::DOES,
        (FaultKind::Nxdomain, _) => nxdomain::DOES,
        (FaultKind::DnsSilence, _) => dns_silence::DOES,
        (FaultKind::Connections, _) => connections::DOES,
        (FaultKind::TableLock, _) => table_lock::DOES,
        (FaultKind::OutOfMemory, _) => out_of_memory::DOES,
    }
}

fn does_not_test(kind: FaultKind) -> Option<&'static str> {
    match kind {
        FaultKind::Kill => Some(kill::DOES_NOT_TEST),
        FaultKind::DiskFull => Some(disk_full::DOES_NOT_TEST),
        FaultKind::OutOfMemory => Some(out_of_memory::DOES_NOT_TEST),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use redline_model::Bytes;

    use super::*;

    fn setting(network: NetworkKind) -> Setting {
        let targets = crate::topology::find("single").unwrap().fault_targets();
        let php_memory = Bytes(704 << 20);
        Setting { network, processes_are_here: true, php_memory, connections: 151, narrow: false, targets }
    }

    fn all(network: NetworkKind, obstacles: &[(&str, &str)]) -> Vec<FaultChoice> {
        let obstacles: BTreeMap<_, _> = obstacles.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        choices(&setting(network), &Tools { image: Ok("tools".into()), obstacles })
    }

    fn listed(choices: &[FaultChoice]) -> String {
        let line = |choice: &FaultChoice| match &choice.available {
            Availability::Available => format!("{}: {}", choice.fault, choice.does),
            Availability::NotAvailable { reason } => format!("{}: NOT AVAILABLE: {reason}", choice.fault),
        };
        choices.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_fault_on_every_component_is_possible_or_has_a_reason() {
        insta::assert_snapshot!("on_loopback", listed(&all(NetworkKind::Loopback, &[])));
        let bridge = all(NetworkKind::Bridge, &[("delay", "this kernel cannot delay packets (tc's netem): unknown")]);
        insta::assert_snapshot!("on_a_bridge", listed(&bridge));
    }

    #[test]
    fn what_makes_a_fault_impossible_is_looked_at() {
        let mut small = setting(NetworkKind::Bridge);
        small.php_memory = Bytes(300 << 20);
        small.connections = 5000;
        small.processes_are_here = false;
        for (kind, component) in [("disk-full", "php"), ("connections", "mysql"), ("slow", "server")] {
            let fault = Fault::named(kind, component).unwrap();
            assert!(obstacle(&fault, &small).is_some(), "{fault}");
            assert!(obstacle(&fault, &setting(NetworkKind::Bridge)).is_none(), "{fault}");
        }
    }

    #[test]
    fn without_the_programs_only_what_needs_them_is_not_available() {
        let tools = Tools { image: Err("no way to Debian's packages".into()), obstacles: BTreeMap::new() };
        let choices = choices(&setting(NetworkKind::Loopback), &tools);
        let state = |text: &str| choices.iter().find(|c| c.fault.to_string() == text).unwrap().available.clone();
        assert_eq!(state("kill mysql"), Availability::Available);
        assert!(
            matches!(state("cut-off php"), Availability::NotAvailable { reason } if reason.contains("no way to Debian"))
        );
    }
}
