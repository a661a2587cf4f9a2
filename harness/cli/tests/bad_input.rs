//! Bad input is met with one clear sentence and the documented exit code, and leaves nothing behind.

mod support;

use std::{fs, net::TcpListener, process::Command};

use support::{finish, folder, redline, skip_docker};

/// Runs redline and expects one sentence that holds `hints`, and the exit code.
#[track_caller]
fn refused(command: &mut Command, code: i32, hints: &[&str]) {
    let (found, stdout, stderr) = finish(command);
    assert_eq!(found, code, "stdout: {stdout}\nstderr: {stderr}");
    assert!(stdout.is_empty(), "nothing goes to stdout: {stdout}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    for hint in hints {
        assert!(stderr.contains(hint), "`{hint}` is not in: {stderr}");
    }
}

/// The same, for what redline itself says: a single line.
#[track_caller]
fn refused_in_one_line(command: &mut Command, code: i32, hints: &[&str]) {
    refused(command, code, hints);
    let (_, _, stderr) = finish(command);
    let said: Vec<&str> = stderr.lines().filter(|l| l.starts_with("redline: ")).collect();
    assert_eq!(said.len(), 1, "{stderr}");
}

#[test]
fn an_unknown_scenario() {
    refused_in_one_line(redline().args(["scenario", "chekout"]), 2, &["chekout", "checkout", "redline list"]);
}

#[test]
fn an_unknown_topology() {
    refused_in_one_line(redline().args(["scenario", "checkout", "--topology", "tripel"]), 2, &["tripel", "single"]);
}

#[test]
fn a_broken_topology_file() {
    let folder = folder();
    let file = folder.path().join("mine.toml");
    for text in ["", "[[server]", "description = 1", "description = \"x\"\nunknown = 3\n"] {
        fs::write(&file, text).unwrap();
        refused_in_one_line(redline().args(["scenario", "checkout", "--topology"]).arg(&file), 2, &["mine.toml"]);
    }
}

#[test]
fn a_quota_or_a_handicap_that_makes_no_sense() {
    let folder = folder();
    let file = folder.path().join("mine.toml");
    let single = include_str!("../../../stack/topologies/single.toml");
    for (wrong, hint) in [
        ("cpu_quota = 0.001", "server.server.php.cpu_quota"),
        ("handicap = { sleep = \"5s\" }", "server.server.php.handicap.sleep"),
        ("handicap = { nap = \"5ms\" }", "nap"),
    ] {
        fs::write(&file, single.replace("max_children = 16", &format!("max_children = 16\n{wrong}"))).unwrap();
        refused_in_one_line(redline().args(["scenario", "checkout", "--topology"]).arg(&file), 2, &["mine.toml", hint]);
    }
}

#[test]
fn a_budget_or_a_precision_that_makes_no_sense() {
    refused_in_one_line(redline().args(["scenario", "checkout", "--budget", "20s"]), 2, &["20.0 s", "too short"]);
    refused_in_one_line(redline().args(["scenario", "checkout", "--precision", "60%"]), 2, &["20% or less"]);
    refused_in_one_line(redline().args(["scenario", "checkout", "--precision", "0.1%"]), 2, &["would take about"]);
    refused(redline().args(["scenario", "checkout", "--budget", "90s", "--quick"]), 2, &["--quick"]);
}

#[test]
fn slo_nonsense() {
    for slo in ["fast", "p95>1s", "p95<0ms", "p200<1s", "errors<200%", "p95<300"] {
        refused(redline().args(["scenario", "checkout", "--slo", slo]), 2, &[slo]);
    }
    refused_in_one_line(
        redline().args(["scenario", "checkout", "--slo", "p99<1s for chekout"]),
        2,
        &["chekout", "home"],
    );
}

#[test]
fn loads_that_make_no_sense() {
    for load in [["--rate", "0"], ["--rate", "-5/s"], ["--rate", "fast"], ["--users", "0"], ["--think", "-1"]] {
        refused(redline().args(["scenario", "checkout"]).args(load), 2, &[]);
    }
    for stages in ["20/s", "20/s:0s", ":", "20/s:5s,,"] {
        refused_in_one_line(redline().args(["scenario", "checkout", "--stages", stages]), 2, &["--stages"]);
    }
    refused(redline().args(["scenario", "checkout", "--rate", "5", "--users", "3"]), 2, &["--users"]);
    refused_in_one_line(redline().args(["scenario", "checkout", "--for", "10s"]), 2, &["--rate"]);
}

#[test]
fn a_path_for_a_scenario_that_has_its_own() {
    refused_in_one_line(redline().args(["scenario", "checkout", "--path", "/x"]), 2, &["--path", "url"]);
}

#[test]
fn a_target_that_is_down() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = folder();
    refused_in_one_line(
        redline()
            .args(["scenario", "url", "--rate", "5", "--target", &format!("http://127.0.0.1:{port}"), "--out"])
            .arg(folder.path()),
        3,
        &["127.0.0.1", "refused"],
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no empty run folder is left");
}

#[test]
fn a_target_that_is_not_ours() {
    refused_in_one_line(
        redline().args(["scenario", "url", "--rate", "5", "--target", "http://192.0.2.1"]),
        2,
        &["--i-own-this-target"],
    );
    refused_in_one_line(redline().args(["scenario", "url", "--rate", "5", "--target", "foobar"]), 2, &["foobar"]);
}

