//! Faults whose truth is known: what redline says of stops, of their requests and of a metastable server, against the
//! model server's own clock and log.
//!
//! `cargo bench -p redline --bench fault_truth` makes 20 stops of different lengths under a constant load of 200 pages a
//! second (4 minutes), then freezes a server whose visitors try again after half a second: 20 times at 80 % of its
//! capacity, where it must be called metastable (15 minutes), and 20 times at 20 %, where it must recover (9 minutes).
//! `-- stops 10`, `-- metastable 5`, `-- recovering 20` make one part and so many; `-- stops 10 from 10` goes on with the
//! eleventh length.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, process::Command};

use serde_json::Value;

/// Pages per second of the stops.
const RATE: f64 = 200.0;
/// Pages per second that the model can serve.
const CAPACITY: f64 = 400.0;
/// 8 slots of 20 ms, and a house that holds as many as visitors wait for.
const MODEL: &str = "description = \"a pool of 8, 20 ms a page\"\n[model]\ncpus = 1\n[model.application]\nconcurrency = 8\ndemand = \"20ms\"\ndistribution = \"constant\"\nwork = \"sleep\"\n";

/// What of it is made.
struct Asked {
    part: String,
    count: usize,
    from: usize,
}

fn main() {
    let asked = asked();
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("pool.toml");
    fs::write(&model, MODEL).unwrap();
    let wants = |part: &str| asked.part == "all" || asked.part == part;
    if wants("stops") {
        stops(folder.path(), &model, &asked);
    }
    for (part, share, expected) in [("metastable", 0.8, "metastable"), ("recovering", 0.2, "recovered")] {
        if wants(part) {
            freeze(folder.path(), &model, &asked, share, expected);
        }
    }
}

fn asked() -> Asked {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let number_after = |word: &str| {
        let at = words.iter().position(|w| w == word)?;
        words.get(at + 1)?.parse().ok()
    };
    let part = words.iter().find(|word| ["stops", "metastable", "recovering"].contains(&word.as_str()));
    let part = part.cloned().unwrap_or_else(|| "all".into());
    Asked { count: number_after(&part).unwrap_or(20), from: number_after("from").unwrap_or(0), part }
}

fn stops(folder: &Path, model: &Path, asked: &Asked) {
    let mut plan = format!("at = [\"{RATE}/s\"]\n");
    for number in asked.from..asked.from + asked.count {
        let length = 300 + 83 * number;
        writeln!(plan, "[[fault]]\nkind = \"stop\"\ncomponent = \"server\"\nfor = \"{length}ms\"").unwrap();
    }
    let file = folder.join("stops.toml");
    fs::write(&file, plan).unwrap();
    let (document, run) = redline(folder, model, &["plan", file.to_str().unwrap(), "--seed", "20260101"]);
    let (closures, served) = (closures(&run), served(&run));
    println!(
        "{:>3} {:>9} {:>9} {:>10} {:>6} | {:>8} {:>8} {:>6} {:>6} {:>7} {:>6}",
        "#", "true", "outage", "difference", "within", "ok", "own log", "reset", "cut", "refused", "exact"
    );
    let allowed = (3.0 / RATE).max(0.020);
    let (mut inside, mut equal) = (0, 0);
    for (number, (failure, (length, cut))) in document["failures"].as_array().unwrap().iter().zip(&closures).enumerate()
    {
        let outage = failure["outage"]["length"].as_f64();
        let difference = outage.map(|outage| outage - length);
        let within = difference.is_some_and(|d| d.abs() <= allowed);
        let class = |name: &str| failure["requests"][name].as_u64().unwrap_or(0);
        let own = served.get(&format!("t{}", failure["trial"])).copied().unwrap_or(0);
        let all: u64 = failure["requests"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        // What the server answered, what it cut and what it refused; and there is nothing else.
        let exact = (class("ok"), class("reset")) == (own, *cut) && own + cut + class("refused") == all;
        inside += usize::from(within);
        equal += usize::from(exact);
        println!(
            "{:>3} {:>7.1}ms {:>9} {:>10} {:>6} | {:>8} {own:>8} {:>6} {cut:>6} {:>7} {:>6}",
            asked.from + number,
            1e3 * length,
            outage.map_or("none".into(), |o| format!("{:.1}ms", 1e3 * o)),
            difference.map_or("-".into(), |d| format!("{:+.1}ms", 1e3 * d)),
            if within { "yes" } else { "NO" },
            class("ok"),
            class("reset"),
            class("refused"),
            if exact { "yes" } else { "NO" },
        );
    }
    println!("within {:.0} ms: {inside} of {}", 1e3 * allowed, asked.count);
    println!("classes as in the server's own log: {equal} of {}", asked.count);
    let checks = document["validity"].as_array().unwrap();
    let failed: Vec<&Value> = checks.iter().filter(|c| c["passed"] == false).map(|c| &c["check"]).collect();
    println!("checks that failed: {failed:?}\n");
}

/// Each in a run of its own: a metastable server keeps its queue for longer than a trial.
fn freeze(folder: &Path, model: &Path, asked: &Asked, share: f64, expected: &str) {
    let mut right = 0;
    for number in asked.from..asked.from + asked.count {
        let (at, seed) = (format!("{}/s", share * CAPACITY), (20_260_101 + number).to_string());
        let arguments = ["run", "pause", "server", "--for", "2s", "--watch", "8s", "--at", &at, "--seed", &seed];
        let (document, _) =
            redline(folder, model, &[&arguments[..], &["--timeout", "500ms", "--retries", "3"]].concat());
        let recovery = &document["failures"][0]["recovery"];
        let verdict = recovery["verdict"].as_str().unwrap_or("none");
        right += usize::from(verdict == expected);
        println!(
            "{number:>3} frozen for 2 s at ρ = {share}, patience 0.5 s, 3 retries: {verdict}, took {}, good after half the load {}",
            recovery["took"], recovery["after_half"]
        );
    }
    println!("{expected}: {right} of {}\n", asked.count);
}

/// The document and the folder of a run against the model.
fn redline(folder: &Path, model: &Path, arguments: &[&str]) -> (Value, std::path::PathBuf) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redline"));
    command.arg("fault").args(arguments).arg("--topology").arg(model);
    command.args(["--scenario", "url", "--path", "/.redline/page", "--arrivals", "constant", "--brief"]);
    command.args(["--slo", "p95<300ms", "--json", "--out"]).arg(folder.join("runs"));
    let output = command.output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let run = folder.join("runs").join(document["run"].as_str().unwrap());
    (document, run)
}

/// How long each stop was by the server's own clock, and the requests that it cut.
fn closures(run: &Path) -> Vec<(f64, u64)> {
    let text = fs::read_to_string(run.join("closures.tsv")).unwrap();
    let row = |line: &str| {
        let numbers: Vec<u64> = line.split('\t').map(|n| n.parse().unwrap()).collect();
        ((numbers[1] - numbers[0]) as f64 / 1e9, numbers[2])
    };
    text.lines().skip(1).map(row).collect()
}

/// How many requests of each trial the server answered by its own log.
fn served(run: &Path) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(run.join("oracle.tsv")).unwrap();
    let head: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
    let column = |name: &str| head.iter().position(|h| *h == name).unwrap();
    let (tag, status) = (column("tag"), column("status"));
    let mut served = BTreeMap::new();
    for line in text.lines().skip(1).filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields[status] == "200" {
            *served.entry(fields[tag].to_owned()).or_default() += 1;
        }
    }
    served
}
