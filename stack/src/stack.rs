//! A stack that runs, and everything that can be asked of it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use redline_model::{Resolve, Seconds, Target};
use testcontainers::bollard::Docker;
use tokio::sync::OnceCell;

use crate::{
    Cleaned, CpuPlan, Machine, NetworkChoice, NetworkKind, OnEvent, Rebuild, RunId, Sharing, StackError, StackEvent,
    StackKind, clean, cpus, docker,
    fault::Tools,
    images, labels, logs,
    member::{self, Member},
    network,
    share::{Keeper, Share, Wanted},
    start::{Launch, Launched, launch},
    topology::{ComponentKind, Topology},
    wiring::SITE,
};

/// How a stack is to be started.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// The run's name; everything that is started carries it.
    pub run: RunId,
    /// Whether it ends with the run.
    pub kind: StackKind,
    /// Which network.
    pub network: NetworkChoice,
    /// Whether to use images that were built before.
    pub rebuild: Rebuild,
    /// How long each component may take to answer.
    pub ready_within: Duration,
}

impl Default for StartOptions {
    /// A new run that ends with this process, on whichever network works, with 30 s to get ready.
    fn default() -> Self {
        Self {
            run: RunId::random(),
            kind: StackKind::Run,
            network: NetworkChoice::Automatic,
            rebuild: Rebuild::IfChanged,
            ready_within: Duration::from_secs(30),
        }
    }
}

/// A stack whose components all answered.
///
/// Dropping it removes nothing: [`Stack::stop`] does, and the guard if this process ends before.
#[derive(Debug)]
pub struct Stack {
    pub(crate) docker: Docker,
    pub(crate) members: Vec<Member>,
    pub(crate) run: RunId,
    pub(crate) docker_version: String,
    pub(crate) last_foreign_order: AtomicU64,
    pub(crate) tools: OnceCell<Tools>,
    /// Started with the stack where servers have a part of a core; for a stack that was attached to, when it is needed.
    pub(crate) keeper: OnceCell<Keeper>,
    /// Units of all products in stock when those orders were there.
    pub(crate) stock_then: AtomicU64,
}

impl Stack {
    /// Builds what is missing, starts the topology and waits until each component answers by its own protocol.
    ///
    /// After an error nothing of it is left. If the future is dropped, call [`crate::clean_run`].
    ///
    /// # Errors
    /// If the topology does not fit this machine, Docker or an image is missing, or a component does not answer.
    pub async fn start(topology: &Topology, options: StartOptions, on_event: OnEvent<'_>) -> Result<Self, StackError> {
        let plan = CpuPlan::new(topology, &Machine::here())?;
        if plan.sharing == Sharing::OneCpu {
            let text =
                "this machine has one CPU: the generator shares it with the servers, so no capacity can be measured";
            on_event(StackEvent::Warning(text.into()));
        }
        let engine = docker::connect().await?;
        let chosen = network::choose(options.network, &engine, topology)?;
        on_event(StackEvent::Network { kind: chosen.kind, reason: chosen.reason.clone() });
        let images = images::ensure(&engine.docker, topology, options.rebuild, on_event).await?;
        let (docker, info) = (engine.docker.clone(), engine.info.clone());
        let launched = launch(&Launch {
            docker: &docker,
            info: &info,
            topology,
            run: &options.run,
            kind: options.kind,
            network: &chosen,
            cpus: &plan,
            images: &images,
            ready_within: options.ready_within,
            on_event,
        })
        .await;
        let made = match launched {
            Ok(launched) => Self::of(engine, launched, options.run.clone()).await,
            Err(error) => Err(error),
        };
        if made.is_err() {
            // The first error is the one to tell; what cannot be removed now the guard will remove.
            let _ = clean::remove_run(&docker, &options.run).await;
        }
        made
    }

    /// The stack of a run that was started before and is still there.
    ///
    /// # Errors
    /// If Docker does not answer or there is no such stack.
    pub async fn attach(run: &RunId) -> Result<Self, StackError> {
        let engine = docker::connect().await?;
        let label = format!("{}={run}", labels::RUN);
        let mut members = Vec::new();
        let containers = clean::containers(&engine.docker, &label).await?;
        for (id, _) in containers.iter().filter(|(_, name)| !name.starts_with(labels::HELPER)) {
            members.push(member::inspect(&engine.docker, id).await?);
        }
        if members.is_empty() {
            return Err(StackError::NoSuchStack(run.to_string()));
        }
        members.sort_by_key(|member| (member.server.clone(), member.kind));
        Self::of(engine, Launched { members, keeper: None }, run.clone()).await
    }

