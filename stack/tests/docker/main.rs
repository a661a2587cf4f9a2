//! The real thing: containers that start, answer, are measured and leave nothing behind.
//!
//! `REDLINE_SKIP_DOCKER=1` skips them, with a line that says so.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod balanced;
mod caches;
mod deploys;
mod failing;
mod faults;
mod fit;
mod guarded;
mod killed;
mod networks;
mod single;
mod swept;
mod visits;

use redline_stack::{NetworkChoice, RunId, Stack, StartOptions, Topology, stacks, topology::find};

/// Whether Docker tests are to be left out; says so.
fn skipped(name: &str) -> bool {
    let skip = std::env::var("REDLINE_SKIP_DOCKER").is_ok_and(|value| value == "1");
    if skip {
        println!("{name}: skipped, REDLINE_SKIP_DOCKER=1");
    }
    skip
}

fn single() -> Topology {
    find("single").unwrap()
}

fn options(run: &RunId, network: NetworkChoice) -> StartOptions {
    swept::when_it_fails(run);
    StartOptions { run: run.clone(), network, ..StartOptions::default() }
}

async fn start(network: NetworkChoice) -> Stack {
    let run = RunId::random();
    Stack::start(&single(), options(&run, network), &|event| println!("{event}")).await.unwrap()
}

/// Whether anything of a run is there.
async fn is_there(run: &RunId) -> bool {
    let left = redline_stack::clean_run(run).await.unwrap();
    left.count() > 0 || stacks().await.unwrap().iter().any(|stack| &stack.run == run)
}

/// Tests that break things, or look at how long something takes, take turns.
async fn alone() -> tokio::sync::MutexGuard<'static, ()> {
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    TURN.lock().await
}
