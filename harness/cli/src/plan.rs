//! What a `redline scenario` is going to do: everything that was asked for, read and checked before
//! anything is started.

use std::path::PathBuf;

use redline_analysis::SearchPlan;
use redline_load::{Scenario, Site as ScenarioSite};
use redline_model::{Arrivals, JourneyOptions, LoadModel, Rate, Seconds, Slo, SloTerm, Stage, Target, ThinkScale};
use redline_model_server::Model;
use redline_stack::{NetworkChoice, NetworkKind, Topology, TopologyError, topology};

use crate::{
    args::{ArrivalsArg, NetworkArg, ScenarioArgs, TopologyArg},
    exit::Failure,
    faults::FaultScript,
    otlp::Endpoint,
    stages, target,
};

mod search;

const DEFAULT_HOLD: Seconds = Seconds(30.0);

/// Where the load goes.
#[derive(Clone)]
pub(crate) enum SitePlan {
    /// To a stack of our own.
    Stack {
        /// Which.
        topology: Box<Topology>,
        /// How it is reached.
        network: NetworkChoice,
    },
    /// To a model of a server, without Docker.
    Model(Box<Model>),
    /// To a server that the user runs.
    External(Target),
}

/// What is measured.
#[derive(Clone)]
pub(crate) enum Mode {
    /// The load at which the stack saturates, the one that keeps the SLO, and what limits both.
    Search {
        /// How the time is spent.
        plan: Box<SearchPlan>,
        /// Whether the bottleneck is proved.
        proof: Proof,
        /// What breaks afterwards; absent where nothing does.
        failure: Option<Box<FaultScript>>,
    },
    /// A load that the user asked for.
    Hold(LoadModel),
    /// Things that break, while a load goes on.
    Faults(Box<FaultScript>),
}

/// What is done about the bottleneck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Its resource is made scarcer, and others beside it.
    ByIntervention {
        /// How often at most one of them is made scarce once more, where the machine is too noisy to tell.
        repeats: u32,
    },
    /// There is no time for that: it stays suspected.
    LeftOut,
}

impl Proof {
    /// With as many repeats as keep a run of the usual length within a minute of it.
    pub(crate) const USUAL: Self = Self::ByIntervention { repeats: 2 };
    /// Where there is time.
    pub(crate) const THOROUGH: Self = Self::ByIntervention { repeats: 6 };
    /// Where the time is given.
    pub(crate) const ONCE: Self = Self::ByIntervention { repeats: 0 };
}

/// Before the stack is up nobody knows its levers: the CPU and the PHP pool are in every one.
pub(crate) const USUAL_LEVERS: usize = 2;

/// Everything that a run needs to know.
#[derive(Clone)]
pub(crate) struct RunPlan {
    /// What the sessions do.
    pub(crate) scenario: &'static dyn Scenario,
    /// What it needs to know beyond its name.
    pub(crate) options: JourneyOptions,
    /// What the users are promised.
    pub(crate) slo: Slo,
    /// Where the load goes.
    pub(crate) site: SitePlan,
    /// What is measured.
    pub(crate) mode: Mode,
    /// How arrivals are spaced.
    pub(crate) arrivals: Arrivals,
    /// Think time scale.
    pub(crate) think: ThinkScale,
    /// What everything random comes from.
    pub(crate) seed: u64,
    /// Whether a real browser visits as well.
    pub(crate) browser: Browser,
    /// The port on which the run is shown while it goes on; absent where it is not.
    pub(crate) dashboard: Option<u16>,
    /// Where the run's seconds are sent to; absent: nowhere.
    pub(crate) otlp: Option<Endpoint>,
    /// The folder that runs are saved in.
    pub(crate) out: PathBuf,
    /// Whether the document goes to stdout.
    pub(crate) output: Output,
}

/// Whether a real browser visits the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// It does, once everything is measured.
    Visits,
    /// Nobody asked for it.
    LeftOut,
}

/// What goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// The report for people.
    Page,
    /// The JSON document.
    Json,
}

impl RunPlan {
    /// A run with the scenario's own pages and no think times, that shows itself nowhere but on the terminal.
    pub(crate) fn plain(
        scenario: &'static dyn Scenario,
        slo: Slo,
        site: SitePlan,
        mode: Mode,
        seed: u64,
        out: PathBuf,
    ) -> Self {
        Self {
            scenario,
            options: JourneyOptions { path: None, requests_per_session: None },
            slo,
            site,
            mode,
            arrivals: Arrivals::Poisson,
            think: ThinkScale(0.0),
            seed,
            browser: Browser::LeftOut,
            dashboard: None,
            otlp: None,
            out,
            output: Output::Page,
        }
    }

