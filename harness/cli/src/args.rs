//! The command line: what can be asked for, with its help.

mod compare;
mod fault;
mod gate;

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use redline_model::{Rate, Seconds, Share, SloTerm};
use redline_reports::Format;

use crate::otlp::Endpoint;

pub(crate) use compare::{CompareArgs, PlanArgs};
pub(crate) use fault::{DeployArgs, FaultArgs, FaultCommand, OverloadArgs};
pub(crate) use gate::{BaselineArgs, GateArgs, Metric, TrendArgs};

/// Exit codes, printed under every `--help` and in the README.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    fine
  1    unexpected error
  2    usage: an argument or a file is wrong
  3    environment not ready: Docker, a target that does not answer, an output folder
  4    the measurement is not valid; no capacity is given
  10   a budget was broken
  130  interrupted";

const EXAMPLES: &str = "\
Examples:
  redline scenario checkout                        find where the one-server stack saturates
  redline scenario checkout --quick                the same in about a minute and a half, less precisely
  redline scenario checkout --only capacity        nothing is broken
  redline scenario checkout --slo 'p95<300ms' --slo 'errors<0.1%'
  redline scenario checkout --topology model       the same on a model of a server: no Docker needed
  redline scenario browse --rate 20/s --for 30s    hold a load and report it
  redline scenario url --path /health --target http://127.0.0.1:8080 --rate 500/s
  redline fault run kill mysql                     what its users have of it when the database dies
  redline compare checkout --topology single --topology ./mine.toml
                                                   which stack carries more, measured in turns
  redline plan --sessions-per-hour 200000 latest   how many servers that takes
  redline report latest --open                     the last run in a browser
  redline stack up                                 look at the shop in a browser
  redline doctor                                   is this machine fit?";

/// Load testing and capacity planning that shows its evidence.
///
/// redline starts a real LAMP stack in containers, sends shoppers to www.foobar.com, and tells at what
/// load the server saturates, what gives out first, and how sure it is.
#[derive(Debug, Parser)]
#[command(name = "redline", version, after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"), max_term_width = 110)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Log what redline does to stderr (`RUST_LOG` chooses more finely).
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) verbose: bool,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure: find the saturation of a stack, or hold a load.
    Scenario(Box<ScenarioArgs>),
    /// Break a part of the stack under load: outage, failures, recovery, orders lost.
    #[command(subcommand)]
    Fault(FaultCommand),
    /// Bring a new version to the stack under load: downtime, failures, stalls, visitors who saw both.
    Deploy(Box<DeployArgs>),
    /// Compare stacks: measured in turns, or from runs that were saved.
    Compare(Box<CompareArgs>),
    /// Tell how many servers of which stack carry a traffic, from runs that were saved.
    Plan(Box<PlanArgs>),
    /// Judge a budget, or a candidate against a base, for CI: exit code 10 where it is broken.
    Gate(Box<GateArgs>),
    /// Keep what a run found as the baseline of this class of machine.
    Baseline(BaselineArgs),
    /// Tell when what a stack carries changed, over the runs that were saved. It alerts and never blocks.
    Trend(TrendArgs),
    /// Show the scenarios and topologies and what each does.
    List,
    /// Build, start, look at and stop a stack without measuring.
    #[command(subcommand)]
    Stack(StackCommand),
    /// Tell what is missing or unfit on this machine, and how to mend it.
    Doctor,
    /// Write the report of a run that was saved, in any format.
    Report(ReportArgs),
    /// Remove every container, network and volume of redline from this machine.
    Clean {
        /// Remove the images that redline built, too.
        #[arg(long)]
        images: bool,
        /// The folder that runs are saved in: what killed runs left there is removed.
        #[arg(long, value_name = "DIR", default_value = "reports/out")]
        runs: PathBuf,
    },
    /// Print the JSON Schema of a document: of run.json, or of comparison.json.
    Schema {
        /// Which document.
        #[arg(value_enum, default_value_t)]
        document: DocumentArg,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// A load worker: a plan on stdin, ticks on stdout.
    #[command(hide = true)]
    Worker,
    /// A model of a server: its description on stdin, its addresses on stdout.
    #[command(hide = true)]
    ModelServer,
    /// Removes a run's containers when redline is gone.
    #[command(hide = true)]
    Guard {
        /// The run's id.
        run: String,
    },
}

