//! Which CPUs the servers get and which the generator keeps.

use std::sync::OnceLock;

use redline_model::Bytes;

use crate::topology::{Topology, TopologyError};

/// What this machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The CPUs that this process was given.
    pub cpus: Vec<usize>,
    /// All memory.
    pub memory: Bytes,
}

/// Who runs where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuPlan {
    /// The CPUs of each server, in the topology's order.
    pub servers: Vec<Vec<usize>>,
    /// The generator's CPUs.
    pub generator: Vec<usize>,
    /// Whether the generator has to share its CPU with the servers: its results are then of little worth.
    pub sharing: Sharing,
}

/// Whether servers and generator are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Each has CPUs of its own.
    Apart,
    /// The machine has one CPU; all share it.
    OneCpu,
}

impl Machine {
    /// What this machine has, as it was found when this was first asked: a process that measures keeps itself to the
    /// generator's CPUs, and whoever then starts another stack must still see the servers'.
    #[must_use]
    pub fn here() -> Self {
        static FOUND: OnceLock<Machine> = OnceLock::new();
        FOUND.get_or_init(|| Self { cpus: allowed_cpus(), memory: total_memory() }).clone()
    }
}

impl CpuPlan {
    /// The servers get the last CPUs, the generator the others. (The first CPU takes most interrupts.) Servers with a
    /// part of a core have CPUs in common: their quotas together are no more than those.
    ///
    /// # Errors
    /// If the machine has too few CPUs or too little memory for the topology beside the generator.
    pub fn new(topology: &Topology, machine: &Machine) -> Result<Self, TopologyError> {
        let too_big =
            |key: &str, problem| TopologyError::TooBig { file: topology.file.clone(), key: key.into(), problem };
        let there = machine.cpus.len();
        // What is left over of servers with a part of a core is a part of cores that they have in common.
        let in_common: f64 = topology.servers.iter().filter(|s| !s.has_whole_cores()).map(|s| s.cpus).sum();
        let whole: f64 = topology.servers.iter().filter(|s| s.has_whole_cores()).map(|s| s.cpus).sum();
        // A sum of decimal fractions is not exact; a thousandth of a core is nothing.
        let in_common = (in_common - 1e-3).ceil().max(0.0) as usize;
        let asked = whole as usize + in_common;
        // The generator, Docker and the page cache of the host need some as well.
        let spare = Bytes(512 << 20);
        if topology.memory().0 + spare.0 > machine.memory.0 {
            let problem = format!(
                "the servers ask for {} together; this machine has {}, of which {spare} stay for the generator",
                topology.memory(),
                machine.memory
            );
            return Err(too_big("server.memory", problem));
        }
        if there == 1 && asked == 1 {
            let only = machine.cpus.clone();
            let servers = vec![only.clone(); topology.servers.len()];
            return Ok(Self { servers, generator: only, sharing: Sharing::OneCpu });
        }
        if asked + 1 > there {
            let wanted = topology.cpus();
            let problem = format!(
                "the servers ask for {} cores together and the generator needs one of its own; this machine has \
                 {there}, {} too few; `--server-cpus` makes the servers smaller",
                (wanted * 1000.0).round() / 1000.0,
                asked + 1 - there
            );
            return Err(too_big("server.cpus", problem));
        }
        let (generator, theirs) = machine.cpus.split_at(there - asked);
        let (common, mut left) = theirs.split_at(in_common);
        let mut servers = Vec::new();
        for server in &topology.servers {
            if !server.has_whole_cores() {
                servers.push(common.to_vec());
                continue;
            }
            let (mine, others) = left.split_at(server.cpus as usize);
            servers.push(mine.to_vec());
            left = others;
        }
        Ok(Self { servers, generator: generator.to_vec(), sharing: Sharing::Apart })
    }
    /// All CPUs that servers use.
    #[must_use]
    pub fn server_cpus(&self) -> Vec<usize> {
        let mut cpus = self.servers.concat();
        cpus.sort_unstable();
        cpus.dedup();
        cpus
    }
}

/// A CPU set as Linux and Docker write it.
pub(crate) fn cpuset(cpus: &[usize]) -> String {
    cpus.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Reads `0-2,5`.
pub(crate) fn parse_cpuset(text: &str) -> Vec<usize> {
    text.trim()
        .split(',')
        .filter_map(|part| match part.split_once('-') {
            Some((from, to)) => Some(from.parse().ok()?..=to.parse().ok()?),
            None => part.parse().ok().map(|cpu| cpu..=cpu),
        })
        .flatten()
        .collect()
}

fn allowed_cpus() -> Vec<usize> {
    let all = || (0..std::thread::available_parallelism().map_or(1, usize::from)).collect();
    // Thread 1's view may be narrower than the process's: the process may have been pinned by its caller.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).map(parse_cpuset);
    list.filter(|cpus| !cpus.is_empty()).unwrap_or_else(all)
}

fn total_memory() -> Bytes {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib =
        info.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
    Bytes(kib.unwrap_or(u64::MAX / 1024) * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::find;

    fn machine(cpus: usize) -> Machine {
        Machine { cpus: (0..cpus).collect(), memory: Bytes(16 << 30) }
    }

    #[test]
    fn the_servers_get_the_last_cpus() {
        let single = find("single").unwrap();
        let plan = CpuPlan::new(&single, &machine(4)).unwrap();
        assert_eq!((plan.servers, plan.generator, plan.sharing), (vec![vec![3]], vec![0, 1, 2], Sharing::Apart));
        assert_eq!(CpuPlan::new(&single, &machine(1)).unwrap().sharing, Sharing::OneCpu);
    }

    #[test]
    fn a_machine_that_is_too_small_is_told_by_how_much() {
        let mut big = find("single").unwrap();
        big.servers[0].cpus = 4.0;
        let sentence = CpuPlan::new(&big, &machine(4)).unwrap_err().to_string();
        assert!(sentence.contains("1 too few"), "{sentence}");
        let small = Machine { cpus: vec![0, 1], memory: Bytes(2 << 30) };
        assert!(CpuPlan::new(&find("single").unwrap(), &small).is_err());
    }

    #[test]
    fn servers_with_a_part_of_a_core_have_cores_in_common() {
        let mut three = find("single").unwrap();
        let one = three.servers[0].clone();
        three.servers = [0.4, 2.0, 0.6].map(|cpus| crate::topology::Server { cpus, ..one.clone() }).to_vec();
        let plan = CpuPlan::new(&three, &machine(4)).unwrap();
        assert_eq!((plan.servers, plan.generator), (vec![vec![1], vec![2, 3], vec![1]], vec![0]));
        three.servers[2].cpus = 0.7;
        let sentence = CpuPlan::new(&three, &machine(4)).unwrap_err().to_string();
        assert!(sentence.contains("3.1 cores") && sentence.contains("1 too few"), "{sentence}");
    }

    #[test]
    fn a_cpu_set_is_read_as_it_is_written() {
        assert_eq!(parse_cpuset("0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(cpuset(&[0, 5]), "0,5");
    }
}
