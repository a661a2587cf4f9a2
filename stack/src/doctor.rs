//! What is missing or unfit on this machine, and how to mend it: checks as data.

use std::{path::Path, time::Duration};

use redline_model::Bytes;

use crate::{
    ErrorKind, Machine, base_image, cache, clean,
    docker::{self, Engine},
    labels, network, topology,
};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingState {
    /// Fit.
    Ok,
    /// It works, but the results may suffer.
    Warn,
    /// It does not work.
    Fail,
}

/// One check of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its name, stable: `docker`, `base-image`, `ports`, `other-stacks`, `disk`, `cores`, `memory`, `quiet`, `cache`.
    pub name: &'static str,
    /// How it ended.
    pub state: FindingState,
    /// What was found.
    pub what: String,
    /// How to mend it; empty if there is nothing to mend.
    pub mend: String,
}

impl Finding {
    fn ok(name: &'static str, what: impl Into<String>) -> Self {
        Self { name, state: FindingState::Ok, what: what.into(), mend: String::new() }
    }
    fn warn(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, state: FindingState::Warn, what: what.into(), mend: mend.into() }
    }
    fn fail(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, state: FindingState::Fail, what: what.into(), mend: mend.into() }
    }
}

/// What a run writes at most: images, the database's copy, logs.
const DISK_NEEDED: Bytes = Bytes(4 << 30);
/// A core that is busy with something else for more than this share spoils measurements.
const BUSY: f64 = 0.10;

/// Examines this machine. Takes a little over a second, in which nothing else should run.
pub async fn doctor() -> Vec<Finding> {
    let mut findings = Vec::new();
    match docker::connect().await {
        Ok(engine) => {
            findings.push(version(&engine));
            findings.push(base(&engine).await);
            findings.push(ports(&engine));
            findings.push(others(&engine).await);
            findings.push(disk(&engine));
        }
        Err(error) => findings.push(Finding::fail("docker", error.to_string(), "start Docker, or install it")),
    }
    let machine = Machine::here();
    findings.push(cores(&machine));
    findings.push(memory(&machine));
    findings.push(quiet(Path::new("/proc/stat")).await);
    findings.push(cache_folder());
    findings
}

fn version(engine: &Engine) -> Finding {
    let version = engine.info.server_version.clone().unwrap_or_else(|| "?".into());
    let major: u32 = version.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    if major >= 20 {
        return Finding::ok("docker", format!("Docker {version} at {}", engine.host));
    }
    Finding::warn("docker", format!("Docker {version} at {}", engine.host), "redline is tested with 20.10 and later")
}

async fn base(engine: &Engine) -> Finding {
    if let Some(found) = base_image::present(&engine.docker).await {
        return Finding::ok("base-image", format!("{} is present", found.reference));
    }
    match base_image::way_to_mmdebstrap() {
        Ok(way) => Finding::ok("base-image", format!("not present; it will be pulled, or made ({way})")),
        Err(missing) => Finding::warn(
            "base-image",
            format!("not present, and can only be pulled: {missing}"),
            "install mmdebstrap, or see to it that an image registry can be reached",
        ),
    }
}

fn ports(engine: &Engine) -> Finding {
    match network::obstacle_to_loopback(engine) {
        None => Finding::ok("ports", "the stack gets its own loopback addresses, with ports 80 and 53"),
        Some(reason) => Finding::warn(
            "ports",
            format!("the slower bridge network will be used: {reason}"),
            "stop what listens there, or accept figures that include Docker's proxy",
        ),
    }
}

async fn others(engine: &Engine) -> Finding {
    match clean::containers(&engine.docker, labels::RUN).await {
        Ok(found) if found.is_empty() => Finding::ok("other-stacks", "no other stack of redline's is here"),
        Ok(found) => Finding::warn(
            "other-stacks",
            format!("{} containers of other redline stacks are here", found.len()),
            "`redline stack status` shows them, `redline stack down` or `redline clean` removes them",
        ),
        Err(error) => Finding::fail("other-stacks", error.to_string(), "see that Docker works"),
    }
}

/// The least that any topology of redline's needs.
fn smallest() -> (u32, Bytes) {
    let all = topology::all().unwrap_or_default();
    let cpus = all.iter().map(|topology| topology.cpus().ceil() as u32).min().unwrap_or(1);
    let memory = all.iter().map(|t| t.memory().0).min().unwrap_or(0);
    (cpus, Bytes(memory))
}

fn cores(machine: &Machine) -> Finding {
    let there = machine.cpus.len();
    let needed = smallest().0 as usize + 1;
    if there >= needed {
        return Finding::ok(
            "cores",
            format!("{there} CPUs: one or more for the servers, the others for the generator"),
        );
    }
    let mend = format!("at least {needed} are needed to keep generator and servers apart");
    Finding::warn("cores", format!("{there} CPU: the generator shares it with the servers"), mend)
}

fn memory(machine: &Machine) -> Finding {
    let (_, needed) = smallest();
    if machine.memory.0 > needed.0 + (512 << 20) {
        return Finding::ok("memory", format!("{} for servers of {needed}", machine.memory));
    }
    Finding::fail("memory", format!("{} for servers of {needed}", machine.memory), "use a machine with more memory")
}

fn disk(engine: &Engine) -> Finding {
    let root = docker::root(&engine.info);
    let free = nix::sys::statvfs::statvfs(Path::new(root)).ok();
    let Some(free) = free.map(|fs| Bytes(fs.blocks_available() * fs.fragment_size())) else {
        return Finding::ok("disk", format!("{root} cannot be looked at from here"));
    };
    if free >= DISK_NEEDED {
        return Finding::ok("disk", format!("{free} free in {root}"));
    }
    let mend = format!("make room for at least {DISK_NEEDED}: `docker system prune` and `redline clean --images` help");
    Finding::fail("disk", format!("{free} free in {root}"), mend)
}

/// What the machine does while nobody asks it to.
async fn quiet(stat: &Path) -> Finding {
    let busy = || {
        let text = std::fs::read_to_string(stat).ok()?;
        let fields: Vec<u64> =
            text.lines().next()?.split_whitespace().skip(1).take(8).filter_map(|t| t.parse().ok()).collect();
        let steal = fields.get(7).copied().unwrap_or(0);
        Some((fields.iter().sum::<u64>() - fields.get(3)? - fields.get(4)? - steal, steal))
    };
    let Some(before) = busy() else { return Finding::ok("quiet", "this machine does not tell what it does") };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Some(after) = busy() else { return Finding::ok("quiet", "this machine does not tell what it does") };
    let cores = |ticks: u64| ticks as f64 / 100.0;
    let (used, stolen) = (cores(after.0.saturating_sub(before.0)), cores(after.1.saturating_sub(before.1)));
    if used > BUSY || stolen > 0.02 {
        let what = format!("{used:.2} cores are busy and {stolen:.2} stolen while redline does nothing");
        return Finding::warn("quiet", what, "end what else runs here, or expect runs to be judged invalid");
    }
    Finding::ok("quiet", format!("{used:.2} cores are busy while redline does nothing"))
}

fn cache_folder() -> Finding {
    match cache::folder() {
        Ok(folder) => Finding::ok("cache", format!("{} can be written", folder.display())),
        Err(error) => Finding::fail("cache", error.to_string(), "set XDG_CACHE_HOME to a folder that can be written"),
    }
}

/// Whether nothing failed; with it the kind of error that a failure is.
#[must_use]
pub fn verdict(findings: &[Finding]) -> Option<ErrorKind> {
    findings.iter().any(|finding| finding.state == FindingState::Fail).then_some(ErrorKind::Environment)
}
