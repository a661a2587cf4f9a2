//! Everything that can be broken, broken and mended on stacks that run, with the data intact.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redline_model::{Availability, Deploy, Fault, FaultKind, FaultWindow, Mono};
use redline_stack::{
    NetworkChoice, NetworkKind, RunId, Stack, StackError, guard, stacks,
    topology::{MysqlEngine, Settings},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    alone, is_there, options, single, skipped, start,
    visits::{nginx, visitors},
};

const WITHIN: Duration = Duration::from_secs(30);

fn fault(text: &str) -> Fault {
    text.parse().unwrap()
}

/// What Docker's own command line says, so that the tests do not believe the code that they test.
fn docker(args: &[&str]) -> String {
    let done = std::process::Command::new("docker").args(args).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)).trim().to_string()
}

async fn container(run: &RunId, component: &str) -> String {
    let all = stacks().await.unwrap();
    let stack = all.iter().find(|stack| &stack.run == run).unwrap();
    stack.components.iter().find(|c| c.component.as_str() == component).unwrap().container.clone()
}

/// How many orders there are, and their sum.
async fn orders(run: &RunId) -> String {
    let sql = "SELECT COUNT(*), SUM(total_cents), MAX(uuid) FROM orders";
    let mysql = container(run, "mysql").await;
    docker(&[
        "exec",
        &mysql,
        "mysql",
        "--no-defaults",
        "-uroot",
        "-S",
        "/run/mysqld/mysqld.sock",
        "-N",
        "-e",
        sql,
        "shop",
    ])
}

