//! What redline's generator is compared with: goose as it comes, and oha.

use std::{
    env,
    process::{Command, ExitCode},
    time::Duration,
};

use goose::{config::GooseConfiguration, prelude::*};

use super::throughput::USERS;
use crate::Failure;

/// Marks the one line of a goose process that is wanted: goose writes to standard output, too.
const MARK: &str = "requests and seconds:";

/// goose's process: its own client, its own metrics, one GET a transaction.
pub fn goose(base_url: &str) -> ExitCode {
    let mut core = nix::sched::CpuSet::new();
    let _ = core.set(0).and_then(|()| nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &core));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let Ok(metrics) = runtime.map(|runtime| runtime.block_on(attack(base_url))) else { return ExitCode::FAILURE };
    let Ok(metrics) = metrics else { return ExitCode::FAILURE };
    let requests: usize = metrics.requests.values().map(|r| r.success_count + r.fail_count).sum();
    println!("{MARK} {requests} {}", metrics.duration);
    ExitCode::SUCCESS
}

async fn attack(base_url: &str) -> Result<GooseMetrics, GooseError> {
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(base_url.to_owned());
    configuration.users = Some(USERS as usize);
    configuration.increase_rate = Some("100000".into());
    configuration.run_time = Some("3".into());
    configuration.no_telnet = true;
    configuration.no_print_metrics = true;
    let scenario = scenario!("bare").register_transaction(transaction!(get));
    GooseAttack::initialize_with_config(configuration)?.register_scenario(scenario).execute().await
}

async fn get(user: &mut GooseUser) -> TransactionResult {
    user.get("/").await?;
    Ok(())
}

/// goose's requests a second.
pub fn goose_rate(base_url: &str, length: Duration) -> Result<f64, Failure> {
    let output = Command::new(env::current_exe()?).args(["goose", base_url]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix(MARK)).ok_or("goose gave no figures")?;
    let requests: f64 = line.split_whitespace().next().ok_or("goose gave no figures")?.parse()?;
    Ok(requests / length.as_secs_f64())
}

/// oha's requests a second; `None` where it is not installed.
pub fn oha_rate(base_url: &str, length: Duration) -> Result<Option<f64>, Failure> {
    let (time, users) = (format!("{}s", length.as_secs()), USERS.to_string());
    let arguments = ["-c", "0", "oha", "--no-tui", "--output-format", "json", "-z", &time, "-c", &users, base_url];
    let output = Command::new("taskset").args(arguments).output();
    let Ok(output) = output else { return Ok(None) };
    let Ok(report) = serde_json::from_slice::<serde_json::Value>(&output.stdout) else { return Ok(None) };
    Ok(report["summary"]["requestsPerSec"].as_f64())
}
