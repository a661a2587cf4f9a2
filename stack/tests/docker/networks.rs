//! Both ways to reach a stack, and two stacks at once.

use redline_stack::{NetworkChoice, NetworkKind};

use crate::{is_there, skipped, start};

#[tokio::test(flavor = "multi_thread")]
async fn the_portable_network_works() {
    if skipped("bridge") {
        return;
    }
    let stack = start(NetworkChoice::Forced(NetworkKind::Bridge)).await;
    let run = stack.run().clone();
    assert_eq!(stack.network().0, NetworkKind::Bridge);
    stack.verify(&|event| println!("{event}")).await.unwrap();
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stacks_at_once_do_not_meet() {
    if skipped("two stacks") {
        return;
    }
    let (one, two) = tokio::join!(start(NetworkChoice::Automatic), start(NetworkChoice::Automatic));
    assert_ne!(one.target().resolve, two.target().resolve);
    let quiet = |_| {};
    let (first, second) = tokio::join!(one.verify(&quiet), two.verify(&quiet));
    first.unwrap();
    second.unwrap();
    one.stop().await.unwrap();
    two.verify(&quiet).await.unwrap();
    let run = two.run().clone();
    two.stop().await.unwrap();
    assert!(!is_there(&run).await);
}
