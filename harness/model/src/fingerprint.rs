//! What a run was made on: two runs are comparable where their fingerprints agree.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Bytes;

/// The machine and the tool.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// redline's version.
    pub redline: String,
    /// The kernel's release.
    pub kernel: String,
    /// The processor's name.
    pub cpu_model: String,
    /// Logical CPUs of the machine.
    pub cpus: u32,
    /// Memory of the machine.
    pub memory: Bytes,
    /// Docker's version, where it is used.
    pub docker: Option<String>,
    /// CPUs that the generator used.
    pub generator_cpus: Vec<usize>,
    /// CPUs that the servers used.
    pub server_cpus: Vec<usize>,
}

/// One server as it really was.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ServerFingerprint {
    /// Its name.
    pub server: String,
    /// CPU that its components share, in cores, as read back.
    pub cpus: f64,
    /// Memory that its components may use together, as read back.
    pub memory: Bytes,
    /// Its components.
    pub components: Vec<ComponentFingerprint>,
}

/// One component as it really was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ComponentFingerprint {
    /// Its name.
    pub component: String,
    /// The daemon's version as it says itself.
    pub version: String,
    /// The image's content digest.
    pub image: String,
    /// CPU set, as read back.
    pub cpuset: String,
    /// Memory limit, as read back.
    pub memory_limit: Bytes,
    /// Settings that matter, as in effect.
    pub settings: BTreeMap<String, String>,
}

/// What a run was made on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprint {
    /// The machine and the tool.
    pub environment: Environment,
    /// The topology's name.
    pub topology: String,
    /// `loopback`, `bridge` or `external`.
    pub network: String,
    /// Why that network was chosen.
    pub network_reason: String,
    /// Each server.
    pub servers: Vec<ServerFingerprint>,
    /// A digest of the shop's code and of the data that it is seeded with.
    pub data_set: String,
    /// How sessions arrive: model, process and think scale.
    pub arrival_process: String,
    /// The scenario's name.
    pub scenario: String,
    /// The promises, as text.
    pub slo: Vec<String>,
}

impl Environment {
    /// The class of machine that figures can be compared within: processor, logical CPUs, memory in whole GiB.
    #[must_use]
    pub fn class(&self) -> String {
        let gib = (self.memory.0 as f64 / f64::from(1 << 30)).round();
        format!("{}, {} CPUs, {gib} GiB", self.cpu_model, self.cpus)
    }
}
