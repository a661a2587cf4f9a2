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
    /// Pages a second at saturation, and the known limit.
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
    let pages: Vec<f64> = driven.filter_map(|t| t["steps_per_second"].as_f64()).collect();
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
fn a_cpu_quota() {
    let found = run("quota.toml");
    is(&found, "php", "cpu-quota", "confirmed");
    println!("pages/s: {:.1} of 100 at most", found.pages);
    assert!(found.pages < 100.0);
}
