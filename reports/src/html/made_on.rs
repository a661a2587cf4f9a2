//! What the run was made on, as tables.

use redline_model::{RunReport, ServerFingerprint};

use super::table::Table;
use crate::words;

/// The run, the machine and each server.
pub(super) fn tables(report: &RunReport) -> Vec<Table> {
    let mut tables = vec![run(report)];
    tables.extend(report.fingerprint.servers.iter().map(server));
    tables
}

fn run(report: &RunReport) -> Table {
    let f = &report.fingerprint;
    let e = &f.environment;
    let cpus = |of: &[usize]| {
        if of.is_empty() { "any".to_owned() } else { of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") }
    };
    let rows = [
        ("run", report.run.clone()),
        ("command", report.command.clone()),
        ("seed", report.seed.to_string()),
        ("scenario", f.scenario.clone()),
        ("topology", f.topology.clone()),
        ("arrivals", f.arrival_process.clone()),
        ("promise", if f.slo.is_empty() { "none".into() } else { f.slo.join(", ") }),
        ("data set", f.data_set.clone()),
        ("network", format!("{}: {}", f.network, f.network_reason)),
        ("machine", format!("{}, {} CPUs, {}", e.cpu_model, e.cpus, e.memory)),
        ("kernel", e.kernel.clone()),
        ("Docker", e.docker.clone().unwrap_or_else(|| "not used".into())),
        ("generator's CPUs", cpus(&e.generator_cpus)),
        ("servers' CPUs", cpus(&e.server_cpus)),
        (
            "generator alone, against a trivial response",
            words::generator_alone(report).unwrap_or_else(|| "not measured".into()),
        ),
        ("redline", e.redline.clone()),
        ("took", report.took.to_string()),
    ];
    let rows = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    Table::of_text("Fingerprint of the run", &["what", "value"], rows)
}

fn server(server: &ServerFingerprint) -> Table {
    let rows = server.components.iter().map(|c| {
        let settings: Vec<String> = c.settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        vec![
            c.component.clone(),
            c.version.clone(),
            c.memory_limit.to_string(),
            c.cpuset.clone(),
            c.image.clone(),
            settings.join(", "),
        ]
    });
    let caption = format!("Server {}: {} CPU, {}", server.server, server.cpus, server.memory);
    Table::of_text(caption, &["component", "version", "memory", "CPUs", "image", "settings in effect"], rows.collect())
}