#[test]
fn no_docker() {
    for arguments in [&["scenario", "checkout", "--rate", "1"][..], &["stack", "up"], &["stack", "status"], &["clean"]]
    {
        let folder = folder();
        let mut command = redline();
        command.args(arguments).env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
        if arguments[0] == "scenario" {
            command.arg("--out").arg(folder.path());
        }
        let mark = format!("no-docker-{}", std::process::id());
        command.env("REDLINE_TEST_MARK", &mark);
        refused_in_one_line(&mut command, 3, &["Docker", "DOCKER_HOST"]);
        let left = support::processes_with(&format!("REDLINE_TEST_MARK={mark}"));
        assert!(left.is_empty(), "no guard waits for a Docker that is not there: {left:?}");
    }
}

#[test]
fn doctor_without_docker_says_so_and_how_to_mend_it() {
    let (code, stdout, _) = finish(redline().arg("doctor").env("DOCKER_HOST", "unix:///nonexistent/docker.sock"));
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("Docker"), "{stdout}");
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let folder = folder();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    refused_in_one_line(
        redline().args(["scenario", "checkout", "--rate", "1", "--out"]).arg(file.join("out")),
        3,
        &["--out", "a-file"],
    );
    // Read-only even for root.
    refused_in_one_line(
        redline().args(["scenario", "checkout", "--rate", "1", "--out", "/proc/redline"]),
        3,
        &["--out"],
    );
}

#[test]
fn a_full_disk() {
    // A file system of 64 KiB of our own, where the kernel lets us have one.
    let folder = folder();
    let script = format!(
        "mount -t tmpfs -o size=64k none {out} && dd if=/dev/zero of={out}/filler bs=1k status=none; exec {redline} scenario checkout --rate 1 --out {out}",
        out = folder.path().display(),
        redline = env!("CARGO_BIN_EXE_redline"),
    );
    let output = Command::new("unshare").args(["--mount", "--map-root-user", "sh", "-c", &script]).output();
    let Ok(output) = output else {
        eprintln!("a_full_disk: not available, there is no `unshare` here");
        return;
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    if stderr.contains("unshare") || stderr.contains("mount:") {
        eprintln!("a_full_disk: not available, this kernel gives no mounts to users: {stderr}");
        return;
    }
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("--out") && stderr.contains("No space left"), "{stderr}");
}

#[test]
fn a_port_that_is_taken() {
    if skip_docker("a_port_that_is_taken") {
        return;
    }
    let Ok(_taken) = TcpListener::bind("0.0.0.0:80") else {
        eprintln!("a_port_that_is_taken: not available, port 80 cannot be bound here");
        return;
    };
    let folder = folder();
    refused_in_one_line(
        redline().args(["scenario", "checkout", "--rate", "1", "--network", "loopback", "--out"]).arg(folder.path()),
        3,
        &["80", "bridge"],
    );
}

#[test]
fn help_and_lists_are_good() {
    let (code, stdout, _) = finish(redline().arg("--help"));
    assert_eq!(code, 0);
    for word in ["Exit codes", "scenario", "doctor", "Examples"] {
        assert!(stdout.contains(word), "{word}: {stdout}");
    }
    assert!(!stdout.contains("worker"), "hidden commands are hidden: {stdout}");
    let (code, stdout, _) = finish(redline().arg("list"));
    assert_eq!(code, 0);
    for name in ["checkout", "browse", "search", "login", "static", "url", "single"] {
        assert!(stdout.contains(name), "{name}: {stdout}");
    }
    assert!(!stdout.contains("calibration"), "{stdout}");
    let (code, stdout, _) = finish(redline().args(["completions", "bash"]));
    assert!(code == 0 && stdout.contains("redline"), "{stdout}");
}

#[test]
fn faults_that_make_no_sense() {
    let fault = |arguments: &[&str]| {
        let mut command = redline();
        command.arg("fault").args(arguments);
        command
    };
    refused_in_one_line(&mut fault(&["run", "melt", "mysql"]), 2, &["melt", "kill"]);
    refused_in_one_line(&mut fault(&["run", "kill", "redis"]), 2, &["redis", "mysql"]);
    refused_in_one_line(&mut fault(&["run", "kill", "mysql", "--for", "2h"]), 2, &["--for"]);
    refused(&mut fault(&["run", "kill", "mysql", "--at", "fast"]), 2, &["fast", "80%"]);
    refused(&mut fault(&["run", "kill", "mysql", "--at", "900%"]), 2, &["900%"]);
    refused_in_one_line(&mut fault(&["run", "kill", "mysql", "--topology", "model"]), 2, &["mysql", "server"]);
    refused_in_one_line(&mut fault(&["plan", "/no/such/file.toml"]), 2, &["/no/such/file.toml"]);
    refused_in_one_line(&mut fault(&["run", "kill"]), 2, &["component", "mysql"]);
    refused_in_one_line(&mut fault(&["run", "overload", "--times", "90"]), 2, &["90", "20 times"]);
    refused_in_one_line(&mut fault(&["run", "overload", "mysql"]), 2, &["whole site"]);
    refused_in_one_line(&mut fault(&["run", "kill", "mysql", "--times", "2"]), 2, &["--times", "overload"]);
    refused_in_one_line(&mut fault(&["run", "kill", "mysql", "--watch", "1s"]), 2, &["--watch"]);
    let mut elsewhere = redline();
    elsewhere.args(["scenario", "checkout", "--only", "failure", "--target", "http://127.0.0.1:1"]);
    refused_in_one_line(&mut elsewhere, 2, &["--only failure", "not broken"]);
    let folder = folder();
    let file = folder.path().join("faults.toml");
    fs::write(&file, "[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nlength = \"2s\"\n").unwrap();
    refused_in_one_line(fault(&["plan"]).arg(&file), 2, &["faults.toml", "line 4"]);
}
