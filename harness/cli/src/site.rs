//! Where the load goes during a run: a stack of our own with probes and a guard, or a server of the user's.

use std::{collections::HashMap, net::SocketAddr, path::Path, time::Duration};

use redline_analysis::{AccessLog, MemoryLimit, Untested};
use redline_model::{Check, Environment, Sample, Seconds, ServerFingerprint, Target, TrialResult};
use redline_stack::{
    CpuPlan, Guard, Lever, LogSummary, Machine, NetworkChoice, OutOfReach, RunId, Sampler, Stack, StackError,
    StackKind, StartOptions, StoredOrder, Topology, data_set_digest, spawn_guard,
};

use crate::{
    environment,
    exit::Failure,
    interrupt::Interrupt,
    live::Live,
    plan::{RunPlan, SitePlan},
    progress, target,
};

/// Where the load goes, and what watches it.
pub(crate) struct Site {
    target: Target,
    generator_cpus: Vec<usize>,
    environment: Environment,
    ours: Option<Ours>,
}

/// A stack of our own.
struct Ours {
    stack: Stack,
    sampler: Sampler,
    guard: Guard,
    servers: Vec<ServerFingerprint>,
}

/// What the document says of the site.
pub(crate) struct Facts {
    /// The machine.
    pub(crate) environment: Environment,
    /// `loopback`, `bridge` or `external`.
    pub(crate) network: String,
    /// Why.
    pub(crate) network_reason: String,
    /// The servers as they really were.
    pub(crate) servers: Vec<ServerFingerprint>,
    /// The shop's code and data.
    pub(crate) data_set: String,
    /// What memory each component may use.
    pub(crate) memory_limits: Vec<MemoryLimit>,
    /// CPU that the servers share, in cores.
    pub(crate) server_cores: f64,
    /// What could limit the site and cannot be changed while it runs.
    pub(crate) out_of_reach: Vec<Untested>,
}

/// What the site itself has counted.
#[derive(Default)]
pub(crate) struct Books {
    log: Option<HashMap<String, LogSummary>>,
    orders: Option<Vec<StoredOrder>>,
}

impl Site {
    /// Starts and verifies the stack, or makes sure that the target answers.
    pub(crate) async fn open(plan: &RunPlan, live: &Live, interrupt: Interrupt) -> Result<Self, Failure> {
        match &plan.site {
            SitePlan::Stack { topology, network } => Self::start(topology, *network, live, interrupt).await,
            SitePlan::External(target) => Self::external(target.clone()).await,
        }
    }

    async fn start(
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
        let stack = match started {
            Ok(stack) => stack,
            Err(failure) => {
                live.phase("removing the stack");
                // The first failure is the one to tell. The guard is for what cannot be removed now; without a
                // Docker there is nothing to remove, and it need not wait for one.
                // After an interruption Docker may still be creating a container: the guard looks twice.
                match (redline_stack::clean_run(&run).await, &failure) {
                    (Err(StackError::NoDocker { .. }), _) => guard.disarm().await?,
                    (Ok(_), Failure::Usage(_) | Failure::Environment(_) | Failure::Unexpected(_)) => {
                        guard.disarm().await?;
                    }
                    (Ok(_), Failure::Interrupted) | (Err(_), _) => drop(guard),
                }
                live.end();
                return Err(failure);
            }
        };
        let cpus = CpuPlan::new(topology, &Machine::here()).map_err(Failure::usage)?;
        environment::pin_to(&cpus.generator);
        let servers = stack.fingerprint_servers().await;
        let environment =
            environment::read(&cpus.generator, &stack.server_cpus(), Some(stack.docker_version().to_owned()));
        let (target, sampler) = (stack.target(), stack.sampler());
        Ok(Self {
            target,
            generator_cpus: cpus.generator,
            environment,
            ours: Some(Ours { stack, sampler, guard, servers }),
        })
    }

    async fn external(target: Target) -> Result<Self, Failure> {
        if let Some(address) = target::address(&target) {
            answers(&target, address).await?;
        }
        Ok(Self { target, generator_cpus: Vec::new(), environment: environment::read(&[], &[], None), ours: None })
    }

    /// Where the load goes.
    pub(crate) fn target(&self) -> Target {
        self.target.clone()
    }

    /// The CPUs that the generator may use; empty: any.
    pub(crate) fn generator_cpus(&self) -> &[usize] {
        &self.generator_cpus
    }

    /// The probes' next sample; never, where nothing is probed.
    pub(crate) async fn next_sample(&mut self) -> Sample {
        if let Some(ours) = &mut self.ours
            && let Some(sample) = ours.sampler.next().await
        {
            return sample;
        }
        std::future::pending().await
    }