    async fn of(engine: docker::Engine, launched: Launched, run: RunId) -> Result<Self, StackError> {
        let docker_version = engine.info.server_version.unwrap_or_default();
        let stack = Self {
            docker: engine.docker,
            members: launched.members,
            run,
            docker_version,
            last_foreign_order: AtomicU64::new(0),
            stock_then: AtomicU64::new(0),
            tools: OnceCell::new(),
            keeper: OnceCell::new_with(launched.keeper),
        };
        stack.forget_orders().await?;
        Ok(stack)
    }

    /// Where the load goes.
    #[must_use]
    pub fn target(&self) -> Target {
        let servers = self.members.iter().filter(|member| member.kind == ComponentKind::Dns).map(|dns| dns.service);
        Target {
            base_url: self.base_url(),
            resolve: Resolve::Dns { servers: servers.collect() },
            request_timeout: Seconds(10.0),
            connect_timeout: Seconds(2.0),
            trivial_path: Some("/.redline/204".into()),
        }
    }

    /// `http://www.foobar.com`, with a port where it is not 80.
    #[must_use]
    pub fn base_url(&self) -> String {
        match self.entrance().map_or(0, |member| member.service.port()) {
            80 => format!("http://{SITE}"),
            port => format!("http://{SITE}:{port}"),
        }
    }

    /// The run that it belongs to.
    #[must_use]
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The network and why it was chosen.
    #[must_use]
    pub fn network(&self) -> (NetworkKind, String) {
        let kind = self.members.first().and_then(|m| NetworkKind::named(m.label(labels::NETWORK)));
        let reason = self.members.first().map_or("", |m| m.label(labels::NETWORK_REASON));
        (kind.unwrap_or(NetworkKind::Loopback), reason.to_string())
    }

    /// The name of the topology that it was started from.
    #[must_use]
    pub fn topology(&self) -> &str {
        self.members.first().map_or("", |m| m.label(labels::TOPOLOGY))
    }

    /// The CPUs that its servers use, as read back.
    #[must_use]
    pub fn server_cpus(&self) -> Vec<usize> {
        let mut cpus: Vec<_> = self.members.iter().flat_map(|m| cpus::parse_cpuset(&m.cpuset)).collect();
        cpus.sort_unstable();
        cpus.dedup();
        cpus
    }

    /// The engine's version.
    #[must_use]
    pub fn docker_version(&self) -> &str {
        &self.docker_version
    }

    /// Writes what each container said to `<server>-<component>.log` in `folder`; gives the files.
    ///
    /// # Errors
    /// If Docker does not answer or the folder cannot be written.
    pub async fn save_logs(&self, folder: &Path) -> Result<Vec<PathBuf>, StackError> {
        logs::save(&self.docker, &self.members, folder).await
    }

    /// The last `lines` lines of each component, by `server/component`.
    pub async fn last_log_lines(&self, lines: usize) -> Vec<(String, Vec<String>)> {
        let mut all = Vec::new();
        for member in &self.members {
            all.push((member.title(), logs::tail(&self.docker, &member.id, lines).await));
        }
        all
    }

    /// Removes all of it: containers, volumes and networks.
    ///
    /// # Errors
    /// If Docker does not answer or refuses.
    pub async fn stop(self) -> Result<Cleaned, StackError> {
        clean::remove_run(&self.docker, &self.run).await
    }

    pub(crate) fn member(&self, kind: ComponentKind) -> Option<&Member> {
        self.members.iter().find(|member| member.kind == kind)
    }

    /// Where visitors come in; of several the first.
    pub(crate) fn entrance(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.is_entrance())
    }

    /// What keeps the servers' shares; absent where all servers have whole cores.
    ///
    /// # Errors
    /// If it has to be started and Docker refuses.
    pub(crate) async fn keeper(&self) -> Result<Option<&Keeper>, StackError> {
        let Some(member) = self.members.iter().find(|member| member.group().is_some()) else { return Ok(None) };
        let kind =
            if member.label(labels::KIND) == StackKind::Run.as_str() { StackKind::Run } else { StackKind::Stack };
        let start = || Keeper::start(&self.docker, &member.image, &self.run, kind);
        self.keeper.get_or_try_init(start).await.map(Some)
    }

    /// The share of each server that has a part of a core, as read back now; a server whose share cannot be read is
    /// left out.
    pub(crate) async fn shares(&self) -> BTreeMap<String, Share> {
        let mut shares = BTreeMap::new();
        let Ok(Some(keeper)) = self.keeper().await else { return shares };
        for member in &self.members {
            if let (Some(folder), false) = (member.group(), shares.contains_key(&member.server))
                && let Ok(share) = keeper.ask(folder, Wanted::AsIs).await
            {
                shares.insert(member.server.clone(), share);
            }
        }
        shares
    }

    pub(crate) fn begin_orders_after(&self, id: u64, stock: u64) {
        self.last_foreign_order.store(id, Ordering::Relaxed);
        self.stock_then.store(stock, Ordering::Relaxed);
    }
}
