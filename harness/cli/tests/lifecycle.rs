//! The real stack, from the command line: a run does its job, and after a normal end, a Ctrl-C, a
//! `kill -9` and a failing component nothing of ours is left.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use support::{
    docker, finish, folder, left_of, only_document, only_run, processes_with, redline, skip_docker, wait_until,
};

const GONE: Duration = Duration::from_secs(10);

/// A run under way: its process, its id, the lines that it says.
struct Running {
    child: Child,
    run: String,
    lines: mpsc::Receiver<String>,
    mark: String,
}

/// A command whose processes can be told from those of other tests.
fn marked(mark: &str) -> Command {
    let mut command = redline();
    command.env("REDLINE_TEST_MARK", mark);
    command
}

fn begin(mark: &str, arguments: &[&str], out: &Path) -> Running {
    let mut command = marked(mark);
    command.args(arguments).arg("--out").arg(out).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (sender, lines) = mpsc::channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|l| sender.send(l)));
    let first = wait_for(&lines, "redline=");
    let run = first.split("redline=").nth(1).unwrap().split([')', ' ']).next().unwrap().to_owned();
    Running { child, run, lines, mark: format!("REDLINE_TEST_MARK={mark}") }
}

/// Reads lines until one holds `text`.
fn wait_for(lines: &mpsc::Receiver<String>, text: &str) -> String {
    let mut seen = Vec::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(600)) {
            Ok(line) if line.contains(text) => return line,
            Ok(line) => seen.push(line),
            Err(e) => panic!("no line with `{text}` ({e}); seen:\n{}", seen.join("\n")),
        }
    }
}