    /// Reads and checks what was asked for.
    pub(crate) fn check(args: ScenarioArgs) -> Result<Self, Failure> {
        let scenario = scenario(&args.name)?;
        if args.path.is_some() && scenario.name() != "url" {
            return Err(Failure::usage(format!(
                "--path is for the scenario `url`; `{}` has its own paths",
                scenario.name()
            )));
        }
        if let Some(path) = args.path.as_deref().filter(|p| !p.starts_with('/')) {
            return Err(Failure::usage(format!("--path `{path}` must begin with `/`")));
        }
        let slo = slo(scenario, &args.slo)?;
        let site = site(&args)?;
        if matches!(site, SitePlan::External(_)) && args.target.is_some() && scenario.site() == ScenarioSite::Shop {
            tracing::debug!("a shop scenario against an external target: its pages must be those of the shop");
        }
        if args.browser && scenario.site() != ScenarioSite::Shop {
            return Err(Failure::usage(format!(
                "--browser goes through the shop to an order; the scenario `{}` does not need to have one",
                scenario.name()
            )));
        }
        let mode = mode(&args, &site, scenario)?;
        let closed = matches!(mode, Mode::Hold(LoadModel::Closed { .. }));
        let think = args.think.unwrap_or(if closed { 1.0 } else { 0.0 });
        if !(0.0..=100.0).contains(&think) {
            return Err(Failure::usage(format!("--think {think} is out of range; use a factor from 0 to 100")));
        }
        Ok(Self {
            scenario,
            options: JourneyOptions { path: args.path, requests_per_session: None },
            slo,
            site,
            mode,
            arrivals: arrivals(args.arrivals),
            think: ThinkScale(think),
            seed: args.seed.unwrap_or_else(new_seed),
            browser: if args.browser { Browser::Visits } else { Browser::LeftOut },
            dashboard: args.dashboard,
            otlp: args.otlp,
            out: args.out,
            output: if args.json { Output::Json } else { Output::Page },
        })
    }

    /// The topology's name, or the target's host.
    pub(crate) fn site_name(&self) -> String {
        match &self.site {
            SitePlan::Stack { topology, .. } => topology.name.clone(),
            SitePlan::Model(model) => model.name.clone(),
            SitePlan::External(target) => target::host(target),
        }
    }

    /// How sessions arrive, in words.
    pub(crate) fn arrival_process(&self) -> String {
        let spacing = match self.arrivals {
            Arrivals::Constant => "evenly spaced",
            Arrivals::Poisson => "Poisson",
        };
        match &self.mode {
            Mode::Hold(LoadModel::Closed { users, .. }) => {
                format!("closed, {users} users, think times × {}", self.think.0)
            }
            Mode::Hold(LoadModel::Open { .. }) | Mode::Search { .. } | Mode::Faults(_) if self.think.0 > 0.0 => {
                format!("partly open, {spacing}, think times × {}", self.think.0)
            }
            Mode::Hold(LoadModel::Open { .. }) | Mode::Search { .. } | Mode::Faults(_) => {
                format!("open, {spacing}, think times left out")
            }
        }
    }
}

/// How the servers are reached.
pub(crate) fn network(arg: NetworkArg) -> NetworkChoice {
    match arg {
        NetworkArg::Auto => NetworkChoice::Automatic,
        NetworkArg::Loopback => NetworkChoice::Forced(NetworkKind::Loopback),
        NetworkArg::Bridge => NetworkChoice::Forced(NetworkKind::Bridge),
    }
}

/// The scenario of that name.
pub(crate) fn scenario(name: &str) -> Result<&'static dyn Scenario, Failure> {
    redline_load::find(name).ok_or_else(|| unknown_scenario(name))
}

fn unknown_scenario(name: &str) -> Failure {
    let names: Vec<&str> = redline_load::all().iter().map(|s| s.name()).collect();
    Failure::usage(format!("there is no scenario `{name}`; there are {} (see `redline list`)", names.join(", ")))
}

