//! The arguments of `redline compare` and `redline plan`.

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use redline_model::{Rate, Share, SloTerm, Waiting};
use redline_reports::ComparisonFormat;

use crate::args::{ArrivalsArg, EXIT_CODES, NetworkArg};

const EXAMPLES: &str = "\
Examples:
  redline compare checkout --topology single --topology cached   measured in turns
  redline compare checkout --topology single --topology ./mine.toml --quick
  redline compare RUN-A RUN-B                                    what was saved; says what makes it unfair
  redline compare COMPARISON --format markdown                   a comparison that was saved, once more";

/// What to compare and how.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct CompareArgs {
    /// A scenario to measure, with --topology; or runs that were saved; or one comparison that was saved.
    #[arg(required = true, value_name = "SCENARIO|RUN")]
    pub(crate) what: Vec<String>,
    /// A topology's name or its TOML file; the others are compared with the first.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) topology: Vec<String>,
    /// The size of each server in cores, the same for all stacks, e.g. 0.4 [default: each topology's own].
    #[arg(long, value_name = "CORES", requires = "topology")]
    pub(crate) server_cpus: Option<f64>,
    /// How the servers are reached.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) network: NetworkArg,
    /// How many rounds the stacks take turns in [default: 16; the fewest that can tell with --quick].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=400))]
    pub(crate) rounds: Option<u32>,
    /// What becomes of a stack while others have their turns [default: frozen where all fit in memory, else removed].
    #[arg(long, value_enum, requires = "topology")]
    pub(crate) waiting: Option<WaitingArg>,
    /// A quick search for each, nothing proved, and few rounds.
    #[arg(long)]
    pub(crate) quick: bool,
    /// How arrivals are spaced.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) arrivals: ArrivalsArg,
    /// What everything random comes from [default: a new one, printed in the report].
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What the users are promised [default: the scenario's].
    #[arg(long, value_name = "SLO")]
    pub(crate) slo: Vec<SloTerm>,
    /// The folder that runs and comparisons are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) out: PathBuf,
    /// What is printed.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = format_parser())]
    pub(crate) format: ComparisonFormat,
    /// Print the JSON document to stdout, and nothing else there.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

/// What becomes of a stack while others have their turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WaitingArg {
    /// It runs on, and nothing is asked of it.
    Resting,
    /// Its processes are frozen: it costs no CPU and keeps its memory.
    Frozen,
    /// It is removed, and started and warmed up for each turn: needs memory for one stack only, and takes longer.
    Removed,
}

impl From<WaitingArg> for Waiting {
    fn from(arg: WaitingArg) -> Self {
        match arg {
            WaitingArg::Resting => Self::Resting,
            WaitingArg::Frozen => Self::Frozen,
            WaitingArg::Removed => Self::Removed,
        }
    }
}

fn format_parser() -> impl TypedValueParser<Value = ComparisonFormat> {
    PossibleValuesParser::new(ComparisonFormat::ALL.map(ComparisonFormat::name))
        .try_map(|name| name.parse::<ComparisonFormat>())
}

const PLAN_EXAMPLES: &str = "\
Examples:
  redline plan --sessions-per-hour 200000 latest
  redline plan --users 5000 --growth 1.5 --headroom 30% single-run balanced-run
  redline plan --requests 800/s --survive 1 --prices prices.toml RUN";

/// What is to be carried, and what was measured.
#[derive(Debug, Args)]
#[command(after_help = PLAN_EXAMPLES, after_long_help = format!("{PLAN_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct PlanArgs {
    /// Runs that were saved, best one of each topology: a folder, its run.json, its name, or `latest`.
    #[arg(required = true, value_name = "RUN")]
    pub(crate) runs: Vec<String>,
    /// Sessions an hour, at the busiest time.
    #[arg(long, value_name = "N", group = "traffic", required_unless_present_any = ["users", "requests"])]
    pub(crate) sessions_per_hour: Option<f64>,
    /// Shoppers at once, who think as long as the scenario's do (closed model).
    #[arg(long, value_name = "N", group = "traffic")]
    pub(crate) users: Option<f64>,
    /// Requests a second.
    #[arg(long, value_name = "RATE", group = "traffic")]
    pub(crate) requests: Option<Rate>,
    /// By how much the traffic is to grow: 1.5 is half as much again.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub(crate) growth: f64,
    /// The share of the sustainable load that stays free.
    #[arg(long, value_name = "SHARE", default_value = "30%")]
    pub(crate) headroom: Share,
    /// So many application servers may be lost, and the others still carry it all.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) survive: u32,
    /// What servers cost: a TOML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) out: PathBuf,
    /// Print the plan as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