impl Running {
    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }
    fn code(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

fn nothing_is_left(run: &str, mark: &str) {
    wait_until("containers, networks and volumes are gone", GONE, || left_of(run).is_empty());
    wait_until("processes are gone", GONE, || processes_with(mark).is_empty());
}

/// Waits for it, and gives its exit code; nothing of it is left.
fn end_of(running: Running) -> i32 {
    let (run, mark) = (running.run.clone(), running.mark.clone());
    let code = running.code();
    nothing_is_left(&run, &mark);
    code
}

fn no_order_is_wrong(orders: &serde_json::Value) {
    for wrong in ["lost", "duplicated", "not_adding_up", "oversold"] {
        assert_eq!(orders[wrong], 0, "{orders}");
    }
}

#[test]
fn a_run_measures_saves_and_leaves_nothing() {
    if skip_docker("a_run_measures_saves_and_leaves_nothing") {
        return;
    }
    let out = folder();
    let mark = format!("normal-{}", std::process::id());
    let output = marked(&mark)
        .args(["scenario", "checkout", "--rate", "4/s", "--for", "5s", "--seed", "7", "--json", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    // A shared machine may not be fit to measure (4); the books must balance all the same.
    assert!(matches!(output.status.code(), Some(0 | 4)), "{stderr}");
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("the document and nothing else on stdout");
    assert!(["held", "invalid"].contains(&report["verdict"]["kind"].as_str().unwrap()), "{}", report["verdict"]);
    assert_eq!(report["seed"], 7);
    let trial = report["trials"].as_array().unwrap().last().unwrap();
    assert!(trial["sessions"]["finished"].as_u64().unwrap() > 5, "{}", trial["sessions"]);
    assert_eq!(trial["sessions"]["failed"], 0, "{trial}");
    for check in ["books-balance", "access-log", "little"] {
        let found = report["validity"].as_array().unwrap().iter().find(|c| c["check"] == check);
        assert_eq!(found.expect(check)["status"], "passed", "{found:?}");
    }
    assert!(report["fingerprint"]["servers"][0]["components"].as_array().unwrap().len() >= 4);
    let folder = only_run(out.path());
    for file in ["run.json", "latency.hlog", "report.txt"] {
        assert!(folder.join(file).metadata().unwrap().len() > 100, "{file}");
    }
    let logs = std::fs::read_dir(folder.join("logs")).unwrap().count();
    assert!(logs >= 4, "the containers' logs are saved: {logs}");
    let run = stderr.split("redline=").nth(1).unwrap().split([')', ' ', '\n']).next().unwrap().to_owned();
    nothing_is_left(&run, &format!("REDLINE_TEST_MARK={mark}"));
}

#[test]
fn ctrl_c_keeps_what_was_measured_and_leaves_nothing() {
    if skip_docker("ctrl_c_keeps_what_was_measured_and_leaves_nothing") {
        return;
    }
    let out = folder();
    let mark = format!("ctrl-c-{}", std::process::id());
    let running = begin(&mark, &["scenario", "browse", "--rate", "4/s", "--for", "300s"], out.path());
    // A plain progress line comes with the first seconds of load.
    wait_for(&running.lines, "offered");
    running.signal(Signal::SIGINT);
    assert_eq!(end_of(running), 130);
    let report = only_document(out.path());
    assert!(report["interrupted"].is_string(), "{}", report["interrupted"]);
    assert!(!report["timeline"]["at"].as_array().unwrap().is_empty());
}

#[test]
fn a_kill_leaves_nothing_within_ten_seconds() {
    if skip_docker("a_kill_leaves_nothing_within_ten_seconds") {
        return;
    }
    let out = folder();
    let mark = format!("kill-{}", std::process::id());
    let running = begin(&mark, &["scenario", "browse", "--rate", "4/s", "--for", "300s"], out.path());
    wait_for(&running.lines, "offered");
    running.signal(Signal::SIGKILL);
    let (run, mark) = (running.run.clone(), running.mark.clone());
    running.code();
    nothing_is_left(&run, &mark);
}

#[test]
fn a_component_that_dies_is_seen_and_leaves_nothing() {
    if skip_docker("a_component_that_dies_is_seen_and_leaves_nothing") {
        return;
    }
    let out = folder();
    let mark = format!("dies-{}", std::process::id());
    let running = begin(&mark, &["scenario", "browse", "--rate", "4/s", "--for", "12s"], out.path());
    wait_for(&running.lines, "offered");
    let label = format!("label=redline={}", running.run);
    let php = docker(&["ps", "-q", "--filter", &label, "--filter", "label=redline.component=php"]);
    docker(&["kill", &php[0]]);
    let code = end_of(running);
    assert!(matches!(code, 0 | 4), "{code}");
    let report = only_document(out.path());
    let outcomes = &report["trials"].as_array().unwrap().last().unwrap()["requests"]["outcomes"];
    assert!(outcomes["server-error"].as_u64().unwrap_or(0) > 5, "Nginx answers 502: {outcomes}");
    let books = report["validity"].as_array().unwrap().iter().filter(|c| c["check"] == "access-log");
    assert!(books.into_iter().all(|c| c["status"] == "passed"), "{}", report["validity"]);
}

#[test]
fn a_stack_can_be_kept_looked_at_and_taken_down() {
    if skip_docker("a_stack_can_be_kept_looked_at_and_taken_down") {
        return;
    }
    // A name of its own, so that a stack that somebody keeps is not touched.
    let out = folder();
    let file = out.path().join("mine-to-test.toml");
    let single = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stack/topologies/single.toml");
    std::fs::copy(single, &file).unwrap();
    let (code, stdout, stderr) = finish(redline().args(["stack", "up", "--topology"]).arg(&file));
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("http://www.foobar.com") && stdout.contains("--host-resolver-rules"), "{stdout}");
    let (code, stdout, _) = finish(redline().args(["stack", "status", "--topology", "mine-to-test"]));
    assert!(code == 0 && stdout.contains("nginx") && stdout.contains("mysql"), "{stdout}");
    let (code, stdout, _) = finish(redline().args(["stack", "logs", "--topology", "mine-to-test"]));
    assert!(code == 0 && !stdout.is_empty());
    let (code, _, stderr) = finish(redline().args(["stack", "down", "--topology", "mine-to-test"]));
    assert_eq!(code, 0, "{stderr}");
    let left = docker(&["ps", "-aq", "--filter", "label=redline.topology=mine-to-test"]);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_killed_database_is_an_outage_that_loses_no_order_and_leaves_nothing() {
    if skip_docker("a_killed_database_is_an_outage_that_loses_no_order_and_leaves_nothing") {
        return;
    }
    let out = folder();
    let running = begin("kill-mysql", &["fault", "run", "kill", "mysql", "--for", "2s", "--at", "8/s"], out.path());
    assert_eq!(end_of(running), 0);
    let document = only_document(out.path());
    let failure = &document["failures"][0];
    assert_eq!(failure["outage"]["kind"], "ended", "{failure}");
    assert!(failure["outage"]["length"].as_f64().unwrap() > 1.5, "{failure}");
    assert!(failure["outcomes"]["server-error"].as_u64().unwrap() > 5, "{failure}");
    let orders = &failure["orders"];
    assert!(orders["sent"].as_u64().unwrap() > 0, "{orders}");
    no_order_is_wrong(orders);
}

#[test]
fn a_killed_primary_is_replaced_and_loses_no_acknowledged_order() {
    if skip_docker("a_killed_primary_is_replaced_and_loses_no_acknowledged_order") {
        return;
    }
    let out = folder();
    let kill = ["fault", "run", "kill", "mysql@db1", "--topology", "replicated", "--for", "4s"];
    let load = ["--at", "3/s", "--scenario", "buy", "--brief"];
    let running = begin("kill-primary", &[kill.as_slice(), load.as_slice()].concat(), out.path());
    assert_eq!(end_of(running), 0);
    let document = only_document(out.path());
    let failure = &document["failures"][0];
    // Verified to be whole: one of the two takes writes and the other one follows it.
    assert!(failure["broken"].is_null(), "{failure}");
    let orders = &failure["orders"];
    assert!(orders["acknowledged"].as_u64().unwrap() > 5, "{orders}");
    no_order_is_wrong(orders);
}

#[test]
fn a_deployment_by_symlink_is_seen_by_its_visitors() {
    if skip_docker("a_deployment_by_symlink_is_seen_by_its_visitors") {
        return;
    }
    let out = folder();
    let running = begin("symlink", &["deploy", "symlink", "--at", "8/s"], out.path());
    assert_eq!(end_of(running), 0);
    let document = only_document(out.path());
    let made = &document["deployments"][0];
    assert_eq!(made["deploy"], "symlink", "{made}");
    assert!(made["done"].as_f64().unwrap() >= made["asked"].as_f64().unwrap(), "{made}");
    assert!(made["all_new_after"].is_number() && made["mixed_sessions"].is_number(), "{made}");
    assert_eq!(made["orders"]["lost"], 0, "{made}");
}

#[test]
fn ctrl_c_while_the_database_is_frozen_counts_the_orders_and_leaves_nothing() {
    if skip_docker("ctrl_c_while_the_database_is_frozen_counts_the_orders_and_leaves_nothing") {
        return;
    }
    let out = folder();
    let fault = ["fault", "run", "pause", "mysql", "--for", "200s", "--at", "8/s", "--scenario", "buy", "--brief"];
    let running = begin(&format!("frozen-{}", std::process::id()), &fault, out.path());
    wait_for(&running.lines, "offered");
    let label = format!("label=redline={}", running.run);
    let frozen = ["ps", "-q", "--filter", &label, "--filter", "status=paused"];
    wait_until("the database is frozen", Duration::from_secs(120), || docker(&frozen).len() == 1);
    running.signal(Signal::SIGINT);
    assert_eq!(end_of(running), 130);
    let document = only_document(out.path());
    assert!(document["interrupted"].is_string(), "{}", document["interrupted"]);
    let checks = document["validity"].as_array().unwrap();
    let orders = checks.iter().find(|check| check["check"] == "orders").expect("they are counted, or told not to be");
    assert_eq!(orders["status"], "passed", "{orders}");
    assert!(orders["value"].as_str().unwrap().contains(" 0 lost"), "{orders}");
}

#[test]
fn a_run_that_is_killed_before_its_first_report_leaves_nothing_that_the_next_does_not_remove() {
    if skip_docker("a_run_that_is_killed_before_its_first_report_leaves_nothing_that_the_next_does_not_remove") {
        return;
    }
    let out = folder();
    let mark = format!("unreported-{}", std::process::id());
    let running = begin(&mark, &["scenario", "browse", "--rate", "4/s", "--for", "300s"], out.path());
    let entries = || -> Vec<String> {
        let names = std::fs::read_dir(out.path()).unwrap();
        names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    assert!(entries().iter().all(|name| name.starts_with('.')), "{:?}", entries());
    // One that goes on is left alone.
    let clean = |folder: &Path| redline_reports::remove_unfinished(folder).len();
    assert_eq!(clean(out.path()), 0);
    running.signal(Signal::SIGKILL);
    let (run, mark) = (running.run.clone(), running.mark.clone());
    running.code();
    nothing_is_left(&run, &mark);
    assert_eq!(clean(out.path()), 1);
    assert_eq!(entries(), [""; 0]);
}
