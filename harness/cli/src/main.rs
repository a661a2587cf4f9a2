//! The `redline` binary: arguments → plan → run → verdict → exit code.

mod args;
mod baselines;
mod browser;
mod caches;
mod commands;
mod compare;
mod conclude;
mod dashboard;
mod driver;
mod environment;
mod exit;
mod faults;
mod gate;
mod interrupt;
mod intervene;
mod journal;
mod live;
mod loopback;
mod lost_log;
mod measure;
mod otlp;
mod pairs;
mod plan;
mod progress;
mod proof;
mod report;
mod restated;
mod run;
mod site;
mod stages;
mod target;
mod trends;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use redline_scenarios as _;

use crate::{
    args::{Cli, Command, DocumentArg, ReportArgs, ReportCommand},
    exit::{Ended, Failure},
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        // These are processes of their own with one purpose; they need none of what follows.
        Command::ModelServer => return redline_model_server::run(),
        Command::Worker => return redline_load::worker::run(redline_load::find),
        Command::Guard { run } => return exit::code(&guard(&run)),
        _ => {}
    }
    log_to_stderr(cli.verbose);
    exit::code(&dispatch(cli.command))
}

fn dispatch(command: Command) -> Result<Ended, Failure> {
    match command {
        Command::Scenario(args) => in_runtime(run::scenario(*args)),
        Command::Fault(command) => in_runtime(commands::fault::work(command)),
        Command::Deploy(args) => in_runtime(async { run::measured_run(faults::check_deploy(*args)?).await }),
        Command::Compare(args) => in_runtime(compare::compare(*args)),
        Command::Plan(args) => commands::plan::plan(&args),
        Command::Gate(args) => in_runtime(gate::gate(*args)),
        Command::Baseline(args) => commands::baseline::keep(&args),
        Command::Trend(args) => commands::trend::show(&args),
        Command::List => commands::list::show(),
        Command::Stack(command) => in_runtime(commands::stack::work(command)),
        Command::Doctor => in_runtime(commands::doctor::examine()),
        Command::Clean { images, runs } => in_runtime(commands::clean::remove(images, runs)),
        Command::Report(ReportArgs { command: Some(ReportCommand::Serve(args)), .. }) => {
            in_runtime(commands::serve::serve(args))
        }
        Command::Report(args) => commands::report::write(&args),
        Command::Schema { document: DocumentArg::Run } => {
            print(&redline_reports::schema().map_err(anyhow::Error::from)?)
        }
        Command::Schema { document: DocumentArg::Comparison } => {
            print(&redline_reports::comparison_schema().map_err(anyhow::Error::from)?)
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "redline", &mut std::io::stdout());
            Ok(Ended::Fine)
        }
        Command::Worker | Command::ModelServer | Command::Guard { .. } => Ok(Ended::Fine),
    }
}

fn guard(run: &str) -> Result<Ended, Failure> {
    let run = run.parse().map_err(Failure::usage)?;
    redline_stack::run_guard(&run)?;
    Ok(Ended::Fine)
}

/// Runs `work` on a small runtime: this process waits and counts, the load is elsewhere.
fn in_runtime(work: impl Future<Output = Result<Ended, Failure>>) -> Result<Ended, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        // Probes and a worker's lines are read on these threads; they share CPUs with the generator and
        // must not delay it. This thread stays as it is: what it starts inherits from it.
        .on_thread_start(redline_load::yield_to_all)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

/// Prints `text` to stdout; a reader that went away is no error.
pub(crate) fn print(text: &str) -> Result<Ended, Failure> {
    use std::io::Write as _;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::from(e).context("writing to stdout").into())
        }
        _ => Ok(Ended::Fine),
    }
}

/// The second Ctrl-C.
pub(crate) fn end_at_once(code: i32) -> ! {
    std::process::exit(code)
}

fn log_to_stderr(verbose: bool) {
    use std::io::IsTerminal as _;
    let default = if verbose { "redline=debug,redline_stack=debug,redline_load=debug" } else { "off" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour).init();
}
