//! The machine that a run is made on, as it says itself.

use std::{fs, path::PathBuf};

use redline_model::{Bytes, Environment};

use crate::exit::Failure;

/// This program, to start workers and the guard with.
pub(crate) fn exe() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|e| anyhow::Error::from(e).context("finding redline's own program").into())
}

/// Keeps this process off the servers' CPUs; its children inherit that. Where the system has no such thing
/// the report's CPU figures show it.
pub(crate) fn pin_to(cpus: &[usize]) {
    #[cfg(target_os = "linux")]
    {
        use nix::{
            sched::{CpuSet, sched_setaffinity},
            unistd::Pid,
        };
        let mut set = CpuSet::new();
        if !cpus.is_empty() && cpus.iter().all(|cpu| set.set(*cpu).is_ok()) {
            // All threads, not only this one: the runtime's were started before.
            for thread in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
                if let Ok(id) = thread.file_name().to_string_lossy().parse() {
                    let _ = sched_setaffinity(Pid::from_raw(id), &set);
                }
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = cpus;
}

/// Logical CPUs of the machine, whatever this process may use of them.
fn all_cpus() -> u32 {
    let listed = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    match listed.lines().filter(|l| l.starts_with("processor")).count() {
        0 => std::thread::available_parallelism().map_or(0, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        n => u32::try_from(n).unwrap_or(u32::MAX),
    }
}

/// Reads the machine's name plate.
pub(crate) fn read(generator: &[usize], servers: &[usize], docker: Option<String>) -> Environment {
    let first = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|l| l.starts_with(key)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let memory = first("/proc/meminfo", "MemTotal").and_then(|v| v.split(' ').next()?.parse::<u64>().ok());
    Environment {
        redline: env!("CARGO_PKG_VERSION").to_owned(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        cpu_model: first("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        cpus: all_cpus(),
        memory: Bytes(memory.unwrap_or(0) * 1024),
        docker,
        generator_cpus: generator.to_vec(),
        server_cpus: servers.to_vec(),
    }
}
