//! redline killed by SIGKILL in the middle of faults: its guard leaves nothing of them.
//!
//! The process that is killed and its guard are this very program, told by a variable to be them.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use redline_model::Fault;
use redline_stack::{NetworkChoice, NetworkKind, RunId, Stack, StackError, run_guard, spawn_guard_with};

use crate::{options, single, skipped};

const RUN: &str = "REDLINE_TEST_CHILD_RUN";
const FAULTS: &str = "REDLINE_TEST_CHILD_FAULTS";
const NETWORK: &str = "REDLINE_TEST_CHILD_NETWORK";
const BROKEN: &str = "everything is broken now";

fn docker(args: &[&str]) -> String {
    let done = Command::new("docker").args(args).output().unwrap();
    String::from_utf8_lossy(&done.stdout).trim().to_string()
}

/// Runs in the process that is killed; does nothing in a run of the tests.
#[tokio::test(flavor = "multi_thread")]
async fn as_a_child_it_breaks_things_and_waits() {
    let Ok(run) = std::env::var(RUN) else { return };
    let run: RunId = run.parse().unwrap();
    let exe = std::env::current_exe().unwrap();
    let _guard = spawn_guard_with(&exe, ["--exact", "killed::as_a_grandchild_it_is_the_guard"]).unwrap();
    let network = match std::env::var(NETWORK).unwrap().as_str() {
        "bridge" => NetworkChoice::Forced(NetworkKind::Bridge),
        _ => NetworkChoice::Automatic,
    };
    let stack = Stack::start(&single(), options(&run, network), &|_| {}).await.unwrap();
    let mut injected = Vec::new();
    for text in std::env::var(FAULTS).unwrap().split(',') {
        match stack.inject(&text.parse::<Fault>().unwrap()).await {
            Ok(fault) => injected.push(fault),
            Err(StackError::FaultNotAvailable { reason, .. }) => println!("{text}: left out: {reason}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
    println!("{BROKEN}");
    std::future::pending::<()>().await;
}

/// Runs in the guard's process; does nothing in a run of the tests.
#[test]
fn as_a_grandchild_it_is_the_guard() {
    let Ok(run) = std::env::var(RUN) else { return };
    run_guard(&run.parse().unwrap()).unwrap();
}

fn broken_and_killed(network: &str, faults: &[&str]) {
    let run = RunId::random();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::as_a_child_it_breaks_things_and_waits", "--nocapture"])
        .envs([(RUN, run.as_str()), (FAULTS, &faults.join(",")), (NETWORK, network)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said: Vec<_> = lines.by_ref().take_while(|line| !line.contains(BROKEN)).collect();
    println!("{said:?}");
    assert!(child.try_wait().unwrap().is_none(), "the child ended before it was killed: {faults:?}");
    child.kill().unwrap();
    child.wait().unwrap();

    let label = format!("label=redline={run}");
    let left = || {
        let lists = [["ps", "-aq"].as_slice(), &["volume", "ls", "-q"], &["network", "ls", "-q"]];
        lists.map(|list| docker(&[list, &["--filter", label.as_str()]].concat())).concat()
    };
    let killed = Instant::now();
    while !left().is_empty() {
        assert!(killed.elapsed() < Duration::from_secs(60), "left behind by {faults:?}: {}", left());
        std::thread::yield_now();
    }
    println!("{faults:?}: nothing left after {:.1} s", killed.elapsed().as_secs_f64());
    assert!(!tables_of_the_host().contains(run.as_str()), "{}", tables_of_the_host());
}

/// The packet filter's tables of this machine, if there is an image to ask with.
fn tables_of_the_host() -> String {
    let image = docker(&["images", "-q", "redline-tools"]);
    let Some(image) = image.lines().next() else { return String::new() };
    docker(&[
        "run",
        "--rm",
        "--network",
        "host",
        "--cap-drop",
        "ALL",
        "--cap-add",
        "NET_ADMIN",
        image,
        "nft",
        "list",
        "tables",
    ])
}

#[test]
fn killed_in_the_middle_of_faults_redline_leaves_nothing() {
    if skipped("killed in the middle of faults") {
        return;
    }
    assert!(Path::new("/proc/self").exists(), "this test is for Linux");
    broken_and_killed("loopback", &["kill php", "pause nginx", "cut-off dns", "table-lock mysql", "slow server"]);
    broken_and_killed("loopback", &["nxdomain dns", "disk-full php", "connections mysql", "slow nginx", "reset nginx"]);
    broken_and_killed("loopback", &["out-of-memory php", "dns-silence dns", "restart nginx", "cut-off mysql"]);
    broken_and_killed("bridge", &["bandwidth nginx", "delay nginx", "pause mysql", "cut-off php", "stop dns"]);
}
