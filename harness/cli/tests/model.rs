//! A whole run on a model server, without Docker.

mod support;

use std::{fs, time::Duration};

use support::{finish, folder, only_run, processes_with, redline, wait_until};

/// A redline that would fail if it looked for Docker.
fn without_docker() -> std::process::Command {
    let mut command = redline();
    command.env("DOCKER_HOST", "unix:///no/such/docker.sock");
    command
}

#[test]
fn a_quick_run_finds_the_capacity_that_the_model_has_and_what_a_stop_costs() {
    let out = folder();
    let file = out.path().join("small.toml");
    fs::write(
        &file,
        "description = \"d\"\n[model]\ncpus = 1\n[model.application]\nconcurrency = 2\ndemand = \"10ms\"\n\
         distribution = \"exponential\"\nwork = \"sleep\"\n",
    )
    .unwrap();
    let runs = out.path().join("runs");
    let mut command = without_docker();
    command.args(["scenario", "browse", "--quick", "--seed", "7", "--topology"]).arg(&file).arg("--out").arg(&runs);
    let (code, page, stderr) = finish(command.env("REDLINE_TEST_MARK", "model-quick"));
    // A shared machine may not be fit to measure: then there is a lower bound (0) or no capacity (4).
    assert!(matches!(code, 0 | 4), "{page}\n{stderr}");
    assert!(page.contains("a model of a server, not a real one"), "{page}");
    let run = only_run(&runs);
    let document: serde_json::Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    assert_eq!(document["fingerprint"]["topology"], "small");
    assert_eq!(document["fingerprint"]["environment"]["docker"], serde_json::Value::Null);
    // 2 slots ÷ 10 ms = 200 pages a second; a session of `browse` has four.
    let verdict = &document["verdict"];
    let bound = |capacity: &str, end: &str| verdict[capacity]["sessions_per_second"][end].as_f64();
    match verdict["kind"].as_str().unwrap() {
        "saturated" | "slo-undefined" => {
            let (low, high) = (bound("saturation", "low").unwrap(), bound("saturation", "high").unwrap());
            assert!(low * 0.9 <= 50.0 && 50.0 <= high * 1.1, "{low} to {high}, 50 are true");
        }
        "at-least" => {
            assert!(bound("sustainable", "estimate").is_none_or(|carried| carried <= 55.0), "{verdict}");
            assert!(bound("saturation", "estimate").is_none(), "{verdict}");
        }
        kind => assert_eq!(kind, "invalid"),
    }
    // Without a sustainable load there is no share of it that could go on meanwhile, and that is told.
    match document["failures"].as_array().unwrap().as_slice() {
        [] => assert!(page.contains("The failure part ended early") || page.contains("Left out"), "{page}"),
        [stop] => {
            assert_eq!(stop["fault"]["kind"], "stop", "{stop}");
            // On a machine that is busy with other tests it may not have ended, and little may have been in time before.
            let outage = stop["outage"]["length"].as_f64().or(stop["outage"]["at_least"].as_f64());
            assert!(outage.is_some_and(|length| length > 1.0), "{stop}");
            assert!(page.contains("stop server"), "{page}");
        }
        more => panic!("{more:?}"),
    }
    assert!(page.contains("its parts cannot be killed one by one"), "{page}");
    for check in document["validity"].as_array().unwrap() {
        let name = check["check"].as_str().unwrap();
        if ["books-balance", "access-log", "little"].contains(&name) {
            assert_ne!(check["status"], "failed", "{check}");
        }
    }
    assert!(fs::read_to_string(run.join("oracle.tsv")).unwrap().lines().count() > 100);
    wait_until("its processes are gone", Duration::from_secs(10), || {
        processes_with("REDLINE_TEST_MARK=model-quick").is_empty()
    });
}

