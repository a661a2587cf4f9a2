//! CPU time of processes that belong neither to the stack nor to redline nor to Docker.
//!
//! The machine's busy time minus what is known would be simpler, but that is counted in ticks of 10 ms and
//! cgroups in nanoseconds, and the difference of the two is noise of several percent of a core.

use std::collections::{HashMap, HashSet};

/// Processes of Docker itself; `fuse-overlayfs` serves the containers' files where the kernel cannot.
const DOCKERS: [&str; 6] = ["dockerd", "containerd", "containerd-shim", "docker-proxy", "fuse-overlayfs", "runc"];

/// What `/proc/<pid>/stat` says of one process; times in ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub pid: i32,
    pub parent: i32,
    pub name: String,
    /// When it started: with the pid this is one process and no other.
    pub started: u64,
    /// Its own time.
    pub own: u64,
    /// The time of its children that ended and that it waited for.
    pub ended_children: u64,
}

/// All processes that can be seen.
pub(super) fn all() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)).collect()
}

/// The name stands in parentheses and may have spaces and parentheses itself; the fields behind it are numbers.
fn parse(stat: &str) -> Option<Process> {
    let (before, rest) = stat.rsplit_once(')')?;
    let (pid, name) = before.split_once('(')?;
    let field: Vec<&str> = rest.split_whitespace().collect();
    let number = |place: usize| field.get(place).and_then(|text| text.parse::<u64>().ok());
    Some(Process {
        pid: pid.trim().parse().ok()?,
        parent: field.get(1)?.parse().ok()?,
        name: name.to_string(),
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
        started: number(19)?,
    })
}

/// Follows the foreign processes from reading to reading.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    last: Option<HashMap<(i32, u64), Process>>,
}

impl Foreign {
    /// Ticks that foreign processes used since the last time; 0 the first time.
    ///
    /// A process that ended in between is found again in the time that its parent got from its children.
    pub(super) fn ticks(&mut self, all: &[Process], own: i32, in_containers: &HashSet<i32>) -> u64 {
        let now: HashMap<_, _> =
            foreign(all, own, in_containers).into_iter().map(|p| ((p.pid, p.started), p.clone())).collect();
        let Some(last) = self.last.replace(now.clone()) else { return 0 };
        let mut used = 0;
        let mut inherited = 0;
        for (key, process) in &now {
            let before = last.get(key);
            used += process.own.saturating_sub(before.map_or(0, |p| p.own));
            inherited +=
                process.ended_children.saturating_sub(before.map_or(process.ended_children, |p| p.ended_children));
        }
        let known = last.iter().filter(|(key, _)| !now.contains_key(key)).map(|(_, p)| p.own + p.ended_children);
        used + u64::saturating_sub(inherited, known.sum())
    }
}

fn foreign<'a>(all: &'a [Process], own: i32, in_containers: &HashSet<i32>) -> Vec<&'a Process> {
    let ours = family(all, own);
    let kernel = 2;
    all.iter()
        .filter(|p| p.pid != kernel && p.parent != kernel)
        .filter(|p| !ours.contains(&p.pid) && !in_containers.contains(&p.pid))
        // The kernel keeps the first 15 letters of a name: `containerd-shim-runc-v2` is `containerd-shim`.
        .filter(|p| !DOCKERS.iter().any(|name| p.name.starts_with(name)))
        .collect()
}

/// A process and all that descend from it.
fn family(all: &[Process], head: i32) -> HashSet<i32> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(process.pid);
    }
    let mut found = HashSet::new();
    let mut open = vec![head];
    while let Some(pid) = open.pop() {
        if found.insert(pid) {
            open.extend(children.get(&pid).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, name: &str, own: u64, ended_children: u64) -> Process {
        Process { pid, parent, name: name.into(), started: 1, own, ended_children }
    }

    #[test]
    fn a_line_with_a_name_that_looks_like_fields_is_read() {
        let line = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 11 22 33 44 20 0 1 0 999 1 1";
        let expected =
            Process { pid: 42, parent: 7, name: "a) b (c".into(), started: 999, own: 33, ended_children: 77 };
        assert_eq!(parse(line), Some(expected));
    }

    #[test]
    fn what_is_ours_dockers_or_the_kernels_does_not_count() {
        let at = |n| {
            vec![
                process(1, 0, "init", 0, 0),
                process(2, 0, "kthreadd", n, 0),
                process(3, 2, "kworker/0:1", n, 0),
                process(10, 1, "redline", n, 0),
                process(11, 10, "redline", n, 0),
                process(20, 1, "dockerd", n, 0),
                process(21, 1, "containerd-shim", n, 0),
                process(30, 21, "mysqld", n, 0),
                process(40, 1, "rustc", n * 2, 0),
            ]
        };
        let mut foreign = Foreign::default();
        assert_eq!(foreign.ticks(&at(100), 10, &HashSet::from([30])), 0);
        assert_eq!(foreign.ticks(&at(150), 10, &HashSet::from([30])), 100);
    }

    #[test]
    fn processes_that_come_and_go_between_two_readings_are_found_at_their_parent() {
        let none = HashSet::new();
        let mut foreign = Foreign::default();
        foreign.ticks(
            &[process(1, 0, "init", 0, 0), process(40, 1, "make", 5, 0), process(41, 40, "cc", 30, 0)],
            10,
            &none,
        );
        // cc (30 ticks known) ended after 10 more, and another one came and went with 7.
        let now = [process(1, 0, "init", 0, 0), process(40, 1, "make", 6, 47)];
        assert_eq!(foreign.ticks(&now, 10, &none), 1 + 17);
    }
}
