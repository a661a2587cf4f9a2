//! A stack of our own, with probes and a guard.

use std::{path::Path, sync::Arc, time::Duration};

use redline_analysis::{AccessLog, LedgerEntry, Untested};
use redline_model::{Environment, Sample, ServerFingerprint, Target};
use redline_stack::{
    CacheLog, CpuPlan, Guard, LogSummary, Machine, NetworkChoice, OutOfReach, RunId, Sampler, Stack, StackError,
    StackKind, StartOptions, StoredOrder, Topology, data_set_digest, spawn_guard,
};

use super::{Books, Breaker, Facts, Lever, SiteCache, SiteOrder, SiteOrders};
use crate::{environment, exit::Failure, interrupt::Interrupt, live::Live, progress};

/// How long a stack that was frozen may take until it answers: what it had waited for has run out meanwhile, so it
/// may try again first.
const THAWED: Duration = Duration::from_secs(20);

/// A stack that runs for this run alone.
pub(crate) struct StackSite {
    /// Where the load goes.
    pub(super) target: Target,
    /// The machine.
    pub(super) environment: Environment,
    /// The servers as they really were.
    pub(super) servers: Vec<ServerFingerprint>,
    stack: Arc<Stack>,
    /// None while it rests.
    sampler: Option<Sampler>,
    guard: Guard,
    data_set: String,
}

impl StackSite {
    /// Starts and verifies the stack; what was started is removed if that fails.
    pub(super) async fn start(
        topology: &Topology,
        network: NetworkChoice,
        live: &Live,
        mut interrupt: Interrupt,
    ) -> Result<Self, Failure> {
        let run = RunId::random();
        live.phase("starting the stack");
        live.say(&format!("  containers carry the label redline={run}"));
        let guard = spawn_guard(&environment::exe()?, &run)?;
        let options = StartOptions { run: run.clone(), kind: StackKind::Run, network, ..StartOptions::default() };
        let on_event = |event| progress::show(live, &event);
        let starting = async {
            let stack = Stack::start(topology, options, &on_event).await?;
            stack.verify(&on_event).await.map(|()| stack)
        };
        let started = tokio::select! {
            started = starting => started.map_err(Failure::from),
            () = interrupt.wait() => Err(Failure::Interrupted),
        };
        match started {
            Ok(stack) => Self::watch(topology, stack, guard).await,
            Err(failure) => Err(give_up(&run, guard, failure, live).await?),
        }
    }

    /// Reads what runs, and begins to read its probes.
    async fn watch(topology: &Topology, stack: Stack, guard: Guard) -> Result<Self, Failure> {
        let cpus = CpuPlan::new(topology, &Machine::here()).map_err(Failure::usage)?;
        environment::pin_to(&cpus.generator);
        let servers = stack.fingerprint_servers().await;
        let docker = Some(stack.docker_version().to_owned());
        let environment = environment::read(&cpus.generator, &stack.server_cpus(), docker);
        let data_set = data_set_digest(&topology.source)?;
        let (target, sampler) = (stack.target(), Some(stack.sampler()));
        Ok(Self { target, environment, servers, stack: Arc::new(stack), sampler, guard, data_set })
    }

    /// The probes' next sample; nothing once they have ended, or while they rest.
    pub(super) async fn next_sample(&mut self) -> Option<Sample> {
        self.sampler.as_mut()?.next().await
    }

    /// Forgets the samples that are there.
    pub(super) fn discard_samples(&mut self) {
        if let Some(sampler) = &mut self.sampler {
            sampler.drain();
        }
    }

    /// Reads no more probes.
    pub(super) fn rest(&mut self) {
        self.sampler = None;
    }

    /// Reads the probes again.
    pub(super) fn wake(&mut self) {
        self.sampler.get_or_insert_with(|| self.stack.sampler());
    }

    /// Freezes all its processes.
    pub(super) async fn freeze(&self) -> Result<(), Failure> {
        Ok(self.stack.freeze().await?)
    }

    /// Lets them go on, and waits until the site is whole.
    pub(super) async fn thaw(&self) -> Result<(), Failure> {
        Ok(self.stack.thaw(THAWED).await?)
    }