/// Working with a stack by hand.
#[derive(Debug, Subcommand)]
pub(crate) enum StackCommand {
    /// Build the images that a topology needs.
    Build {
        #[command(flatten)]
        topology: TopologyArg,
        /// Build them even if nothing they depend on has changed.
        #[arg(long)]
        rebuild: bool,
    },
    /// Start a stack and keep it; prints how to open the site in a browser.
    Up {
        #[command(flatten)]
        topology: TopologyArg,
        /// How the servers are reached.
        #[arg(long, value_enum, default_value_t)]
        network: NetworkArg,
    },
    /// Show the stacks that are up.
    Status {
        /// Only those of this topology.
        #[arg(long)]
        topology: Option<String>,
    },
    /// Print the logs of the stacks that are up.
    Logs {
        /// Only those of this topology.
        #[arg(long)]
        topology: Option<String>,
    },
    /// Stop and remove the stacks that are up.
    Down {
        /// Only those of this topology.
        #[arg(long)]
        topology: Option<String>,
    },
}

/// Which stack configuration.
#[derive(Debug, Clone, Args)]
pub(crate) struct TopologyArg {
    /// A topology's name (see `redline list`) or a TOML file.
    #[arg(long, default_value = "single", value_name = "NAME|FILE")]
    pub(crate) topology: String,
    /// The size of each server in cores, e.g. 0.4 [default: the topology's].
    #[arg(long, value_name = "CORES")]
    pub(crate) server_cpus: Option<f64>,
}

impl TopologyArg {
    /// That topology, with servers of that size where one is given.
    pub(crate) fn of(topology: &str, server_cpus: Option<f64>) -> Self {
        Self { topology: topology.to_owned(), server_cpus }
    }
}

/// A document that has a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentArg {
    /// Of a run.
    #[default]
    Run,
    /// Of a comparison.
    Comparison,
}

/// How the servers are reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum NetworkArg {
    /// Loopback where it works, else bridge; the reason is shown.
    #[default]
    Auto,
    /// The host's network, each server on a loopback address of its own: fastest.
    Loopback,
    /// A bridge network with ports published on 127.0.0.1: works everywhere.
    Bridge,
}

/// Which report of which run, and where to.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = formats(), after_long_help = format!("{}\n\n{EXIT_CODES}", formats()))]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,
    /// The run: its folder, its run.json, its name in the folder of runs, or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) run: String,
    /// What it is written as [default: terminal; html with --open].
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    pub(crate) format: Option<Format>,
    /// The file to write [default: standard output; report.html in the run's folder with --open].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Open the page in a browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) runs: PathBuf,
}

/// What else can be done with runs that were saved.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Show the folder of runs in a browser: the list, the trend, each report. On 127.0.0.1 only.
    Serve(ServeArgs),
}

/// Which runs to show, and where.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) runs: PathBuf,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8087)]
    pub(crate) port: u16,
}

/// Every format with what it is, for the help.
fn formats() -> String {
    let line = |format: &Format| format!("\n  {:<14} {}", format.name(), format.about());
    format!("Formats:{}", Format::ALL.iter().map(line).collect::<String>())
}

/// Reads a format by its name and lists the names where it is none.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse::<Format>())
}

/// How arrivals are spaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ArrivalsArg {
    /// Independent visitors.
    #[default]
    Poisson,
    /// Evenly spaced.
    Constant,
}

/// One part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// How much load it carries and what gives out first.
    Capacity,
    /// What happens when something breaks, at 80 % of the sustainable load; a quick search finds that first.
    Failure,
}

