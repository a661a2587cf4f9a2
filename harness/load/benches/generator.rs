//! What the generator can do: `cargo bench -p redline-load --bench generator`.
//!
//! After `--`, `throughput`, `lag` or `memory` measures only that.
//!
//! Requests a second on one core against a trivial server on another, through `Session` and recorder,
//! beside goose as it comes and, where it is installed, oha, in turn, several times; schedule lag; and
//! memory. All programs are this one, started again; load goes to 127.0.0.1 only.

mod support;

use std::{env, process::ExitCode};

use redline_load::{find, worker};
use support::{memory, peers, server, throughput};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("worker") => worker::run(find),
        Some("server") => server::serve(),
        Some("goose") => peers::goose(arguments.get(2).map_or("", String::as_str)),
        _ if arguments.iter().any(|argument| argument == "--bench") => shown(measure(&arguments)),
        // `cargo test --all-targets` only wants to know that it builds.
        _ => ExitCode::SUCCESS,
    }
}

/// Measures the parts that were named, or all.
fn measure(arguments: &[String]) -> Result<(), Failure> {
    let named = |part: &str| arguments.iter().any(|argument| argument == part);
    let all = !["throughput", "lag", "memory"].into_iter().any(named);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = server::Trivial::start()?;
    runtime.block_on(async {
        if all || named("throughput") {
            throughput::compare(&server).await?;
        }
        if all || named("lag") {
            throughput::lag(&server).await?;
        }
        if all || named("memory") {
            memory::compare(&server).await?;
        }
        Ok(())
    })
}

fn shown(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Any error: those of a benchmark are only shown.
type Failure = Box<dyn std::error::Error + Send + Sync>;
