//! CPU and memory of one container from its cgroup's files, versions 1 and 2.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What a cgroup has counted since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct CgroupCounters {
    pub used: Duration,
    pub user: Duration,
    pub periods: u64,
    pub throttled_periods: u64,
    /// In use at this moment, without page cache that can be dropped, in bytes.
    pub memory: u64,
    pub oom_kills: u64,
}

/// The files of one container's cgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cgroup {
    /// Each controller has a tree of its own.
    V1 { cpuacct: PathBuf, cpu: PathBuf, memory: PathBuf },
    /// One tree for all.
    V2(PathBuf),
}

/// `/proc/<pid>/stat` and version 1 count in these, 100 a second on every Linux that Docker runs on.
const TICK: Duration = Duration::from_millis(10);

impl Cgroup {
    /// The cgroup of the process `pid`, if this machine shows it.
    pub(super) fn of(pid: i64) -> Option<Self> {
        let table = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        let found = locate(&table, Path::new("/sys/fs/cgroup"))?;
        found.read().map(|_| found)
    }
    /// The cgroup that this one is in.
    pub(super) fn parent(&self) -> Option<Self> {
        let up = |folder: &PathBuf| folder.parent().map(Path::to_path_buf);
        Some(match self {
            Self::V1 { cpuacct, cpu, memory } => Self::V1 { cpuacct: up(cpuacct)?, cpu: up(cpu)?, memory: up(memory)? },
            Self::V2(folder) => Self::V2(up(folder)?),
        })
    }
    /// Its CPU quota in cores; `None` without one.
    pub(super) fn quota(&self) -> Option<f64> {
        let (quota, period) = match self {
            Self::V1 { cpu, .. } => (number(&cpu.join("cpu.cfs_quota_us"))?, number(&cpu.join("cpu.cfs_period_us"))?),
            Self::V2(folder) => {
                let text = text(&folder.join("cpu.max"));
                let (quota, period) = text.trim().split_once(' ')?;
                (quota.parse().ok()?, period.parse().ok()?)
            }
        };
        (period > 0).then(|| quota as f64 / period as f64)
    }
    /// Its counters; `None` when it is gone.
    pub(super) fn read(&self) -> Option<CgroupCounters> {
        match self {
            Self::V1 { cpuacct, cpu, memory } => read_v1(cpuacct, cpu, memory),
            Self::V2(folder) => read_v2(folder),
        }
    }
    /// The processes in it.
    pub(super) fn processes(&self) -> Vec<i32> {
        let folder = match self {
            Self::V1 { cpuacct, .. } => cpuacct,
            Self::V2(folder) => folder,
        };
        let list = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
        list.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }
}

/// Finds the folders from the lines of `/proc/<pid>/cgroup`: `<hierarchy>:<controllers>:<path>`.
fn locate(table: &str, root: &Path) -> Option<Cgroup> {
    let path_of = |controller: &str| {
        table.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':');
            let controllers = parts.nth(1)?;
            let path = parts.next()?.trim_start_matches('/');
            controllers.split(',').any(|c| c == controller).then(|| (controllers.to_string(), path.to_string()))
        })
    };
    let folder = |controller: &str| {
        let (mounted, path) = path_of(controller)?;
        // A tree of several controllers is mounted under all their names, and each name leads to it.
        [root.join(&mounted), root.join(controller)].into_iter().map(|tree| tree.join(&path)).find(|f| f.is_dir())
    };
    if let (Some(cpuacct), Some(cpu), Some(memory)) = (folder("cpuacct"), folder("cpu"), folder("memory")) {
        return Some(Cgroup::V1 { cpuacct, cpu, memory });
    }
    let path = table.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let folder = root.join(path);
    folder.join("cpu.stat").exists().then_some(Cgroup::V2(folder))
}

