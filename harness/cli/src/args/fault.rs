//! The arguments of `redline fault`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use redline_model::{Deploy, Rate, Seconds, Share, SloTerm};

use crate::{
    args::{ArrivalsArg, EXIT_CODES, NetworkArg, TopologyArg},
    faults::At,
    otlp::Endpoint,
};

const EXAMPLES: &str = "\
Examples:
  redline fault list                                what can be broken here
  redline fault run kill mysql                      at 80 % of the sustainable load, for 5 s
  redline fault run pause nginx --for 3s --at 20/s  at 20 sessions/s: nothing is searched first
  redline fault run kill web1 --topology balanced   one of two application servers: what does the balancer save?
  redline fault run kill mysql@db1 --topology replicated  a primary database: does its replica take over?
  redline fault run stop server --topology model    on a model of a server: no Docker needed
  redline fault run overload --times 2 --times 5    more than can be served, then 80 % of the sustainable load
  redline fault protections                         2 × what can be served, with one protection after the other
  redline fault plan faults.toml                    a file of faults, one after the other
  redline fault matrix                              kill, pause, slow, cut-off and restart of everything";

/// Breaking things.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum FaultCommand {
    /// Show every fault on every component, and whether this machine can do it.
    List {
        #[command(flatten)]
        topology: TopologyArg,
        /// How the servers would be reached.
        #[arg(long, value_enum, default_value_t)]
        network: NetworkArg,
    },
    /// Break one thing while the load goes on, and measure what its users have of it.
    Run {
        /// How (see `redline fault list`): kill, stop, pause, restart, slow, cut-off, … or overload.
        kind: String,
        /// What: a component (php), one of several (php@web1), a server's name, or server for all of it; an overload has
        /// none.
        component: Option<String>,
        #[command(flatten)]
        overload: OverloadArgs,
        #[command(flatten)]
        args: Box<FaultArgs>,
    },
    /// Break what a file says, one after the other.
    Plan {
        /// A TOML file: `at = ["50%", "80%"]` and for each fault a table `[[fault]]` with kind, component and for.
        file: PathBuf,
        /// What an overload in it is a multiple of [default: the saturation throughput, which is then measured first].
        #[arg(long, value_name = "RATE", help_heading = "Load")]
        of: Option<Rate>,
        #[command(flatten)]
        args: Box<FaultArgs>,
    },
    /// The same overload with one protection after the other: limit_req, a short backlog, request_terminate_timeout, and
    /// visitors who try again, with and without a budget. Each in a run of its own, and all in one table.
    Protections {
        #[command(flatten)]
        overload: OverloadArgs,
        #[command(flatten)]
        args: Box<FaultArgs>,
    },
    /// Kill, pause, slow, cut off and restart each component and the whole server, at 50 % and 80 % of the
    /// sustainable load.
    Matrix {
        #[command(flatten)]
        args: Box<FaultArgs>,
    },
}

/// How much is too much.
#[derive(Debug, Clone, Args)]
pub(crate) struct OverloadArgs {
    /// For an overload: how many times what can be served, repeatable [default: 1.5, 2 and 5].
    #[arg(long, value_name = "N", help_heading = "Fault")]
    pub(crate) times: Vec<f64>,
    /// For an overload: what that is a multiple of [default: the saturation throughput, which is then measured first].
    #[arg(long, value_name = "RATE", help_heading = "Fault")]
    pub(crate) of: Option<Rate>,
}

/// Deployments.
#[derive(Debug, Args)]
#[command(after_help = DEPLOY_EXAMPLES, after_long_help = format!("{DEPLOY_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct DeployArgs {
    /// How, one after the other: swap-restart, reload, symlink, rolling, schema-lock, schema-online [default: all that
    /// the topology can do; rolling takes a load balancer].
    #[arg(value_name = "HOW")]
    pub(crate) ways: Vec<Deploy>,
    #[command(flatten)]
    pub(crate) load: FaultArgs,
}

const DEPLOY_EXAMPLES: &str = "\
Examples:
  redline deploy                           each way, at 80 % of the sustainable load
  redline deploy rolling --topology balanced  one server after the other, with drain
  redline deploy reload symlink --at 20/s  these two, at 20 sessions/s: nothing is searched first";

/// How things are broken and under which load.
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct FaultArgs {
    /// How long each fault lasts [default: 5s].
    #[arg(long = "for", value_name = "TIME", help_heading = "Fault")]
    pub(crate) lasts: Option<Seconds>,
    /// The load meanwhile, repeatable: a share of the sustainable load, which is then measured first, or a rate of
    /// sessions such as 20/s [default: 80%; matrix: 50% and 80%].
    #[arg(long, value_name = "SHARE|RATE", help_heading = "Load")]
    pub(crate) at: Vec<At>,
    /// How often all of it is done at each load; outages of the same fault are then compared.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100), help_heading = "Fault")]
    pub(crate) repeat: u32,
    /// Look for 2 s before each fault instead of 8 s: quicker, and what is lost is known less well.
    #[arg(long, help_heading = "Fault")]
    pub(crate) brief: bool,
    /// How long a recovery is watched: what has not recovered by then, at a load that it had carried, is metastable.
    #[arg(long, value_name = "TIME", default_value = "60s", help_heading = "Fault")]
    pub(crate) watch: Seconds,
    /// The scenario (see `redline list`).
    #[arg(long, default_value = "checkout", value_name = "NAME", help_heading = "Load")]
    pub(crate) scenario: String,
    /// The path that the scenario `url` gets.
    #[arg(long, value_name = "PATH", help_heading = "Load")]
    pub(crate) path: Option<String>,
    /// How arrivals are spaced.
    #[arg(long, value_enum, default_value_t, help_heading = "Load")]
    pub(crate) arrivals: ArrivalsArg,
    /// How often a visitor tries a failed page again, 0.1 s after each failure.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10), help_heading = "Load")]
    pub(crate) retries: u32,
    /// Retries of all visitors together are at most this share of their first tries [default: no bound].
    #[arg(long, value_name = "SHARE", requires = "retries", help_heading = "Load")]
    pub(crate) retry_budget: Option<Share>,
    /// How long a visitor waits for an answer [default: 10s].
    #[arg(long = "timeout", value_name = "TIME", help_heading = "Load")]
    pub(crate) patience: Option<Seconds>,
    /// What everything random comes from [default: a new one, printed in the report].
    #[arg(long, help_heading = "Load")]
    pub(crate) seed: Option<u64>,
    /// What counts as good, e.g. 'p95<300ms' [default: the scenario's].
    #[arg(long, value_name = "SLO", help_heading = "Load")]
    pub(crate) slo: Vec<SloTerm>,
    #[command(flatten)]
    pub(crate) topology: TopologyArg,
    /// How the servers are reached.
    #[arg(long, value_enum, default_value_t, help_heading = "Stack")]
    pub(crate) network: NetworkArg,
    /// Show the run in a browser while it goes on, on 127.0.0.1 [default port: 8088; 0 takes a free one]. A browser on
    /// this machine takes CPU from the measurement, which the check `host-others` then shows.
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "8088", help_heading = "Report")]
    pub(crate) dashboard: Option<u16>,
    /// Send the run's seconds to an OpenTelemetry receiver, by OTLP over HTTP: http://127.0.0.1:4318.
    #[arg(long, value_name = "ENDPOINT", help_heading = "Report")]
    pub(crate) otlp: Option<Endpoint>,
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out", help_heading = "Report")]
    pub(crate) out: PathBuf,
    /// Print the JSON document to stdout, and nothing else there.
    #[arg(long, help_heading = "Report")]
    pub(crate) json: bool,
}
