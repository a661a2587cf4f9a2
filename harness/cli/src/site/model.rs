//! A model of a server: a process of its own whose capacity is known, in the place of a stack.

use std::{collections::BTreeMap, path::Path};

use redline_analysis::{AccessLog, LedgerEntry};
use redline_model::{Bytes, ComponentFingerprint, Environment, Sample, ServerFingerprint, Target};
use redline_model_server::{
    Closure, Control, Counted, Exactness, Model, ModelError, ModelSampler, ModelServer, ServerPlan, StageName,
    StoredOrder, capacity,
};
use redline_stack::{HostSampler, Machine};

use super::{Books, Breaker, Facts, Lever, SiteOrder, SiteOrders, breaker::ModelBreaker, lever::StageLever};
use crate::{environment, exit::Failure, live::Live};

/// The server's name and its components', as in the topology `single`: the bottleneck's rules know them.
const SERVER: &str = "server";

/// A model server that runs for this run alone.
pub(crate) struct ModelSite {
    /// Where the load goes.
    pub(super) target: Target,
    /// The machine.
    pub(super) environment: Environment,
    /// The server as the model has it.
    pub(super) servers: Vec<ServerFingerprint>,
    model: Model,
    server: ModelServer,
    sampler: ModelSampler,
    host: HostSampler,
}

impl ModelSite {
    /// Starts the process. It ends when redline does, however that comes about: it holds the other end of a pipe.
    pub(super) async fn start(model: &Model, seed: u64, live: &Live) -> Result<Self, Failure> {
        live.phase("starting the model server");
        let (server_cpus, generator_cpus) = cpus(model)?;
        let plan = ServerPlan { model: model.clone(), seed, cpus: server_cpus.clone() };
        let server = ModelServer::spawn(&environment::exe()?, &plan).await?;
        environment::pin_to(&generator_cpus);
        live.say(&format!("  no real server, but a model of one: {}", model.description));
        Ok(Self {
            target: server.target(),
            environment: environment::read(&generator_cpus, &server_cpus, None),
            servers: vec![fingerprint(model, &server_cpus)],
            model: model.clone(),
            sampler: ModelSampler::start(server.control()),
            host: HostSampler::start(server_cpus),
            server,
        })
    }

    /// The levers on those of its stages that it has.
    pub(super) fn levers(&self) -> Vec<Lever> {
        let stages = [
            (StageName::Application, "php", "pool", self.model.application.is_some()),
            (StageName::Database, "mysql", "connections", self.model.database.is_some()),
            (StageName::Lock, "mysql", "row-locks", self.model.lock.is_some()),
            (StageName::Bucket, "nginx", "rate-limit", self.model.bucket.is_some()),
        ];
        let there = stages.into_iter().filter(|(.., there)| *there);
        let lever = |(stage, component, resource, _)| StageLever::new(self.control(), stage, component, resource);
        there.map(lever).map(Lever::Model).collect()
    }

    /// What breaks it.
    pub(super) fn breaker(&self) -> Breaker {
        let ready = self.server.ready();
        Breaker::Model(ModelBreaker { control: self.control(), http: ready.http, pid: ready.pid })
    }

    /// The orders that it has now.
    pub(super) async fn orders(&self) -> Result<SiteOrders, Failure> {
        let orders = self.control().orders().await?;
        let entry = |order: StoredOrder| LedgerEntry { whole: order.lines > 0 && order.adds_up, uuid: order.uuid };
        // The model has no stock.
        Ok(SiteOrders { entries: Some(orders.into_iter().map(entry).collect()), oversold: None })
    }

    fn control(&self) -> Control {
        self.server.control()
    }

    /// The probes' next sample; nothing once they have ended.
    pub(super) async fn next_sample(&mut self) -> Option<Sample> {
        tokio::select! {
            sample = self.sampler.next() => sample,
            sample = self.host.next() => sample,
        }
    }

    /// Forgets the samples that are there.
    pub(super) fn discard_samples(&mut self) {
        self.sampler.drain();
        self.host.drain();
    }

    /// What the document says of it.
    pub(super) fn facts(&self) -> Facts {
        Facts {
            environment: self.environment.clone(),
            network: "loopback".into(),
            network_reason: "the model server is a process of this machine".into(),
            data_set: "none: a model of a server, not a real one".into(),
            servers: self.servers.clone(),
            out_of_reach: Vec::new(),
            caveat: Some(caveat(&self.model)),
        }
    }

