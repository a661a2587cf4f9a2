//! A server's share of the machine: a cgroup that all its components are in, with one limit for all of them.
//!
//! Docker makes the cgroup when the first container asks for it as its parent, and sets nothing on it. The limits
//! are written by a container of ours that has the host's tree of cgroups mounted: redline itself may neither be
//! allowed to write there nor be on that machine. It stays for as long as the run, so that a lever can change a
//! share within milliseconds, and it is removed with the run, as the cgroups are.

use std::collections::BTreeMap;

use redline_model::Bytes;
use testcontainers::bollard::{
    Docker,
    models::{ContainerCreateBody, HostConfig, Mount, MountType, SystemInfo, SystemInfoCgroupDriverEnum},
};

use crate::{
    RunId, StackError, StackKind,
    container::QUOTA_PERIOD,
    exec::{self, User},
    helper, labels,
    topology::Server,
};

/// Where the host's tree is in the keeper.
const TREE: &str = "/cgroup";

/// The cgroup of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// As Docker's `--cgroup-parent` wants it.
    pub parent: String,
    /// Its folder in the tree, or in each controller's tree.
    pub folder: String,
}

impl Group {
    /// The cgroup of `server` in a run: a path, or a slice where systemd manages the cgroups.
    pub(crate) fn of(run: &RunId, server: &str, info: &SystemInfo) -> Self {
        let systemd = info.cgroup_driver == Some(SystemInfoCgroupDriverEnum::SYSTEMD);
        if !systemd {
            let folder = format!("redline-{run}/{server}");
            return Self { parent: format!("/{folder}"), folder };
        }
        // In a slice's name a dash leads one level down.
        let plain = |name: &str| name.replace('-', "_");
        let (run, server) = (plain(run.as_str()), plain(server));
        let slice = format!("redline-{run}-{server}.slice");
        Self { folder: format!("redline.slice/redline-{run}.slice/{slice}"), parent: slice }
    }
    /// The folder that is the run's own.
    fn of_run(&self) -> &str {
        self.folder.rsplit_once('/').map_or(&self.folder, |(run, _)| run)
    }
}

/// What a server may use, as read back from the kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    /// Cores.
    pub cpus: f64,
    pub memory: Bytes,
}

/// What is to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// Cores and memory.
    Both(Share),
    /// Cores only.
    Cpus(f64),
    /// Nothing: it is only read.
    AsIs,
}

/// The container that writes and reads shares.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    docker: Docker,
    id: String,
}

impl Keeper {
    /// Starts it from any image that has a shell.
    pub(crate) async fn start(docker: &Docker, image: &str, run: &RunId, kind: StackKind) -> Result<Self, StackError> {
        let host = HostConfig {
            network_mode: Some("none".into()),
            cap_drop: Some(vec!["ALL".into()]),
            // The folders at the top of the tree let nobody write, their owner included.
            cap_add: Some(vec!["DAC_OVERRIDE".into()]),
            security_opt: Some(vec!["no-new-privileges".into()]),
            readonly_rootfs: Some(true),
            init: Some(true),
            memory: Some(64 << 20),
            pids_limit: Some(16),
            mounts: Some(vec![Mount {
                source: Some("/sys/fs/cgroup".into()),
                target: Some(TREE.into()),
                typ: Some(MountType::BIND),
                ..Mount::default()
            }]),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.into()),
            user: Some("0:0".into()),
            entrypoint: Some(vec!["sleep".into(), "infinity".into()]),
            labels: Some(labels::of_run(run, kind)),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let id = helper::start(docker, body, "starting the container that sets the servers' shares").await?;
        Ok(Self { docker: docker.clone(), id })
    }

    /// Gives a server its share; the kernel's own account of it must be what was asked for.
    pub(crate) async fn give(&self, server: &Server, folder: &str) -> Result<Share, StackError> {
        let wanted = Share { cpus: server.cpus, memory: server.memory };
        let failed = |reason| StackError::Share { server: server.name.clone(), reason };
        let found = self.ask(folder, Wanted::Both(wanted)).await.map_err(failed)?;
        // The kernel counts microseconds and whole pages.
        let close = (found.cpus - wanted.cpus).abs() < 1e-3 && wanted.memory.0.abs_diff(found.memory.0) < 1 << 16;
        if close {
            return Ok(found);
        }
        let (cpus, memory) = (found.cpus, found.memory);
        Err(failed(format!("it was to have {} cores and {}, and has {cpus} and {memory}", server.cpus, server.memory)))
    }

    /// Writes what is wanted and reads what there is then.
    pub(crate) async fn ask(&self, folder: &str, wanted: Wanted) -> Result<Share, String> {
        let said = exec::succeed(&self.docker, &self.id, User::Own, &["sh", "-c", &script(folder, wanted)]).await?;
        parse(&said).ok_or_else(|| format!("the limits of {folder} cannot be read: {}", said.trim()))
    }

