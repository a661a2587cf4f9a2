//! What the tests of the command share.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of this")]

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The command under test.
pub fn redline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redline"));
    command.stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// Whether Docker tests are to be skipped; says so.
pub fn skip_docker(test: &str) -> bool {
    let skip = std::env::var_os("REDLINE_SKIP_DOCKER").is_some_and(|v| v != "0");
    if skip {
        eprintln!("{test}: skipped, REDLINE_SKIP_DOCKER is set");
    }
    skip
}

/// Runs `command` to its end: exit code, stdout, stderr.
pub fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// What Docker lists, one name a line.
pub fn docker(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("docker").args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Containers, networks and volumes of the run.
pub fn left_of(run: &str) -> Vec<String> {
    let label = format!("label=redline={run}");
    let mut left = docker(&["ps", "-aq", "--filter", &label]);
    left.extend(docker(&["network", "ls", "-q", "--filter", &label]));
    left.extend(docker(&["volume", "ls", "-q", "--filter", &label]));
    left
}

/// Processes of our binary that carry `mark` in their environment.
pub fn processes_with(mark: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.windows(mark.len()).any(|w| w == mark.as_bytes()) {
            found.push(pid);
        }
    }
    found
}

/// Waits until `condition` holds, looking again at the pace of `docker ps`.
pub fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        std::thread::yield_now();
    }
}

/// A folder of its own that is removed with the test.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The only run folder in `out`.
pub fn only_run(out: &std::path::Path) -> PathBuf {
    let mut runs: Vec<PathBuf> = std::fs::read_dir(out).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.remove(0)
}

/// The document of the only run in `out`.
pub fn only_document(out: &std::path::Path) -> serde_json::Value {
    let text = std::fs::read(only_run(out).join("run.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}