/// The promises that were asked for, else the scenario's.
pub(crate) fn slo(scenario: &dyn Scenario, asked: &[SloTerm]) -> Result<Slo, Failure> {
    if asked.is_empty() {
        return Slo::parse(scenario.slo()).map_err(Failure::usage);
    }
    let steps = scenario.steps();
    for step in asked.iter().filter_map(|term| term.step.as_deref()) {
        if !steps.contains(&step) {
            return Err(Failure::usage(format!(
                "--slo … for {step}: the scenario `{}` has no such step; it has {}",
                scenario.name(),
                steps.join(", ")
            )));
        }
    }
    Ok(Slo(asked.to_vec()))
}

fn site(args: &ScenarioArgs) -> Result<SitePlan, Failure> {
    let ownership = if args.i_own_this_target { target::Ownership::Claimed } else { target::Ownership::Unclaimed };
    match &args.target {
        Some(url) => target::parse(url, &args.resolve, ownership).map(SitePlan::External),
        None => ours(&args.topology, args.network),
    }
}

/// A model or a stack, by its name or its file.
pub(crate) fn ours(topology: &TopologyArg, arg: NetworkArg) -> Result<SitePlan, Failure> {
    let name = topology.topology.as_str();
    if let Some(model) = redline_model_server::find(name)? {
        if arg == NetworkArg::Bridge {
            return Err(Failure::usage(format!("--network bridge is for containers; the model `{name}` has none")));
        }
        if topology.server_cpus.is_some() {
            return Err(Failure::usage(format!(
                "--server-cpus is for containers; the model `{name}` has its own cores"
            )));
        }
        return Ok(SitePlan::Model(Box::new(model)));
    }
    match containers(topology) {
        Ok(topology) => Ok(SitePlan::Stack { topology: Box::new(topology), network: network(arg) }),
        Err(TopologyError::Unknown { name, known }) => {
            let models = redline_model_server::all()?;
            let known = models.iter().fold(known, |known, model| format!("{known}, {}", model.name));
            Err(Failure::usage(TopologyError::Unknown { name, known }))
        }
        Err(error) => Err(Failure::usage(error)),
    }
}

/// The topology of containers that was asked for, with the size of its servers.
pub(crate) fn containers(arg: &TopologyArg) -> Result<Topology, TopologyError> {
    let topology = topology::find(&arg.topology)?;
    match arg.server_cpus {
        Some(cpus) => topology.with_server_cpus(cpus),
        None => Ok(topology),
    }
}

fn mode(args: &ScenarioArgs, site: &SitePlan, scenario: &dyn Scenario) -> Result<Mode, Failure> {
    let length = args.length.unwrap_or(DEFAULT_HOLD);
    if length.0 < 1.0 {
        return Err(Failure::usage("--for must be at least 1s"));
    }
    let open = |stages: Vec<Stage>| Mode::Hold(LoadModel::Open { arrivals: arrivals(args.arrivals), stages });
    if let Some(rate) = args.rate {
        return Ok(open(vec![Stage { from: rate, to: rate, length }]));
    }
    if let Some(users) = args.users {
        return Ok(Mode::Hold(LoadModel::Closed { users, length }));
    }
    if args.length.is_some() {
        return Err(Failure::usage("--for goes with --rate or --users: a search decides itself how long it takes"));
    }
    if let Some(text) = &args.stages {
        return stages::parse(text).map(open);
    }
    search::mode(args, site, scenario)
}

/// How arrivals are spaced.
pub(crate) fn arrivals(arg: ArrivalsArg) -> Arrivals {
    match arg {
        ArrivalsArg::Poisson => Arrivals::Poisson,
        ArrivalsArg::Constant => Arrivals::Constant,
    }
}

/// The load that a hold reaches at its highest, in sessions per second; zero for a closed model, whose
/// rate is not known before.
pub(crate) fn peak(model: &LoadModel) -> Rate {
    match model {
        LoadModel::Open { stages, .. } => stages::peak(stages),
        LoadModel::Closed { .. } => Rate(0.0),
    }
}

/// How long a model offers load.
pub(crate) fn length(model: &LoadModel) -> Seconds {
    match model {
        LoadModel::Open { stages, .. } => stages::length(stages),
        LoadModel::Closed { length, .. } => *length,
    }
}

/// A seed from the clock: six digits, so that it can be typed again.
pub(crate) fn new_seed() -> u64 {
    redline_model::Mono::now().0 / 1_000 % 900_000 + 100_000
}