    /// Removes the cgroups of a run, whose containers are gone. One that is not empty stays.
    pub(crate) async fn remove_groups(&self, folders: &[String]) -> Result<(), String> {
        let runs: std::collections::BTreeSet<_> = folders
            .iter()
            .map(|folder| Group { parent: String::new(), folder: folder.clone() }.of_run().to_string())
            .collect();
        for run in runs {
            let find = "-depth -type d -exec rmdir {} + 2>/dev/null";
            let command = format!("for d in {TREE}/{run} {TREE}/*/{run}; do [ ! -d $d ] || find $d {find}; done; true");
            exec::succeed(&self.docker, &self.id, User::Own, &["sh", "-c", &command]).await?;
        }
        Ok(())
    }

    /// Its container.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

/// Both versions of cgroups; what is read back comes as `cpu <quota> <period>` and `memory <bytes>`.
fn script(folder: &str, wanted: Wanted) -> String {
    let (cpus, memory) = match wanted {
        Wanted::Both(share) => (Some(share.cpus), Some(share.memory)),
        Wanted::Cpus(cpus) => (Some(cpus), None),
        Wanted::AsIs => (None, None),
    };
    let quota = |cpus: f64| (cpus * QUOTA_PERIOD as f64).round() as i64;
    let mut v1 = vec![format!("c={TREE}/cpu/{folder}; m={TREE}/memory/{folder}")];
    let mut v2 = vec![format!("cd {TREE}/{folder}")];
    if let Some(cpus) = cpus {
        v1.push(format!("echo {QUOTA_PERIOD} > $c/cpu.cfs_period_us; echo {} > $c/cpu.cfs_quota_us", quota(cpus)));
        v2.push(format!("echo {} {QUOTA_PERIOD} > cpu.max", quota(cpus)));
    }
    if let Some(Bytes(memory)) = memory {
        // No swap on top, where swap is counted at all.
        v1.push(format!("echo {memory} > $m/memory.limit_in_bytes"));
        v1.push(format!("[ ! -e $m/memory.memsw.limit_in_bytes ] || echo {memory} > $m/memory.memsw.limit_in_bytes"));
        v2.push(format!("echo {memory} > memory.max"));
        v2.push("[ ! -e memory.swap.max ] || echo 0 > memory.swap.max".into());
    }
    v1.push("echo cpu $(cat $c/cpu.cfs_quota_us) $(cat $c/cpu.cfs_period_us)".into());
    v1.push("echo memory $(cat $m/memory.limit_in_bytes)".into());
    v2.push("echo cpu $(cat cpu.max); echo memory $(cat memory.max)".into());
    format!("set -e\nif [ -e {TREE}/cgroup.controllers ]; then\n{}\nelse\n{}\nfi\n", v2.join("\n"), v1.join("\n"))
}

fn parse(said: &str) -> Option<Share> {
    let words: BTreeMap<&str, Vec<&str>> = said
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    let [quota, period] = words.get("cpu")?.as_slice() else { return None };
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    let memory = words.get("memory")?.first()?.parse().ok()?;
    (quota > 0.0 && period > 0.0).then(|| Share { cpus: quota / period, memory: Bytes(memory) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(driver: SystemInfoCgroupDriverEnum) -> Group {
        let info = SystemInfo { cgroup_driver: Some(driver), ..SystemInfo::default() };
        Group::of(&"run-1".parse().unwrap(), "web-1", &info)
    }

    #[test]
    fn a_server_has_a_path_or_a_slice() {
        let path = group(SystemInfoCgroupDriverEnum::CGROUPFS);
        assert_eq!((path.parent.as_str(), path.of_run()), ("/redline-run-1/web-1", "redline-run-1"));
        let slice = group(SystemInfoCgroupDriverEnum::SYSTEMD);
        assert_eq!(slice.parent, "redline-run_1-web_1.slice");
        assert_eq!(slice.folder, "redline.slice/redline-run_1.slice/redline-run_1-web_1.slice");
    }

    #[test]
    fn both_versions_are_told_and_read() {
        let share = Share { cpus: 0.4, memory: Bytes(1 << 30) };
        insta::assert_snapshot!(script("redline-x/web1", Wanted::Both(share)));
        assert_eq!(parse("cpu 4000 10000\nmemory 1073741824\n"), Some(share));
        // Without a limit: -1 in version 1, `max` in version 2.
        assert_eq!(parse("cpu -1 100000\nmemory 9223372036854771712\n"), None);
        assert_eq!(parse("cpu max 100000\nmemory max\n"), None);
        assert!(!script("x", Wanted::AsIs).contains(" > "), "it only reads");
    }
}
