//! The arguments of `redline gate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::PossibleValuesParser};

use crate::args::{EXIT_CODES, NetworkArg};

const EXAMPLES: &str = "\
Examples:
  redline gate ci/budgets/checkout.toml              run what the file says and judge its limits
  redline gate ci/budgets/checkout.toml --run latest judge a run that was saved
  redline gate --base main                           is what I have slower than main? (the shop and the stack)
  redline gate --base v1.4 --candidate HEAD          two revisions of this repository
  redline gate --base single --candidate ./mine.toml two topologies
  redline gate --base single --candidate php=my/php  the same with another image for one component";

/// What a candidate is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Metric {
    /// The most that is completed, each step counted by what it costs.
    Saturation,
    /// CPU time that a request takes of all components, at 70 % load.
    Cpu,
    /// The 95th percentile of the response times at 70 % load.
    P95,
    /// What each step's page takes by itself, at 20 % load: one that is slower fails the gate.
    Steps,
}

impl Metric {
    /// Those of a gate that was asked for none: what each page takes is looked at where one of these is worse.
    pub(crate) const USUAL: [Self; 3] = [Self::Saturation, Self::Cpu, Self::P95];

    /// Its name for the reader.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Saturation => "saturation throughput",
            Self::Cpu => "CPU time of a request",
            Self::P95 => "p95 at 70 % load",
            Self::Steps => "pages of the steps",
        }
    }
}

/// A gate: does a budget hold, or is a candidate slower than a base?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct GateArgs {
    /// A file of limits.
    #[arg(required_unless_present = "base", conflicts_with_all = ["base", "candidate"])]
    pub(crate) file: Option<PathBuf>,
    /// Judge this run instead of making one, repeatable: its folder, its run.json, its name, or `latest`.
    #[arg(long, value_name = "RUN", requires = "file", help_heading = "Budget")]
    pub(crate) run: Vec<String>,

    /// What the candidate is compared with: a git revision, a topology (name or file), or COMPONENT=IMAGE.
    #[arg(long, value_name = "REF|TOPOLOGY|IMAGE", help_heading = "Regression")]
    pub(crate) base: Option<String>,
    /// What is judged, in the same forms [default: the topology and the shop of this redline].
    #[arg(long, value_name = "REF|TOPOLOGY|IMAGE", requires = "base", help_heading = "Regression")]
    pub(crate) candidate: Option<String>,
    /// The topology that a revision or an image is measured on [default: single].
    #[arg(long, value_name = "NAME|FILE", requires = "base", help_heading = "Regression")]
    pub(crate) topology: Option<String>,
    /// The scenario (see `redline list`) [default: checkout].
    #[arg(long, value_name = "NAME", requires = "base", help_heading = "Regression")]
    pub(crate) scenario: Option<String>,
    /// What is compared, repeatable; fewer need less time and fewer pairs [default: saturation, cpu, p95].
    #[arg(long, value_enum, value_name = "METRIC", requires = "base", help_heading = "Regression")]
    pub(crate) metric: Vec<Metric>,
    /// At most so many pairs of slices.
    #[arg(long, value_name = "N", default_value = "40", value_parser = PossibleValuesParser::new(["10", "20", "40"]), help_heading = "Regression")]
    pub(crate) pairs: String,

    /// What everything random comes from [default: a new one, printed in the report].
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How the servers are reached.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) network: NetworkArg,
    /// What cannot be told is a failure, too (exit code 10).
    #[arg(long)]
    pub(crate) strict: bool,
    /// The folder that runs and gates are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) out: PathBuf,
    /// Print the JSON document to stdout, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which run becomes a baseline, and where it is kept.
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct BaselineArgs {
    /// The run: its folder, its run.json, its name in the folder of runs, or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) run: String,
    /// The folder of baselines, one file for each scenario, topology and class of machine.
    #[arg(long, value_name = "DIR", default_value = "ci/baselines")]
    pub(crate) dir: PathBuf,
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) runs: PathBuf,
}

/// Whose trend is shown.
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct TrendArgs {
    /// The folder that runs are saved in.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) runs: PathBuf,
}
