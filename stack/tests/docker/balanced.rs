//! Several servers: each has its share, a balancer saves visitors from a dead one, and a rolling deployment fails nobody.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redline_model::{Deploy, Fault, Mono, ProbeReading};
use redline_stack::{NetworkChoice, NetworkKind, RunId, Stack, topology::find};

use crate::{
    alone, is_there, options, skipped,
    visits::{Seen, component, visitors},
};

async fn start(network: NetworkChoice) -> Stack {
    let run = RunId::random();
    Stack::start(&find("balanced").unwrap(), options(&run, network), &|event| println!("{event}")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_behind_a_balancer_carry_on_when_one_dies() {
    if skipped("balanced") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();
    stack.verify(&|event| println!("{event}")).await.unwrap();
    each_server_has_its_share(&stack).await;
    all_are_read(&stack).await;
    both_logs_are_counted(&stack).await;
    its_limits_can_be_lifted(&stack).await;
    it_can_wait_frozen(&stack).await;
    one_dies(&stack).await;
    a_rolling_deployment_fails_nobody(&stack).await;
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
    let left =
        ["/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/memory"].map(|tree| format!("{tree}/redline-{run}"));
    assert!(left.iter().all(|folder| !Path::new(folder).exists()), "{left:?}");
}

async fn each_server_has_its_share(stack: &Stack) {
    let intended = stack.intended_sizes();
    let servers = stack.fingerprint_servers().await;
    assert_eq!(servers.iter().map(|s| s.server.as_str()).collect::<Vec<_>>(), ["db", "lb", "ns", "web1", "web2"]);
    for server in &servers {
        let (cpus, memory) = intended[&server.server];
        assert!((server.cpus - cpus).abs() < 1e-3 && server.memory == memory, "{server:?}");
    }
    let names: BTreeSet<_> = servers.iter().flat_map(|s| &s.components).map(|c| c.component.as_str()).collect();
    let expected = ["balancer", "dns", "mysql", "nginx@web1", "nginx@web2", "php@web1", "php@web2"];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
}

/// Every component and every server's share has a reading of its own.
async fn all_are_read(stack: &Stack) {
    let mut sampler = stack.sampler();
    let mut seen = BTreeSet::new();
    // Seven components, five servers, the machine.
    while seen.len() < 13 {
        let sample = sampler.next().await.unwrap();
        assert!(!matches!(sample.reading, ProbeReading::Silent { .. }), "{sample:?}");
        match &sample.reading {
            ProbeReading::None => continue,
            ProbeReading::Balancer(balancer) => assert_eq!((balancer.servers, balancer.servers_up), (2, 2)),
            ProbeReading::Server(server) => assert!(server.cpus > 0.05 && server.cpus < 0.3, "{sample:?}"),
            _ => {}
        }
        seen.insert(sample.component);
    }
}

/// Neither alone has all that the verification asked for.
async fn both_logs_are_counted(stack: &Stack) {
    let folder = tempfile::tempdir().unwrap();
    let log = stack.access_log(Some(folder.path())).await.unwrap();
    assert_eq!(log["verify"].lines, 16, "{log:?}");
    for server in ["web1", "web2"] {
        assert!(folder.path().join(format!("{server}-access.log.gz")).metadata().unwrap().len() > 100);
    }
}

/// What the generator is measured against is all that the CPUs can do, and then each has its share again.
async fn its_limits_can_be_lifted(stack: &Stack) {
    assert_eq!(stack.lift_limits().await.unwrap(), ["db", "lb", "ns", "web1", "web2"]);
    let servers = stack.fingerprint_servers().await;
    assert!(servers.iter().all(|server| (server.cpus - 1.0).abs() < 1e-3), "{servers:?}");
    stack.restore_limits().await.unwrap();
    each_server_has_its_share(stack).await;
}

/// Nobody answers while it waits, and everybody when it goes on, however long the health checks had no answer.
async fn it_can_wait_frozen(stack: &Stack) {
    stack.freeze().await.unwrap();
    stack.freeze().await.unwrap();
    let frozen = stack.whole_again(Duration::from_millis(200)).await.unwrap_err().to_string();
    assert!(frozen.contains("is paused"), "{frozen}");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let began = Mono::now();
    stack.thaw(Duration::from_secs(20)).await.unwrap();
    println!("whole {:?} after it was let go on", Mono::now().since(began));
    let (seen, ()) = visited(stack, tokio::time::sleep(Duration::from_secs(1))).await;
    assert_eq!(failed(&seen), 0, "of {}", seen.len());
}

async fn visited<T>(stack: &Stack, meanwhile: impl Future<Output = T>) -> (Seen, T) {
    let balancer = component(stack.run(), "balancer").await;
    let stop = Arc::new(AtomicBool::new(false));
    let visitors = visitors(balancer, 4, &stop);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let done = meanwhile.await;
    stop.store(true, Ordering::SeqCst);
    let mut all = Seen::new();
    for visitor in visitors {
        all.extend(visitor.await.unwrap());
    }
    (all, done)
}

fn failed(seen: &Seen) -> usize {
    seen.iter().filter(|(_, _, version)| version.is_none()).count()
}

async fn one_dies(stack: &Stack) {
    let broken = async {
        let injected = stack.inject(&Fault::named("kill", "web1").unwrap()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        injected.clear().await.unwrap()
    };
    let (seen, window) = visited(stack, broken).await;
    println!("{window:?}; {} of {} visits failed", failed(&seen), seen.len());
    assert!(failed(&seen) * 100 <= seen.len(), "{} of {}", failed(&seen), seen.len());
    stack.whole_again(Duration::from_secs(20)).await.unwrap();
    let lifted = window.lifted.unwrap_or_else(Mono::now);
    assert!(seen.iter().any(|(asked, _, version)| *asked > window.injected && *asked < lifted && version.is_some()));
}

async fn a_rolling_deployment_fails_nobody(stack: &Stack) {
    let (seen, window) = visited(stack, stack.deploy(Deploy::Rolling, "2.0-rolling")).await;
    let window = window.unwrap();
    println!("{window:?}; {} of {} visits failed", failed(&seen), seen.len());
    assert_eq!(failed(&seen), 0, "of {}", seen.len());
    assert!(seen.iter().any(|(_, _, version)| version.as_deref() == Some("2.0-rolling")));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_work_on_the_portable_network() {
    if skipped("balanced on a bridge") {
        return;
    }
    let _turn = alone().await;
    let stack = start(NetworkChoice::Forced(NetworkKind::Bridge)).await;
    let run = stack.run().clone();
    stack.verify(&|event| println!("{event}")).await.unwrap();
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}
