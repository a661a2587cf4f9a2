//! What the run was made on.

use redline_model::{RunReport, ServerFingerprint};

use super::page::Layout;
use crate::words;

/// Machine, network, servers with their effective limits.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let fingerprint = &report.fingerprint;
    let environment = &fingerprint.environment;
    let mut lines = vec![layout.heading("Made on")];
    let mut say = |text: String| lines.push(layout.prose("  ", &text));
    say(format!(
        "{}, {} CPUs, {}, Linux {}{}",
        environment.cpu_model,
        environment.cpus,
        environment.memory,
        environment.kernel,
        environment.docker.as_ref().map(|d| format!(", Docker {d}")).unwrap_or_default()
    ));
    say(format!(
        "generator on CPU {}, servers on CPU {}; network {}: {}",
        list(&environment.generator_cpus),
        list(&environment.server_cpus),
        fingerprint.network,
        fingerprint.network_reason
    ));
    for server in &fingerprint.servers {
        say(describe(server));
    }
    say(format!("arrivals: {}; data set {}", fingerprint.arrival_process, fingerprint.data_set));
    if let Some(told) = words::generator_alone(report) {
        say(format!("the generator alone, against a trivial response: {told}"));
    }
    say(format!("redline {}, took {}", environment.redline, report.took));
    lines.join("\n")
}

fn describe(server: &ServerFingerprint) -> String {
    let components: Vec<String> = server.components.iter().map(|c| format!("{} {}", c.component, c.version)).collect();
    format!("server {}: {} CPU, {}: {}", server.server, server.cpus, server.memory, components.join(", "))
}

fn list(cpus: &[usize]) -> String {
    if cpus.is_empty() { "any".into() } else { cpus.iter().map(ToString::to_string).collect::<Vec<_>>().join(",") }
}
