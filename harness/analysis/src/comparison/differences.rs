//! In what runs differ (DESIGN.md, rule 8). What is not the subject of the comparison comes first.

use std::collections::BTreeSet;

use redline_model::{Bytes, Difference, Effect, Fingerprint, RunReport};

/// What differs between the runs: what makes the comparison unfair, what is worth knowing, what is compared.
pub(super) fn differences(runs: &[&RunReport]) -> Vec<Difference> {
    let mut all: Vec<Difference> = FIELDS.iter().filter_map(|field| field.difference(runs)).collect();
    all.extend(days_apart(runs));
    all.extend(of_components(runs));
    all.sort_by_key(|difference| difference.effect);
    all
}

/// A part of the fingerprint that all runs have.
struct Field {
    what: &'static str,
    effect: Effect,
    value: fn(&Fingerprint) -> String,
}

const FIELDS: [Field; 14] = [
    unfair("scenario", |f| f.scenario.clone()),
    unfair("arrival process", |f| f.arrival_process.clone()),
    unfair("processor", |f| f.environment.cpu_model.clone()),
    unfair("CPUs of the machine", |f| f.environment.cpus.to_string()),
    unfair("network", |f| f.network.clone()),
    worth("promise", |f| f.slo.join(", ")),
    worth("shop and its data", |f| f.data_set.clone()),
    worth("kernel", |f| f.environment.kernel.clone()),
    worth("Docker", |f| f.environment.docker.clone().unwrap_or_else(|| "none".into())),
    worth("redline", |f| f.environment.redline.clone()),
    worth("memory of the machine", |f| f.environment.memory.to_string()),
    worth("CPUs of the generator", |f| listed(&f.environment.generator_cpus)),
    subject("topology", |f| f.topology.clone()),
    subject("servers", size),
];

const fn unfair(what: &'static str, value: fn(&Fingerprint) -> String) -> Field {
    Field { what, effect: Effect::Unfair, value }
}

const fn worth(what: &'static str, value: fn(&Fingerprint) -> String) -> Field {
    Field { what, effect: Effect::Worth, value }
}

const fn subject(what: &'static str, value: fn(&Fingerprint) -> String) -> Field {
    Field { what, effect: Effect::Subject, value }
}

impl Field {
    fn difference(&self, runs: &[&RunReport]) -> Option<Difference> {
        let values: Vec<String> = runs.iter().map(|run| (self.value)(&run.fingerprint)).collect();
        differing(self.what, values, self.effect)
    }
}

fn differing(what: &str, values: Vec<String>, effect: Effect) -> Option<Difference> {
    let distinct: BTreeSet<&String> = values.iter().collect();
    (distinct.len() > 1).then(|| Difference { what: what.to_owned(), values, effect })
}

fn listed(cpus: &[usize]) -> String {
    cpus.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `2 × 1 core, 2.00 GiB`.
fn size(f: &Fingerprint) -> String {
    let mut kinds: Vec<(f64, Bytes, usize)> = Vec::new();
    for server in &f.servers {
        match kinds.iter_mut().find(|(cpus, memory, _)| *cpus == server.cpus && *memory == server.memory) {
            Some((.., count)) => *count += 1,
            None => kinds.push((server.cpus, server.memory, 1)),
        }
    }
    let one = |(cpus, memory, count): &(f64, Bytes, usize)| {
        let cores = if *cpus == 1.0 { "1 core".to_owned() } else { format!("{cpus} cores") };
        if *count == 1 { format!("{cores}, {memory}") } else { format!("{count} × {cores}, {memory}") }
    };
    kinds.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// Runs of different days are of different luck even on one machine.
fn days_apart(runs: &[&RunReport]) -> Option<Difference> {
    let day = |run: &&RunReport| run.started.get(..10).unwrap_or_default().to_owned();
    let days: Vec<String> = runs.iter().map(day).collect();
    differing("day", days, Effect::Worth)
}

/// What the components are and how they are set: where they are the same, nothing is said.
fn of_components(runs: &[&RunReport]) -> Vec<Difference> {
    let of = |run: &RunReport, name: &str, value: fn(&redline_model::ComponentFingerprint) -> String| {
        let all = run.fingerprint.servers.iter().flat_map(|s| &s.components).filter(|c| c.component == name);
        let values: BTreeSet<String> = all.map(value).collect();
        if values.is_empty() { "–".to_owned() } else { values.into_iter().collect::<Vec<_>>().join(" | ") }
    };
    let names: BTreeSet<&str> = runs
        .iter()
        .flat_map(|run| run.fingerprint.servers.iter().flat_map(|s| s.components.iter().map(|c| c.component.as_str())))
        .collect();
    let mut all = Vec::new();
    for name in names {
        let values = |value| runs.iter().map(|run| of(run, name, value)).collect::<Vec<_>>();
        all.extend(differing(&format!("version of {name}"), values(|c| c.version.clone()), Effect::Subject));
        all.extend(differing(&format!("image of {name}"), values(|c| short(&c.image)), Effect::Subject));
        let keys: BTreeSet<&String> = runs
            .iter()
            .flat_map(|run| run.fingerprint.servers.iter().flat_map(|s| &s.components))
            .filter(|c| c.component == name)
            .flat_map(|c| c.settings.keys())
            .collect();
        let there =
            |run: &&RunReport| run.fingerprint.servers.iter().any(|s| s.components.iter().any(|c| c.component == name));
        if !runs.iter().all(there) {
            continue; // Its absence is told once, by its version.
        }
        for key in keys {
            let set = |run: &&RunReport| {
                let all = run.fingerprint.servers.iter().flat_map(|s| &s.components).filter(|c| c.component == name);
                let values: BTreeSet<&str> = all.map(|c| c.settings.get(key).map_or("–", String::as_str)).collect();
                values.into_iter().collect::<Vec<_>>().join(" | ")
            };
            all.extend(differing(&format!("{name} {key}"), runs.iter().map(set).collect(), Effect::Subject));
        }
    }
    all
}

/// A digest is long, and its first digits tell it apart.
fn short(image: &str) -> String {
    let digest = image.strip_prefix("sha256:").unwrap_or(image);
    digest.chars().take(12).collect()
}
