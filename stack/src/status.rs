//! The stacks that are there, for `stack status` and `stack down`.

use std::collections::BTreeMap;

use crate::{
    NetworkKind, RunId, Stack, StackError, clean, docker, labels,
    member::{self, Member},
    ready,
    topology::ComponentKind,
    wiring::SITE,
};

/// A stack that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackStatus {
    /// Its run.
    pub run: RunId,
    /// `stack` if somebody keeps it, `run` if a run is under way (or left it behind).
    pub kind: String,
    /// The topology's name.
    pub topology: String,
    /// The network.
    pub network: Option<NetworkKind>,
    /// Each component.
    pub components: Vec<ComponentStatus>,
}

/// A component that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentStatus {
    /// Its server.
    pub server: String,
    /// What it is.
    pub component: ComponentKind,
    /// The container's name.
    pub container: String,
    /// Where it is reached from this machine.
    pub address: String,
    /// Whether it answers by its own protocol, and if not, why.
    pub state: Result<(), String>,
}

/// All stacks on this machine.
///
/// # Errors
/// If Docker does not answer.
pub async fn stacks() -> Result<Vec<StackStatus>, StackError> {
    let docker = docker::connect().await?.docker;
    let mut runs: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for (id, _) in clean::containers(&docker, labels::RUN).await? {
        // One that is just being removed is no longer there.
        if let Ok(member) = member::inspect(&docker, &id).await {
            runs.entry(member.label(labels::RUN).to_string()).or_default().push(member);
        }
    }
    let mut found = Vec::new();
    for (run, mut members) in runs {
        members.sort_by_key(|member| (member.server.clone(), member.kind));
        if let (Ok(run), Some(first)) = (run.parse(), members.first()) {
            let (kind, topology) = (first.label(labels::KIND).to_string(), first.label(labels::TOPOLOGY).to_string());
            let network = NetworkKind::named(first.label(labels::NETWORK));
            let components = futures::future::join_all(members.iter().map(component)).await;
            found.push(StackStatus { run, kind, topology, network, components });
        }
    }
    Ok(found)
}

async fn component(member: &Member) -> ComponentStatus {
    let asked = tokio::time::timeout(std::time::Duration::from_secs(2), ready::ask(member)).await;
    ComponentStatus {
        server: member.server.clone(),
        component: member.kind,
        container: member.name.clone(),
        address: member.service.to_string(),
        state: asked.unwrap_or_else(|_| Err("it does not answer".into())),
    }
}

impl Stack {
    /// How a person opens the site in a browser, as lines to print.
    #[must_use]
    pub fn how_to_open(&self) -> Vec<String> {
        let Some(entrance) = self.entrance() else { return Vec::new() };
        let (ip, url) = (entrance.service.ip(), self.base_url());
        let rules = format!("MAP {SITE} {ip}");
        vec![
            format!("chromium --host-resolver-rules='{rules}' {url}/"),
            format!("or add this line to /etc/hosts and open {url}/ in any browser:"),
            format!("{ip} {SITE}"),
            format!("or: curl --resolve {SITE}:{}:{ip} {url}/", entrance.service.port()),
        ]
    }
}
