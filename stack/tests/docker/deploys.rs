//! New versions brought to a stack that is visited.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redline_model::{Deploy, Fault, Seconds};
use redline_stack::{NetworkChoice, RunId, Stack, StackError, topology::Settings};

use crate::{
    alone, is_there, options, single, skipped, start,
    visits::{Seen, nginx, visit, visitors},
};

/// Deploys under visits; gives how many visits there were, how many failed, and the longest wait.
async fn deploy_visited(stack: &Stack, how: Deploy, version: &str) -> (usize, usize, Duration) {
    let nginx = nginx(stack.run()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let visits = visitors(nginx, 6, &stop);
    while visit(nginx).await.is_none() {}
    let window = stack.deploy(how, version).await.unwrap_or_else(|error| panic!("{how}: {error}"));
    stop.store(true, Ordering::SeqCst);
    let mut all = Seen::new();
    for visitor in visits {
        all.extend(visitor.await.unwrap());
    }
    assert!(window.asked <= window.done, "{how}: {window:?}");
    if how.changes_code() {
        assert!(window.first_new.is_some_and(|first| window.asked <= first && first <= window.done), "{window:?}");
        let late = all.iter().filter(|(asked, _, seen)| *asked > window.done && seen.as_deref() != Some(version));
        assert_eq!(late.count(), 0, "{how}: something old after {window:?}");
    }
    let failed = all.iter().filter(|(_, _, version)| version.is_none()).count();
    let longest = all.iter().map(|(_, took, _)| *took).max().unwrap_or_default();
    println!(
        "{how}: {} ms; {} visits, {failed} failed, the longest took {} ms: {}",
        window.done.since(window.asked).as_millis(),
        all.len(),
        longest.as_millis(),
        window.evidence
    );
    (all.len(), failed, longest)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_deploy_brings_the_new_version_and_nothing_but() {
    if skipped("deployments") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    let nginx = nginx(&run).await;
    for (number, how) in Deploy::ALL.into_iter().filter(|how| *how != Deploy::Rolling).enumerate() {
        let version = format!("2.{number}.0");
        let (visits, failed, _) = deploy_visited(&stack, how, &version).await;
        assert!(visits > 0);
        // Only a stop refuses visitors; where nothing ends, nobody is turned away.
        assert_eq!(failed > 0, how == Deploy::SwapRestart, "{how}: {failed} of {visits} failed");
        stack.verify(&|_| {}).await.unwrap();
    }
    let same = stack.deploy(Deploy::Reload, "2.2.0").await.unwrap_err();
    assert!(same.to_string().contains("it is the present version already"), "{same}");
    let bad = stack.deploy(Deploy::Reload, "../../etc").await.unwrap_err();
    assert!(matches!(bad, StackError::Version(_)), "{bad}");
    // A version that was deployed is there after a crash as well.
    let crash = stack.inject(&"kill php".parse::<Fault>().unwrap()).await.unwrap();
    crash.clear().await.unwrap();
    assert_eq!(visit(nginx).await.as_deref(), Some("2.2.0"));
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

/// A reload cuts off what is being worked on, unless it is given time to finish.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_fails_requests_only_without_process_control_timeout() {
    if skipped("reloads") {
        return;
    }
    let _turn = alone().await;
    for (patience, cuts_off) in [(0.0, true), (10.0, false)] {
        let mut topology = single();
        for component in &mut topology.servers[0].components {
            if let Settings::Php(php) = &mut component.settings {
                php.process_control_timeout = Seconds(patience);
                // Long enough that some page is always being made.
                php.handicap.sleep = Seconds(0.2);
            }
        }
        let run = RunId::random();
        let stack = Stack::start(&topology, options(&run, NetworkChoice::Automatic), &|_| {}).await.unwrap();
        let (visits, failed, _) = deploy_visited(&stack, Deploy::Reload, "2.0.0").await;
        assert_eq!(failed > 0, cuts_off, "process_control_timeout {patience} s: {failed} of {visits} failed");
        stack.stop().await.unwrap();
        assert!(!is_there(&run).await);
    }
}