    /// Forgets the samples between two trials.
    pub(crate) fn discard_samples(&mut self) {
        if let Some(ours) = &mut self.ours {
            ours.sampler.drain();
        }
    }

    /// The levers on its resources; none where it is not ours.
    pub(crate) fn levers(&self) -> Vec<Lever> {
        self.ours.as_ref().map_or_else(Vec::new, |o| o.stack.levers())
    }

    /// What memory each component may use.
    pub(crate) fn memory_limits(&self) -> Vec<MemoryLimit> {
        let servers = self.ours.as_ref().map_or(&[][..], |o| &o.servers);
        let limits = servers.iter().flat_map(|s| {
            s.components.iter().map(|c| MemoryLimit {
                server: s.server.clone(),
                component: c.component.clone(),
                limit: c.memory_limit,
            })
        });
        limits.collect()
    }

    /// What the document says of the site.
    pub(crate) fn facts(&self) -> Facts {
        let memory_limits = self.memory_limits();
        let environment = self.environment.clone();
        match &self.ours {
            Some(ours) => {
                let (network, network_reason) = ours.stack.network();
                Facts {
                    environment,
                    network: network.to_string(),
                    network_reason,
                    data_set: data_set_digest(),
                    memory_limits,
                    server_cores: ours.servers.iter().map(|s| s.cpus).sum(),
                    servers: ours.servers.clone(),
                    out_of_reach: ours.stack.out_of_reach().into_iter().map(untested).collect(),
                }
            }
            None => Facts {
                environment,
                network: "external".into(),
                network_reason: "the target runs already".into(),
                servers: Vec::new(),
                data_set: "unknown: the target is not ours".into(),
                memory_limits,
                server_cores: 0.0,
                out_of_reach: Vec::new(),
            },
        }
    }

    /// Counts the access log and the orders, and saves the containers' logs into `folder`.
    pub(crate) async fn books(&self, folder: &Path, live: &Live) -> Books {
        let Some(ours) = &self.ours else { return Books::default() };
        let log = ours.stack.access_log(Some(folder)).await;
        let orders = ours.stack.orders().await;
        let saved = ours.stack.save_logs(&folder.join("logs")).await;
        for error in [log.as_ref().err(), orders.as_ref().err(), saved.as_ref().err()].into_iter().flatten() {
            live.say(&format!("warning: {error}"));
        }
        Books { log: log.ok(), orders: orders.ok() }
    }

    /// Removes everything of the run and stands the guard down.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        let Some(Ours { stack, guard, .. }) = self.ours else { return Ok(()) };
        stack.stop().await.map_err(Failure::from)?;
        Ok(guard.disarm().await?)
    }
}

fn untested(resource: OutOfReach) -> Untested {
    let OutOfReach { component, resource, why } = resource;
    Untested { component: component.to_owned(), resource: resource.to_owned(), reason: why.to_owned() }
}

impl Books {
    /// What the access log says of the trial with this tag; nothing where there is no access log.
    pub(crate) fn of(&self, tag: &str) -> Option<AccessLog> {
        let log = self.log.as_ref()?;
        Some(log.get(tag).map_or_else(AccessLog::default, |s| AccessLog {
            lines: s.lines,
            request_time: s.request_time,
            upstream_time: s.upstream_time,
        }))
    }

    /// Orders: acknowledged by the generator's count, and present in the database, adding up.
    pub(crate) fn orders(&self, acknowledged: &[String], trials: &[TrialResult]) -> Vec<Check> {
        let Some(orders) = &self.orders else { return Vec::new() };
        if trials.is_empty() {
            return Vec::new();
        }
        let stored: std::collections::HashSet<&str> = orders.iter().map(|o| o.uuid.as_str()).collect();
        let lost = acknowledged.iter().filter(|u| !stored.contains(u.as_str())).count();
        let broken = orders.iter().filter(|o| o.lines == 0 || !o.adds_up).count();
        vec![Check::new(
            "orders",
            lost == 0 && broken == 0,
            format!(
                "{} acknowledged, {} stored; {lost} lost, {broken} do not add up",
                acknowledged.len(),
                orders.len()
            ),
            "none lost, all add up",
            "The shop told a shopper that an order was placed which the database does not have, or has wrongly.",
        )]
    }
}

/// Connects once, so that a target that is down is one sentence and not a run full of errors.
async fn answers(target: &Target, address: SocketAddr) -> Result<(), Failure> {
    let Seconds(limit) = target.connect_timeout;
    let tried = tokio::time::timeout(Duration::from_secs_f64(limit), tokio::net::TcpStream::connect(address)).await;
    let why = match tried {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the connection was refused".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection within {limit} s"),
    };
    Err(Failure::environment(format!(
        "the target {} ({address}) does not answer: {why}; start it or check --target",
        target.base_url
    )))
}