/// What to measure and how.
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct ScenarioArgs {
    /// The scenario (see `redline list`).
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) topology: TopologyArg,
    /// How the servers are reached.
    #[arg(long, value_enum, default_value_t, conflicts_with = "target", help_heading = "Stack")]
    pub(crate) network: NetworkArg,
    /// Measure a server that runs already, instead of starting a stack.
    #[arg(long, value_name = "URL", conflicts_with_all = ["topology", "server_cpus"], help_heading = "Target")]
    pub(crate) target: Option<String>,
    /// Needed for a target that is not on a loopback address: you are allowed to load it.
    #[arg(long, requires = "target", help_heading = "Target")]
    pub(crate) i_own_this_target: bool,
    /// Use this address for a host and port, as in curl.
    #[arg(long, value_name = "HOST:PORT:ADDR", requires = "target", help_heading = "Target")]
    pub(crate) resolve: Vec<String>,
    /// The path that the scenario `url` gets.
    #[arg(long, value_name = "PATH", help_heading = "Target")]
    pub(crate) path: Option<String>,

    /// Hold this many sessions per second instead of searching for saturation.
    #[arg(long, value_name = "RATE", group = "load", help_heading = "Load")]
    pub(crate) rate: Option<Rate>,
    /// Follow these rates instead, each reached linearly from the one before: 20/s:30s,200/s:5m.
    #[arg(long, value_name = "RATE:TIME,…", group = "load", help_heading = "Load")]
    pub(crate) stages: Option<String>,
    /// A fixed number of users instead (closed model).
    #[arg(long, value_name = "N", group = "load", value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "Load")]
    pub(crate) users: Option<u32>,
    /// How long to hold the load of `--rate` or `--users` [default: 30s].
    #[arg(long = "for", value_name = "TIME", help_heading = "Load")]
    pub(crate) length: Option<Seconds>,
    /// How arrivals are spaced.
    #[arg(long, value_enum, default_value_t, help_heading = "Load")]
    pub(crate) arrivals: ArrivalsArg,
    /// Multiply the scenario's think times; 0 leaves them out [default: 1 with --users, else 0].
    #[arg(long, value_name = "FACTOR", help_heading = "Load")]
    pub(crate) think: Option<f64>,
    /// What everything random comes from [default: a new one, printed in the report].
    #[arg(long, help_heading = "Load")]
    pub(crate) seed: Option<u64>,

    /// What the users are promised, e.g. 'p95<300ms', 'errors<0.1%', 'p99<1s for checkout' [default: the scenario's].
    #[arg(long, value_name = "SLO", help_heading = "Verdict")]
    pub(crate) slo: Vec<SloTerm>,
    /// A search of about a minute, less precise.
    #[arg(long, conflicts_with_all = ["thorough", "load"], help_heading = "Verdict")]
    pub(crate) quick: bool,
    /// A search that takes what tight intervals need.
    #[arg(long, conflicts_with = "load", help_heading = "Verdict")]
    pub(crate) thorough: bool,
    /// Take about this long, the proof of the bottleneck included where there is time for it: 90s.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["quick", "thorough", "load"], help_heading = "Verdict")]
    pub(crate) budget: Option<Seconds>,
    /// Search until the sustainable load is known to about this much: 3%. How long that takes is told first.
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["quick", "thorough", "budget", "load"], help_heading = "Verdict")]
    pub(crate) precision: Option<Share>,

    /// Only one part of the run [default: the capacity, then each component and the whole server killed, a deployment
    /// and an overload; --quick only kills the server, --thorough does the whole matrix].
    #[arg(long, value_enum, value_name = "PART", conflicts_with = "load", help_heading = "Verdict")]
    pub(crate) only: Option<Only>,

    /// Then visit the shop with a headless Chromium, at the sustainable load and at saturation, or at `--rate`: what a
    /// person sees, with pictures.
    #[arg(long, conflicts_with_all = ["users", "stages"], help_heading = "Report")]
    pub(crate) browser: bool,
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
