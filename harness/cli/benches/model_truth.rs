//! Whole redline searches, over real HTTP, on model servers whose capacities are known: estimate ÷ truth of each.
//!
//! `cargo bench -p redline --bench model_truth -- [FIRST [COUNT]]` makes runs on the models from FIRST on
//! (from 0; all without arguments): quick ones of about a minute each, and for the slow models at the end default ones
//! of three. One session is one page, so a model's pages per second are its sessions per second. The truth of the
//! sustainable load is a simulation of the same stages, without the some tenths of a millisecond that HTTP and the
//! generator add to each page.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::{fs, path::Path, process::Command};

use redline_model::{Rate, Seconds, Share};
use redline_model_server::{Exactness, Model, capacity, find, simulate};

/// Requests that a simulation of the truth follows.
const SIMULATED: usize = 400_000;

/// A model's tables, and the promise of its run: 95 % of the pages are faster than this.
struct Case {
    tables: String,
    promise_ms: u32,
    /// Whether a quick search is long enough.
    quick: bool,
}

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (first, count) = (numbers.first().copied().unwrap_or(0), numbers.get(1).copied().unwrap_or(usize::MAX));
    let folder = tempfile::tempdir().unwrap();
    println!(
        "{:<3} {:<58} {:>9} {:>7} {:>7} {:>9} {:>7} {:>7}",
        "#", "model", "X true", "X ratio", "inside", "λ true", "λ ratio", "inside"
    );
    for (number, case) in cases().iter().enumerate().skip(first).take(count) {
        let file = folder.path().join(format!("case-{number}.toml"));
        let text = format!("description = \"case {number}\"\n[model]\ncpus = 1\n{}", case.tables);
        fs::write(&file, text).unwrap();
        let model = find(file.to_str().unwrap()).unwrap().unwrap();
        let (saturation, sustainable) = truth(&model, case);
        let document = run(&file, case, folder.path());
        let told = |what: &str| document["verdict"][what]["sessions_per_second"].clone();
        println!(
            "{number:<3} {:<58} {} {}",
            case.tables
                .replace('\n', " ")
                .replace("[model.", "[")
                .chars()
                .filter(|c| *c != '"')
                .take(58)
                .collect::<String>(),
            compared(saturation, &told("saturation")),
            compared(sustainable, &told("sustainable")),
        );
        println!("    {}", document["verdict"]["sentence"].as_str().unwrap_or("no sentence"));
    }
}

/// Truth, estimate ÷ truth, and whether the interval has the truth in it.
fn compared(truth: Rate, told: &serde_json::Value) -> String {
    let part = |name: &str| told[name].as_f64();
    match (part("estimate"), part("low"), part("high")) {
        (Some(estimate), Some(low), Some(high)) => {
            let inside = if (low..=high).contains(&truth.0) { "yes" } else { "NO" };
            format!("{:>9.1} {:>7.3} {inside:>7}", truth.0, estimate / truth.0)
        }
        _ => format!("{:>9.1} {:>7} {:>7}", truth.0, "none", "-"),
    }
}

fn truth(model: &Model, case: &Case) -> (Rate, Rate) {
    let closed = capacity(model, 1.0);
    let saturation = match closed.exactness {
        Exactness::Exact => closed.rate,
        Exactness::Bound => simulate::saturation(model, 1, SIMULATED),
    };
    let limit = Seconds(f64::from(case.promise_ms) / 1e3);
    (saturation, simulate::sustainable(model, limit, Share(0.05), 2, SIMULATED))
}

fn run(file: &Path, case: &Case, out: &Path) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redline"));
    command.args(["scenario", "url", "--path", "/.redline/page", "--only", "capacity", "--json", "--seed", "20260101"]);
    if case.quick {
        command.arg("--quick");
    }
    command.args(["--slo", &format!("p95<{}ms", case.promise_ms), "--slo", "errors<0.1%", "--topology"]).arg(file);
    let output = command.arg("--out").arg(out.join("runs")).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn pool(name: &str, slots: u32, ms: f64, spread: &str) -> String {
    format!("[model.{name}]\nconcurrency = {slots}\n{}", demand(ms, spread))
}

fn demand(ms: f64, spread: &str) -> String {
    let (distribution, cv) = match spread.strip_prefix("cv ") {
        Some(cv) => ("lognormal", format!("cv = {cv}\n")),
        None => (spread, String::new()),
    };
    format!("demand = \"{ms}ms\"\ndistribution = \"{distribution}\"\n{cv}work = \"sleep\"\n")
}

/// Each kind of limit, at several capacities and variations.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |tables: String, promise_ms| cases.push(Case { tables, promise_ms, quick: true });
    for (slots, ms) in [(8, 20.0), (16, 20.0), (32, 16.0)] {
        for spread in ["constant", "exponential", "cv 0.5", "cv 2.0"] {
            let promise = match spread {
                "constant" | "cv 0.5" => 3.0 * ms,
                "exponential" => 6.0 * ms,
                _ => 8.0 * ms,
            };
            add(pool("application", slots, ms, spread), promise as u32);
        }
    }
    for (web, application) in [(4, 16), (16, 4)] {
        add(pool("web", web, 5.0, "exponential") + &pool("application", application, 10.0, "exponential"), 80);
    }
    for database in [4, 16] {
        let outer = pool("application", 16, 10.0, "exponential");
        add(outer + &pool("database", database, 10.0, "exponential"), 120);
    }
    for ms in [2.0, 5.0] {
        let outer = pool("application", 8, 10.0, "exponential");
        add(outer + &format!("[model.lock]\n{}", demand(ms, "exponential")), 150);
    }
    for rate in [200, 800] {
        let bucket = format!("[model.bucket]\nrate = \"{rate}/s\"\nburst = 5\nwhen_empty = \"wait\"\n");
        add(pool("web", 64, 10.0, "exponential") + &bucket, 100);
    }
    add("[model.accept]\nconcurrency = 16\n".to_owned() + &pool("web", 64, 20.0, "exponential"), 120);
    add(pool("database", 8, 10.0, "cv 1.0"), 60);
    // A few pages a second: minutes, not a minute.
    for (slots, ms, promise_ms) in [(1, 300.0, 3000), (4, 1500.0, 8000), (8, 1000.0, 6000)] {
        cases.push(Case { tables: pool("application", slots, ms, "exponential"), promise_ms, quick: false });
    }
    cases
}