    /// The levers on its resources.
    pub(super) fn levers(&self) -> Vec<Lever> {
        self.stack.levers().into_iter().map(Lever::Stack).collect()
    }

    /// Lets its servers use all of their CPUs; gives the names of what had a limit.
    pub(super) async fn lift_limits(&self) -> Result<Vec<String>, Failure> {
        Ok(self.stack.lift_limits().await?)
    }

    /// Gives its servers their limits again.
    pub(super) async fn restore_limits(&self) -> Result<(), Failure> {
        Ok(self.stack.restore_limits().await?)
    }

    /// What breaks it.
    pub(super) fn breaker(&self) -> Breaker {
        Breaker::Stack(self.stack.clone())
    }

    /// The orders that its database has now.
    pub(super) async fn orders(&self) -> Result<SiteOrders, Failure> {
        let orders = self.stack.orders().await?;
        let entry = |order: StoredOrder| LedgerEntry { whole: order.lines > 0 && order.adds_up, uuid: order.uuid };
        let oversold = Some(self.stack.oversold().await?);
        Ok(SiteOrders { entries: Some(orders.into_iter().map(entry).collect()), oversold })
    }

    /// What the document says of it.
    pub(super) fn facts(&self) -> Facts {
        let (network, network_reason) = self.stack.network();
        Facts {
            environment: self.environment.clone(),
            network: network.to_string(),
            network_reason,
            data_set: self.data_set.clone(),
            caveat: None,
            servers: self.servers.clone(),
            out_of_reach: self.stack.out_of_reach().into_iter().map(untested).collect(),
        }
    }

    /// Counts the access log and the orders, and saves the containers' logs into `folder`.
    pub(super) async fn books(&self, folder: &Path, live: &Live) -> Books {
        let log = self.stack.access_logs(Some(folder)).await;
        let orders = self.stack.orders().await;
        let saved = self.stack.save_logs(&folder.join("logs")).await;
        for error in [log.as_ref().err(), orders.as_ref().err(), saved.as_ref().err()].into_iter().flatten() {
            live.say(&format!("warning: {error}"));
        }
        let (log, caches) = log.map_or((None, Vec::new()), |logs| (Some(logs.books), logs.caches));
        Books {
            log: log.map(|log| log.iter().map(|(tag, summary)| (tag.clone(), sums(summary))).collect()),
            caches: caches.into_iter().map(cache).collect(),
            orders: orders.ok().map(|orders| orders.into_iter().map(order).collect()),
        }
    }

    /// Removes everything of the run and stands the guard down.
    pub(super) async fn close(self) -> Result<(), Failure> {
        redline_stack::clean_run(self.stack.run()).await.map_err(Failure::from)?;
        Ok(self.guard.disarm().await?)
    }
}

/// Removes what was started. The first failure is the one to tell.
async fn give_up(run: &RunId, guard: Guard, failure: Failure, live: &Live) -> Result<Failure, Failure> {
    live.phase("removing the stack");
    // The guard is for what cannot be removed now; without a Docker there is nothing to remove, and it need
    // not wait for one. After an interruption Docker may still be creating a container: the guard looks twice.
    match (redline_stack::clean_run(run).await, &failure) {
        (Err(StackError::NoDocker { .. }), _) => guard.disarm().await?,
        (Ok(_), Failure::Usage(_) | Failure::Environment(_) | Failure::Unexpected(_)) => guard.disarm().await?,
        (Ok(_), Failure::Interrupted) | (Err(_), _) => drop(guard),
    }
    live.end();
    Ok(failure)
}

fn untested(resource: OutOfReach) -> Untested {
    let OutOfReach { component, resource, why } = resource;
    Untested { component: component.to_owned(), resource: resource.to_owned(), reason: why.to_owned() }
}

fn cache(log: CacheLog) -> SiteCache {
    let CacheLog { server, component, keeps, tags } = log;
    SiteCache { server, component, keeps, tags }
}

fn sums(summary: &LogSummary) -> AccessLog {
    AccessLog {
        lines: summary.lines,
        limited: summary.limited,
        request_time: summary.request_time,
        upstream_time: summary.upstream_time,
    }
}

fn order(order: StoredOrder) -> SiteOrder {
    SiteOrder { whole: order.lines > 0 && order.adds_up, uuid: order.uuid }
}
