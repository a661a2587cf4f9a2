//! Faults whose lengths are known: what redline says of an outage against the model server's own clock.
//!
//! `cargo bench -p redline --bench fault_truth` stops a model server twenty times for different times under a
//! constant load of 200 pages a second, in one run of about nine minutes; `-- 5` stops it five times. Then it
//! freezes one whose visitors try again after half a second: at 80 % of its capacity it must be called metastable,
//! at 20 % it must recover.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::{fmt::Write as _, fs, path::Path, process::Command};

use serde_json::Value;

/// Pages per second.
const RATE: f64 = 200.0;
/// 8 slots of 20 ms: 400 pages a second.
const MODEL: &str = "description = \"a pool of 8, 20 ms a page\"\n[model]\ncpus = 1\n[model.application]\nconcurrency = 8\ndemand = \"20ms\"\ndistribution = \"constant\"\nwork = \"sleep\"\n";

fn main() {
    let count = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(20_usize);
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("pool.toml");
    fs::write(&model, MODEL).unwrap();
    stops(folder.path(), &model, count);
    println!();
    for load in [320.0, 80.0] {
        freeze(folder.path(), &model, load);
    }
}

fn stops(folder: &Path, model: &Path, count: usize) {
    let mut plan = format!("at = [\"{RATE}/s\"]\n");
    for number in 0..count {
        let length = 400 + 137 * number as u32;
        writeln!(plan, "[[fault]]\nkind = \"stop\"\ncomponent = \"server\"\nfor = \"{length}ms\"").unwrap();
    }
    let file = folder.join("stops.toml");
    fs::write(&file, plan).unwrap();
    let document = redline(folder, model, &["plan", file.to_str().unwrap()]);
    let closures = closures(folder, &document);
    println!(
        "{:>3} {:>9} {:>9} {:>10} {:>7} {:>7} {:>6}",
        "#", "true", "outage", "difference", "reset", "cut", "within"
    );
    let allowed = (3.0 / RATE).max(0.020);
    let mut inside = 0;
    for (number, (failure, (length, cut))) in document["failures"].as_array().unwrap().iter().zip(&closures).enumerate()
    {
        let outage = failure["outage"]["length"].as_f64();
        let difference = outage.map(|outage| outage - length);
        let within = difference.is_some_and(|d| d.abs() <= allowed);
        inside += usize::from(within);
        println!(
            "{number:>3} {:>7.1}ms {:>9} {:>10} {:>7} {cut:>7} {:>6}",
            1e3 * length,
            outage.map_or("none".into(), |o| format!("{:.1}ms", 1e3 * o)),
            difference.map_or("-".into(), |d| format!("{:+.1}ms", 1e3 * d)),
            failure["requests"]["reset"].as_u64().unwrap_or(0),
            if within { "yes" } else { "NO" },
        );
    }
    println!("within {:.0} ms: {inside} of {count}", 1e3 * allowed);
    let books = document["validity"].as_array().unwrap();
    let failed: Vec<&Value> = books.iter().filter(|c| c["passed"] == false).map(|c| &c["check"]).collect();
    println!("checks that failed: {failed:?}");
}

fn freeze(folder: &Path, model: &Path, load: f64) {
    let at = format!("{load}/s");
    let arguments = ["run", "pause", "server", "--for", "3s", "--at", &at, "--timeout", "500ms", "--retries", "3"];
    let document = redline(folder, model, &arguments);
    let recovery = &document["failures"][0]["recovery"];
    println!("frozen for 3 s at {:.0} % of 400/s, patience 0.5 s, 3 retries: {recovery}", load / 4.0);
}

fn redline(folder: &Path, model: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redline"));
    command.arg("fault").args(arguments).arg("--topology").arg(model);
    command.args(["--scenario", "url", "--path", "/.redline/page", "--arrivals", "constant", "--seed", "20260101"]);
    command.args(["--slo", "p95<300ms", "--json", "--out"]).arg(folder.join("runs"));
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// How long each stop was by the server's own clock, and the requests that it cut.
fn closures(folder: &Path, document: &Value) -> Vec<(f64, u64)> {
    let run = folder.join("runs").join(document["run"].as_str().unwrap());
    let text = fs::read_to_string(run.join("closures.tsv")).unwrap();
    let row = |line: &str| {
        let numbers: Vec<u64> = line.split('\t').map(|n| n.parse().unwrap()).collect();
        ((numbers[1] - numbers[0]) as f64 / 1e9, numbers[2])
    };
    text.lines().skip(1).map(row).collect()
}