fn read_v1(cpuacct: &Path, cpu: &Path, memory: &Path) -> Option<CgroupCounters> {
    let used = number(&cpuacct.join("cpuacct.usage"))?;
    let times = text(&cpuacct.join("cpuacct.stat"));
    let throttling = text(&cpu.join("cpu.stat"));
    let in_use = number(&memory.join("memory.usage_in_bytes")).unwrap_or(0);
    let droppable = value(&text(&memory.join("memory.stat")), "total_inactive_file");
    Some(CgroupCounters {
        used: Duration::from_nanos(used),
        user: TICK * u32::try_from(value(&times, "user")).unwrap_or(u32::MAX),
        periods: value(&throttling, "nr_periods"),
        throttled_periods: value(&throttling, "nr_throttled"),
        memory: in_use.saturating_sub(droppable),
        oom_kills: value(&text(&memory.join("memory.oom_control")), "oom_kill"),
    })
}

fn read_v2(folder: &Path) -> Option<CgroupCounters> {
    let cpu = fs::read_to_string(folder.join("cpu.stat")).ok()?;
    let in_use = number(&folder.join("memory.current")).unwrap_or(0);
    let droppable = value(&text(&folder.join("memory.stat")), "inactive_file");
    Some(CgroupCounters {
        used: Duration::from_micros(value(&cpu, "usage_usec")),
        user: Duration::from_micros(value(&cpu, "user_usec")),
        periods: value(&cpu, "nr_periods"),
        throttled_periods: value(&cpu, "nr_throttled"),
        memory: in_use.saturating_sub(droppable),
        oom_kills: value(&text(&folder.join("memory.events")), "oom_kill"),
    })
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The number behind a name in a file of `name number` lines; 0 if it is not there.
fn value(table: &str, name: &str) -> u64 {
    let found = table.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok());
    found.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        fs::create_dir_all(folder).unwrap();
        for (name, content) in files {
            fs::write(folder.join(name), content).unwrap();
        }
    }

    #[test]
    fn version_1_with_joined_controllers_is_read() {
        let root = tempfile::tempdir().unwrap();
        let table = "5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/docker/abc\n";
        write(
            &root.path().join("cpu,cpuacct/docker/abc"),
            &[
                ("cpuacct.usage", "1500000000\n"),
                ("cpuacct.stat", "user 100\nsystem 50\n"),
                ("cpu.stat", "nr_periods 10\nnr_throttled 3\nthrottled_time 5\n"),
                ("cgroup.procs", "41\n42\n"),
            ],
        );
        write(
            &root.path().join("memory/docker/abc"),
            &[
                ("memory.usage_in_bytes", "1000\n"),
                ("memory.stat", "inactive_file 1\ntotal_inactive_file 400\n"),
                ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            ],
        );
        let cgroup = locate(table, root.path()).unwrap();
        let expected = CgroupCounters {
            used: Duration::from_millis(1500),
            user: Duration::from_secs(1),
            periods: 10,
            throttled_periods: 3,
            memory: 600,
            oom_kills: 2,
        };
        assert_eq!(cgroup.read(), Some(expected));
        assert_eq!(cgroup.processes(), [41, 42]);
    }

    #[test]
    fn version_2_is_read() {
        let root = tempfile::tempdir().unwrap();
        write(
            &root.path().join("system.slice/docker-abc.scope"),
            &[
                (
                    "cpu.stat",
                    "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 4\nnr_throttled 1\n",
                ),
                ("memory.current", "5000\n"),
                ("memory.stat", "anon 10\ninactive_file 1000\n"),
                ("memory.events", "low 0\nhigh 0\nmax 0\noom 1\noom_kill 1\n"),
            ],
        );
        let cgroup = locate("0::/system.slice/docker-abc.scope\n", root.path()).unwrap();
        let expected = CgroupCounters {
            used: Duration::from_millis(2500),
            user: Duration::from_secs(2),
            periods: 4,
            throttled_periods: 1,
            memory: 4000,
            oom_kills: 1,
        };
        assert_eq!(cgroup.read(), Some(expected));
    }

    #[test]
    fn a_cgroup_that_is_gone_has_no_counters() {
        assert_eq!(Cgroup::V2("/no/such/cgroup".into()).read(), None);
        assert_eq!(locate("0::/gone\n", Path::new("/no/such/root")), None);
    }
}
