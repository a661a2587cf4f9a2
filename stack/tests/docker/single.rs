//! The one-server stack from start to stop.

use std::collections::BTreeSet;

use redline_model::ProbeReading;
use redline_stack::{Lever, NetworkChoice, Sampler, Stack, listeners};

use crate::{is_there, skipped, start};

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_works_is_read_and_leaves_nothing() {
    if skipped("single") {
        return;
    }
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    let told = std::sync::Mutex::new(Vec::new());
    stack.verify(&|event| told.lock().unwrap().push(event.to_string())).await.unwrap();
    let told = told.into_inner().unwrap().join("\n");
    assert!(told.contains("scripts of the shop in its opcode cache"), "{told}");
    assert_eq!(stack.count_orders().await.unwrap(), 0, "the order of the verification is not counted");

    only_loopback_listens();
    is_read(&stack).await;
    is_what_it_was_meant_to_be(&stack).await;
    can_be_made_scarce(&stack).await;
    counts_its_log(&stack).await;
    can_be_attached_to(&stack).await;

    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

/// The ports of our components are open on loopback addresses and on no other.
fn only_loopback_listens() {
    let ours = [53, 80, 3306, 8081, 9000, 9001, 33060];
    let off: Vec<_> = listeners()
        .into_iter()
        .filter(|listener| ours.contains(&listener.address.port()) && !listener.address.ip().is_loopback())
        .collect();
    assert_eq!(off, []);
}

async fn is_read(stack: &Stack) {
    let mut sampler = stack.sampler();
    let mut kinds = BTreeSet::new();
    while kinds.len() < 5 {
        let sample = sampler.next().await.unwrap();
        println!("{sample:?}");
        assert!(!matches!(sample.reading, ProbeReading::Silent { .. }), "{sample:?}");
        assert!(sample.component == "host" || sample.cpu.is_some(), "{sample:?}");
        if sample.reading != ProbeReading::None {
            kinds.insert(sample.component);
        }
    }
    assert_eq!(sampler.lost(), 0);
}

async fn is_what_it_was_meant_to_be(stack: &Stack) {
    let servers = stack.fingerprint_servers().await;
    let server = &servers[0];
    println!("{server:#?}");
    let intended = stack.intended_sizes()[&server.server];
    assert_eq!((server.cpus, server.memory), intended);
    for component in &server.components {
        assert!(component.version.contains('.'), "{component:?}");
        assert!(component.settings.keys().all(|key| !key.contains("password")));
    }
}

/// PHP-FPM itself tells that a quarter of its pool is busy while it is held, and that it is free again after.
async fn can_be_made_scarce(stack: &Stack) {
    let mut levers = stack.levers();
    assert_eq!(levers.iter().map(Lever::resource).collect::<Vec<_>>(), ["cpu", "pool"]);
    let mut sampler = stack.sampler();
    let pool = levers.last_mut().unwrap();
    pool.pull().await.unwrap();
    while busy(&mut sampler).await != 4 {}
    assert!((pool.release().await.unwrap() - 0.75).abs() < 1e-9);
    while busy(&mut sampler).await != 0 {}
}

async fn busy(sampler: &mut Sampler) -> u64 {
    loop {
        if let ProbeReading::PhpFpm(pool) = sampler.next().await.unwrap().reading {
            return pool.busy;
        }
    }
}

async fn counts_its_log(stack: &Stack) {
    let folder = tempfile::tempdir().unwrap();
    let log = stack.access_log(Some(folder.path())).await.unwrap();
    println!("{log:#?}");
    // Asset, 7 pages, search, account; product, cart/add, cart, checkout, checkout, order.
    assert_eq!(log["verify"].lines, 16);
    assert_eq!(log["verify"].upstream_lines, 15);
    // Nginx rounds both to milliseconds, each by itself.
    assert!(log["verify"].request_time.0 + 0.001 * 15.0 >= log["verify"].upstream_time.0);
    assert!(folder.path().join("server-access.log.gz").metadata().unwrap().len() > 0);
    let files = stack.save_logs(&folder.path().join("logs")).await.unwrap();
    assert_eq!(files.len(), 4);
    let mysql = std::fs::read_to_string(folder.path().join("logs/server-mysql.log")).unwrap();
    assert!(mysql.contains("ready for connections"));
}

async fn can_be_attached_to(stack: &Stack) {
    let again = Stack::attach(stack.run()).await.unwrap();
    assert_eq!(again.target(), stack.target());
    assert_eq!(again.network(), stack.network());
    assert_eq!(again.count_orders().await.unwrap(), 0);
    let status = redline_stack::stacks().await.unwrap();
    let status = status.iter().find(|status| &status.run == stack.run()).unwrap();
    assert!(status.components.iter().all(|component| component.state.is_ok()), "{status:?}");
    assert_eq!(stack.how_to_open().len(), 4);
}
