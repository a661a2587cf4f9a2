//! A component that does not come up.

use redline_stack::{NetworkChoice, RunId, Stack, StackError, topology::ProcessManager, topology::Settings};

use crate::{is_there, options, single, skipped};

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_ends_is_one_sentence_with_its_log_and_leaves_nothing() {
    if skipped("failing component") {
        return;
    }
    let mut topology = single();
    for component in &mut topology.servers[0].components {
        if let Settings::Php(php) = &mut component.settings {
            // Reading the file would refuse it.
            php.pm = ProcessManager::Dynamic;
            php.min_spare_servers = 9;
            php.max_spare_servers = 3;
        }
    }
    let run = RunId::random();
    let error = Stack::start(&topology, options(&run, NetworkChoice::Automatic), &|_| {}).await.unwrap_err();
    let text = error.to_string();
    println!("{text}");
    assert!(matches!(error, StackError::NotReady { .. }), "{text}");
    assert!(text.starts_with("server/php was not ready after"), "{text}");
    assert!(text.contains("exit code") && text.contains("pm.") && text.contains("spare_servers"), "{text}");
    assert!(!is_there(&run).await);
}
