//! The size of servers: what is allowed, and another one than the file's.

use super::{Topology, TopologyError};

/// The kernel takes no quota under a millisecond in a period, and a period is 10 ms.
pub(super) const LEAST_CPUS: f64 = 0.1;
const MOST_CPUS: f64 = 1024.0;

/// What is wrong with a size in cores, if anything.
pub(super) fn problem(cpus: f64) -> Option<String> {
    let fits = (LEAST_CPUS..=MOST_CPUS).contains(&cpus);
    (!fits).then(|| format!("{cpus} is out of range: a server may have from {LEAST_CPUS} to {MOST_CPUS} cores"))
}

impl Topology {
    /// The same with `cpus` cores for each of its servers.
    ///
    /// # Errors
    /// If that is out of range, or a component's own quota is more than that.
    pub fn with_server_cpus(mut self, cpus: f64) -> Result<Self, TopologyError> {
        if let Some(problem) = problem(cpus) {
            return Err(TopologyError::Size(problem));
        }
        for server in &mut self.servers {
            server.cpus = cpus;
        }
        quotas_fit(&self)?;
        Ok(self)
    }
}

/// No component may use more than its server has: the kernel would refuse it.
pub(super) fn quotas_fit(topology: &Topology) -> Result<(), TopologyError> {
    for (server, component) in topology.components() {
        if let Some(quota) = component.settings.cpu_quota().filter(|quota| *quota > server.cpus) {
            let key = format!("server.{}.{}.cpu_quota", server.name, component.kind());
            let problem = format!("{quota} cores are more than the {} that its server has", server.cpus);
            return Err(TopologyError::wrong(&topology.file, key, problem));
        }
    }
    Ok(())
}