#[test]
fn orders_and_requests_are_in_the_models_books() {
    let out = folder();
    let mut command = without_docker();
    command.args(["scenario", "checkout", "--topology", "model", "--rate", "20/s", "--for", "3s", "--json", "--out"]);
    let (code, stdout, stderr) = finish(command.arg(out.path()));
    assert!(matches!(code, 0 | 4), "{stdout}\n{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let checks = document["validity"].as_array().unwrap();
    for name in ["access-log", "orders", "books-balance"] {
        let of: Vec<_> = checks.iter().filter(|c| c["check"] == name).collect();
        assert!(!of.is_empty() && of.iter().all(|c| c["status"] == "passed"), "{name}: {of:?}");
    }
}

#[test]
fn a_wrong_model_is_refused_in_one_sentence() {
    let out = folder();
    let file = out.path().join("mine.toml");
    fs::write(&file, "description = \"d\"\n[model]\ncpus = 1\n[model.lock]\ndemand = \"0s\"\n").unwrap();
    let (code, stdout, stderr) = finish(without_docker().args(["scenario", "browse", "--topology"]).arg(&file));
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(
        stderr.lines().filter(|l| l.starts_with("redline: ")).count() == 1 && stderr.contains("mine.toml"),
        "{stderr}"
    );
    let (code, _, stderr) = finish(without_docker().args(["stack", "up", "--topology", "model"]));
    assert!(code == 2 && stderr.contains("is a model"), "{stderr}");
}

#[test]
fn a_stop_of_the_model_is_an_outage_as_long_as_by_its_own_clock() {
    let out = folder();
    let mut command = without_docker();
    command.args(["fault", "run", "stop", "server", "--for", "2s", "--at", "40/s", "--arrivals", "constant"]);
    command.args(["--scenario", "url", "--path", "/.redline/page", "--topology", "model", "--json", "--out"]);
    let (code, page, stderr) = finish(command.arg(out.path()).env("REDLINE_TEST_MARK", "model-stop"));
    assert_eq!(code, 0, "{page}\n{stderr}");
    let document: serde_json::Value = serde_json::from_str(&page).unwrap();
    let failure = &document["failures"][0];
    let closures = fs::read_to_string(only_run(out.path()).join("closures.tsv")).unwrap();
    let own: Vec<u64> = closures.lines().nth(1).unwrap().split('\t').map(|n| n.parse().unwrap()).collect();
    let (true_length, outage) = ((own[1] - own[0]) as f64 / 1e9, failure["outage"]["length"].as_f64().unwrap());
    // Pages come every 25 ms; a machine that is busy with other tests delays some.
    assert!((outage - true_length).abs() < 0.5, "{outage} against {true_length}");
    assert!(failure["lost_service"].as_f64().unwrap() > 1.0, "{failure}");
    assert!(failure["outcomes"]["refused"].as_u64().unwrap() > 20, "{failure}");
    assert_eq!(failure["recovery"]["verdict"], "recovered", "{failure}");
    for check in document["validity"].as_array().unwrap() {
        if ["books-balance", "access-log"].contains(&check["check"].as_str().unwrap()) {
            assert_ne!(check["status"], "failed", "{check}");
        }
    }
    wait_until("its processes are gone", Duration::from_secs(10), || {
        processes_with("REDLINE_TEST_MARK=model-stop").is_empty()
    });
}

#[test]
fn a_frozen_model_is_gone_when_redline_is_killed() {
    let out = folder();
    let mut command = without_docker();
    command.args(["fault", "run", "pause", "server", "--for", "20s", "--at", "20/s", "--topology", "model", "--out"]);
    command.arg(out.path()).env("REDLINE_TEST_MARK", "model-frozen");
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    wait_until("the model's process is frozen", Duration::from_secs(90), || {
        processes_with("REDLINE_TEST_MARK=model-frozen").iter().any(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
        })
    });
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("its processes are gone", Duration::from_secs(10), || {
        processes_with("REDLINE_TEST_MARK=model-frozen").is_empty()
    });
}

#[test]
fn every_run_of_a_row_of_protections_has_the_same_cpus() {
    let out = folder();
    let mut command = without_docker();
    command.args([
        "fault",
        "protections",
        "--topology",
        "model",
        "--scenario",
        "browse",
        "--of",
        "20/s",
        "--at",
        "10/s",
    ]);
    command.args(["--times", "1.5", "--for", "1s", "--brief", "--watch", "6s", "--out"]).arg(out.path());
    let (_, page, stderr) = finish(&mut command);
    let runs: Vec<_> = fs::read_dir(out.path()).unwrap().map(|run| run.unwrap().path()).collect();
    // As it is, with retries, and with a budget for them.
    assert_eq!(runs.len(), 3, "{page}\n{stderr}");
    let used: Vec<_> = runs.iter().map(|run| cpus_of(run)).collect();
    assert!(used.iter().all(|cpus| *cpus == used[0]), "{used:?}");
}

/// The servers' CPUs and the generator's.
fn cpus_of(run: &std::path::Path) -> [serde_json::Value; 2] {
    let text = fs::read(run.join("run.json")).expect("a run leaves its document");
    let document: serde_json::Value = serde_json::from_slice(&text).expect("the document is JSON");
    let environment = &document["fingerprint"]["environment"];
    ["server_cpus", "generator_cpus"].map(|which| environment[which].clone())
}
