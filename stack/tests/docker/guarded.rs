//! The guard.

use redline_stack::{NetworkChoice, guard, stacks};
use tokio::io::AsyncWriteExt;

use crate::{is_there, skipped, start};

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_died_leaves_nothing_and_one_that_disarmed_keeps_all() {
    if skipped("guard") {
        return;
    }
    let stack = start(NetworkChoice::Automatic).await;
    let run = stack.run().clone();

    let (mut parent, pipe) = tokio::io::duplex(64);
    parent.write_all(b"disarm\n").await.unwrap();
    guard(&run, pipe).await.unwrap();
    assert!(stacks().await.unwrap().iter().any(|stack| stack.run == run));

    let (parent, pipe) = tokio::io::duplex(64);
    drop(parent);
    let started = std::time::Instant::now();
    guard(&run, pipe).await.unwrap();
    assert!(started.elapsed().as_secs() < 10);
    assert!(!is_there(&run).await);
}
