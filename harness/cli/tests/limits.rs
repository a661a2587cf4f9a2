//! The real stack with one limit that is known: is it found, and named with the status that it deserves?
//!
//! Minutes each, and only a quiet machine gives an answer, so it is asked for by name:
//! `cargo test --release -p redline --test limits -- --ignored --nocapture --test-threads 1`

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::PathBuf;

use support::{finish, folder, only_run, redline};

/// What one run found.
struct Found {
    component: String,
    resource: String,
    status: String,
    /// Pages a second that succeeded at saturation.
    text: String,
    pages: f64,
}

fn run(topology: &str) -> Found {
    let out = folder();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../stack/tests/limits").join(topology);
    let (_, _, stderr) = finish(
        redline()
            .args(["scenario", "checkout", "--only", "capacity", "--topology"])
            .arg(&file)
            .arg("--out")
            .arg(out.path()),
    );
    let text = std::fs::read_to_string(only_run(out.path()).join("run.json")).expect(&stderr);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let verdict = &report["verdict"];
    let bottleneck = &verdict["bottleneck"];
    println!("{topology}: {}\n{bottleneck:#}", verdict["sentence"]);
    let word = |key: &str| bottleneck[key].as_str().unwrap_or("none").to_owned();
    let driven = report["trials"].as_array().unwrap().iter().filter(|t| t["spec"]["purpose"] == "overdrive");
    let succeeded = |t: &serde_json::Value| {
        let pages = t["steps"].as_array()?.iter().filter_map(|s| s["outcomes"]["ok"].as_f64()).sum::<f64>();
        Some(pages / (t["to"].as_f64()? - t["from"].as_f64()?))
    };
    let pages: Vec<f64> = driven.filter_map(succeeded).collect();
    Found {
        component: word("component"),
        resource: word("resource"),
        status: word("status"),
        pages: pages.iter().sum::<f64>() / pages.len().max(1) as f64,
        text: verdict["sentence"].to_string(),
    }
}

fn is(found: &Found, component: &str, resource: &str, status: &str) {
    let seen = (found.component.as_str(), found.resource.as_str(), found.status.as_str());
    assert_eq!(seen, (component, resource, status), "{}", found.text);
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_pool_that_waits() {
    let found = run("pool.toml");
    is(&found, "php", "pool", "confirmed");
    println!("pages/s: {:.1} of 40 at most", found.pages);
    assert!(found.pages < 40.0);
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_row_that_every_page_wants() {
    let found = run("lock.toml");
    // No lever reaches how long a transaction holds a row: with the others ruled out it stays suspected.
    is(&found, "mysql", "row-locks", "suspected");
    println!("pages/s: {:.1} of 100 at most", found.pages);
    assert!(found.pages < 100.0);
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_database_without_connections() {
    let found = run("connections.toml");
    // No lever gives back a connection that a child keeps: it stays suspected.
    is(&found, "mysql", "connections", "suspected");
    println!("pages/s: {:.1} of 50 at most", found.pages);
    assert!((20.0..=50.0).contains(&found.pages));
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_cpu_quota() {
    let found = run("quota.toml");
    is(&found, "php", "cpu-quota", "confirmed");
    println!("pages/s: {:.1} of 100 at most", found.pages);
    assert!(found.pages < 100.0);
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_limit_on_the_rate_of_pages() {
    let found = run("rate.toml");
    // No lever reaches it without a reload of Nginx: it stays suspected.
    is(&found, "nginx", "rate-limit", "suspected");
    println!("pages/s: {:.1} of 100 at most", found.pages);
    // Some steps of a session are no pages of PHP.
    assert!((85.0..=125.0).contains(&found.pages));
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn a_buffer_pool_on_a_slow_disk() {
    let found = run("disk.toml");
    // No lever makes a disk faster, and resizing the pool is a load of its own: it stays suspected.
    is(&found, "mysql", "buffer-pool", "suspected");
}

#[test]
#[ignore = "minutes on a quiet machine"]
fn two_limits_at_once() {
    let found = run("two.toml");
    // Which of the two is named first is chance.
    assert_eq!((found.component.as_str(), found.status.as_str()), ("php", "joint"), "{}", found.text);
}
