//! The machine examined.

use redline_stack::{FindingState, doctor};

use crate::skipped;

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_runs_the_other_tests_is_found_fit() {
    if skipped("doctor") {
        return;
    }
    let findings = doctor().await;
    for finding in &findings {
        println!("{finding:?}");
        assert!(finding.state != FindingState::Fail, "{finding:?}");
        assert_eq!(finding.mend.is_empty(), finding.state == FindingState::Ok, "{finding:?}");
    }
    let names: Vec<_> = findings.iter().map(|finding| finding.name).collect();
    assert_eq!(names, ["docker", "base-image", "ports", "other-stacks", "disk", "cores", "memory", "quiet", "cache"]);
}