    /// Counts the requests and the orders, and saves what the server has seen of each request into `folder`.
    pub(super) async fn books(&self, folder: &Path, live: &Live) -> Books {
        let control = self.control();
        let (log, orders) = (control.access_log().await, control.orders().await);
        let oracle = match control.oracle().await {
            Ok(text) => tokio::fs::write(folder.join("oracle.tsv"), text).await.err().map(|e| e.to_string()),
            Err(error) => Some(error.to_string()),
        };
        let closures = control.closures().await.map(|all| closures_table(&all));
        let closures = match closures {
            Ok(text) if text.lines().count() > 1 => {
                tokio::fs::write(folder.join("closures.tsv"), text).await.err().map(|e| e.to_string())
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        };
        let failed = [log.as_ref().err(), orders.as_ref().err()].into_iter().flatten().map(ToString::to_string);
        for error in failed.chain(oracle).chain(closures) {
            live.say(&format!("warning: {error}"));
        }
        Books {
            caches: Vec::new(),
            log: log.ok().map(|log| log.into_iter().map(|(tag, counted)| (tag, sums(&counted))).collect()),
            orders: orders.ok().map(|orders| orders.into_iter().map(order).collect()),
        }
    }

    /// Ends the process.
    pub(super) async fn close(self) -> Result<(), Failure> {
        Ok(self.server.stop().await?)
    }
}

/// The servers' CPUs and the generator's: the last ones are the servers', as of a stack.
fn cpus(model: &Model) -> Result<(Vec<usize>, Vec<usize>), Failure> {
    let there = Machine::here().cpus;
    let asked = model.cpus as usize;
    match there.len().checked_sub(asked) {
        Some(0) if there.len() == 1 => Ok((there.clone(), there)),
        Some(left) if left > 0 => Ok((there[left..].to_vec(), there[..left].to_vec())),
        Some(_) | None => Err(Failure::environment(format!(
            "the model `{}` asks for {asked} cores and the generator needs one of its own; this machine has {}",
            model.name,
            there.len()
        ))),
    }
}

fn fingerprint(model: &Model, cpus: &[usize]) -> ServerFingerprint {
    let cpuset = cpus.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let component = |name: &str, settings: BTreeMap<String, String>| ComponentFingerprint {
        component: name.into(),
        version: format!("model server {}", env!("CARGO_PKG_VERSION")),
        image: "none".into(),
        cpuset: cpuset.clone(),
        memory_limit: Bytes(0),
        settings,
    };
    let of = |stages: &[StageName]| {
        stages.iter().filter_map(|s| Some((s.as_str().to_owned(), model.describe(*s)?))).collect::<BTreeMap<_, _>>()
    };
    ServerFingerprint {
        server: SERVER.into(),
        cpus: f64::from(model.cpus),
        // No limit of its own.
        memory: Machine::here().memory,
        components: vec![
            component("dns", BTreeMap::new()),
            component("nginx", of(&[StageName::Accept, StageName::Web, StageName::Bucket])),
            component("php", of(&[StageName::Application])),
            component("mysql", of(&[StageName::Database, StageName::Lock])),
        ],
    }
}

/// What nobody may miss who reads the report.
fn caveat(model: &Model) -> String {
    let found = capacity(model, 1.0);
    let of = found.stage.map_or("its CPUs", StageName::as_str);
    let how = match found.exactness {
        Exactness::Exact => "exactly",
        Exactness::Bound => "at most",
    };
    format!(
        "This is a model of a server, not a real one: `{}` only shows how redline works. By its closed form it completes {how} {} in pages of weight 1 ({of}).",
        model.name, found.rate
    )
}

/// When the site was closed by its own clock, as `oracle.tsv` has its requests.
fn closures_table(closures: &[Closure]) -> String {
    let row = |c: &Closure| {
        let opened = c.opened.map_or("-".to_owned(), |at| at.0.to_string());
        format!("{}\t{opened}\t{}\n", c.closed.0, c.cut)
    };
    closures.iter().map(row).fold("closed\topened\tcut\n".to_owned(), |all, row| all + &row)
}

fn sums(counted: &Counted) -> AccessLog {
    let (request_time, upstream_time) = (counted.request_time, counted.upstream_time);
    AccessLog { lines: counted.lines, limited: 0, request_time, upstream_time }
}

fn order(order: StoredOrder) -> SiteOrder {
    SiteOrder { whole: order.lines > 0 && order.adds_up, uuid: order.uuid }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Wrong { .. } => Self::usage(error),
            ModelError::Start(_) | ModelError::System { .. } | ModelError::Side { .. } => Self::environment(error),
        }
    }
}