/// Breaks it, looks at it, mends it, and sees that everything is whole.
async fn broken_and_mended<F: Future<Output = ()>>(
    stack: &Stack,
    text: &str,
    meanwhile: impl FnOnce() -> F,
) -> FaultWindow {
    let injected = stack.inject(&fault(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    let seen = injected.window().clone();
    assert!(seen.asked <= seen.injected, "{text}: {seen:?}");
    meanwhile().await;
    let before_clear = Mono::now();
    let window = injected.clear().await.unwrap_or_else(|error| panic!("{text}: {error}"));
    let (lifted, cleared) = (window.lifted.unwrap(), window.cleared.unwrap());
    assert!(window.injected <= lifted && lifted <= cleared, "{text}: {window:?}");
    // What ends by itself has an end that does not wait for somebody to ask.
    assert_eq!(lifted < before_clear, text.starts_with("restart") || text.starts_with("reset"), "{text}: {window:?}");
    let ms = |span: Duration| span.as_secs_f64() * 1e3;
    println!(
        "{text}: injected after {:.1} ms, answered {:.1} ms after it was lifted: {}",
        ms(window.injected.since(window.asked)),
        ms(cleared.since(lifted)),
        window.evidence
    );
    stack.whole_again(WITHIN).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    window
}

/// Nothing that has to be seen while it is broken.
async fn nothing() {}

async fn available(stack: &Stack) -> Vec<Fault> {
    let choices = stack.fault_choices().await;
    assert_eq!(choices.len(), FaultKind::ALL.len() * single().fault_targets().len());
    let mut available = Vec::new();
    for choice in choices {
        match choice.available {
            Availability::Available => available.push(choice.fault),
            Availability::NotAvailable { reason } => {
                assert!(!reason.is_empty());
                let refused = stack.inject(&choice.fault).await.unwrap_err();
                assert!(matches!(refused, StackError::FaultNotAvailable { .. }), "{}: {refused}", choice.fault);
            }
        }
    }
    available
}

async fn everything(stack: &Stack, network: NetworkChoice) {
    let before_the_start = redline_stack::fault_choices(&single(), network).await.unwrap();
    for (planned, found) in before_the_start.into_iter().zip(stack.fault_choices().await) {
        // Whose CPUs a bridge's servers use is seen only when they run.
        if planned.fault.to_string() != "slow server" {
            assert_eq!(planned, found);
        }
    }
    stack.verify(&|_| {}).await.unwrap();
    let before = orders(stack.run()).await;
    let count: u64 = before.split_whitespace().next().and_then(|count| count.parse().ok()).unwrap_or(0);
    assert!(count > 0, "{before}");
    for fault in available(stack).await {
        let text = fault.to_string();
        broken_and_mended(stack, &text, || async {
            if !matches!(fault.kind, FaultKind::Restart | FaultKind::Reset | FaultKind::Slow | FaultKind::Bandwidth) {
                let broken = stack.whole_again(Duration::from_millis(1500)).await;
                let harmless = fault.kind == FaultKind::TableLock || fault.kind == FaultKind::DiskFull;
                assert!(broken.is_err() || harmless, "{text} broke nothing");
            }
        })
        .await;
        assert_eq!(orders(stack.run()).await, before, "{text} lost data");
    }
    stack.verify(&|_| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_loopback_everything_that_breaks_is_whole_again_with_its_data() {
    if skipped("faults on loopback") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    everything(&stack, NetworkChoice::Automatic).await;
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_bridge_everything_that_breaks_is_whole_again_with_its_data() {
    if skipped("faults on a bridge") {
        return;
    }
    let _turn = alone().await;
    let bridge = NetworkChoice::Forced(NetworkKind::Bridge);
    let stack = start(bridge).await;
    let run = stack.run().clone();
    everything(&stack, bridge).await;
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

/// What is broken when redline dies goes with everything else.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_when_its_parent_dies_is_removed() {
    if skipped("guard with faults") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    let mut injected = Vec::new();
    for text in ["pause nginx", "cut-off dns", "table-lock mysql", "slow server"] {
        match stack.inject(&fault(text)).await {
            Ok(fault) => injected.push(fault),
            Err(StackError::FaultNotAvailable { reason, .. }) => println!("{text}: left out: {reason}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
    let (mut parent, pipe) = tokio::io::duplex(64);
    parent.write_all(b"not the word\n").await.unwrap();
    drop(parent);
    guard(&run, pipe).await.unwrap();
    assert!(!is_there(&run).await);
    let label = format!("label=redline={run}");
    assert_eq!(docker(&["ps", "-aq", "--filter", &label]), "");
    // A process that died has closed everything; here dropping does.
    drop(injected);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_component_is_broken_the_stack_is_not_whole_and_says_why() {
    if skipped("not whole") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    let injected = stack.inject(&fault("pause php")).await.unwrap();
    let error = stack.whole_again(WITHIN).await.unwrap_err();
    assert!(error.to_string().contains("server/php is paused"), "{error}");
    injected.clear().await.unwrap();
    broken_and_mended(&stack, "kill nginx", nothing).await;
    let slowed = broken_and_mended(&stack, "slow server", || tokio::time::sleep(Duration::from_millis(500))).await;
    // A fifth is left; on a busy machine the threads find a little more or less.
    let kept = |tens: &str| slowed.evidence.contains(&format!("server kept {tens}"));
    assert!(kept("1") || kept("2"), "{}", slowed.evidence);
    a_kept_connection_is_reset(&stack).await;
    // Probes read a component that was started again.
    let mut sampler = stack.sampler();
    loop {
        let sample = sampler.next().await.unwrap();
        if sample.component == "nginx" && sample.cpu.is_some() {
            break;
        }
    }
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

/// A browser that keeps its connection is told at once.
async fn a_kept_connection_is_reset(stack: &Stack) {
    let mut kept = TcpStream::connect(nginx(stack.run()).await).await.unwrap();
    kept.write_all(b"GET /.redline/204 HTTP/1.1\r\nHost: www.foobar.com\r\nX-Redline: test\r\n\r\n").await.unwrap();
    let mut answer = [0; 4096];
    assert!(kept.read(&mut answer).await.unwrap() > 0);
    let window = broken_and_mended(stack, "reset nginx", nothing).await;
    assert!(window.evidence.contains("closed 1 connections"), "{}", window.evidence);
    let error = kept.read(&mut answer).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

/// The moments are those at which visitors fail and are served again, also where the stack is busy.
#[tokio::test(flavor = "multi_thread")]
async fn under_visits_failures_lie_in_the_window_that_was_seen() {
    if skipped("faults under visits") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    let nginx = nginx(&run).await;
    let texts = [
        "kill nginx",
        "kill php",
        "kill mysql",
        "stop php",
        "pause php",
        "cut-off nginx",
        "out-of-memory php",
        "connections mysql",
        "restart nginx",
        "kill server",
    ];
    for text in texts {
        let stop = Arc::new(AtomicBool::new(false));
        let visits = visitors(nginx, 4, &stop);
        let window = broken_and_mended(&stack, text, || tokio::time::sleep(Duration::from_millis(500))).await;
        stop.store(true, Ordering::SeqCst);
        let (mut failed, mut longest) = (0, Duration::ZERO);
        let mut ends: Option<(Mono, Mono)> = None;
        let slack = Duration::from_millis(100);
        let cleared = window.cleared.unwrap();
        for visitor in visits {
            for (asked, took, version) in visitor.await.unwrap() {
                longest = longest.max(took);
                if version.is_none() {
                    failed += 1;
                    let ended = asked.plus(took);
                    let (first, last) = ends.unwrap_or((ended, asked));
                    ends = Some((first.min(ended), last.max(asked)));
                    assert!(ended >= window.asked, "{text}: a failure before it was asked for: {window:?}");
                    assert!(asked <= cleared.plus(slack), "{text}: a failure after all was well: {asked:?} {window:?}");
                }
            }
        }
        println!("{text}: {failed} visits failed, the longest took {} ms", longest.as_millis());
        if let Some((first, last)) = ends {
            let ms = |to: Mono, from: Mono| (to.0 as f64 - from.0 as f64) / 1e6;
            println!(
                "{text}: the first failed {:.1} ms after the fault was seen, the last {:.1} ms after it was seen to be over",
                ms(first, window.injected),
                ms(last, cleared)
            );
        }
        // What is frozen or cut off for half a second fails nobody who waits for two.
        assert!(failed > 0 || longest >= Duration::from_millis(400), "{text}: nobody noticed");
    }
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

/// The other engine has another client and other words for the same.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "builds the image of a second database, which takes minutes"]
async fn on_mariadb_the_databases_own_faults_and_changes_work() {
    if skipped("faults on MariaDB") {
        return;
    }
    let _turn = alone().await;
    let mut topology = single();
    for component in &mut topology.servers[0].components {
        if let Settings::Mysql(mysql) = &mut component.settings {
            mysql.engine = MysqlEngine::Mariadb;
        }
    }
    let run = RunId::random();
    let stack = Stack::start(&topology, options(&run, NetworkChoice::Automatic), &|_| {}).await.unwrap();
    stack.verify(&|_| {}).await.unwrap();
    for text in ["kill mysql", "table-lock mysql", "connections mysql", "out-of-memory mysql"] {
        broken_and_mended(&stack, text, nothing).await;
    }
    for (how, version) in [(Deploy::SchemaLock, "2"), (Deploy::SchemaOnline, "3")] {
        println!("{:?}", stack.deploy(how, version).await.unwrap());
    }
    stack.verify(&|_| {}).await.unwrap();
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}
