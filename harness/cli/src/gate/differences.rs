//! What the two sides differ in: a comparison whose sides differ in more than what is meant says so.

use redline_model::{ComponentFingerprint, ServerFingerprint};

use crate::site::Facts;

/// What differs, in a sentence.
pub(super) fn told(base: &Facts, candidate: &Facts) -> String {
    let mut all: Vec<String> = Vec::new();
    if base.data_set != candidate.data_set {
        all.push(format!("the shop's code and data ({} and {})", base.data_set, candidate.data_set));
    }
    if base.network != candidate.network {
        all.push(format!("the network ({} and {})", base.network, candidate.network));
    }
    all.extend(of_servers(&base.servers, &candidate.servers));
    if all.is_empty() {
        "The sides do not differ in anything that redline knows of.".to_owned()
    } else {
        format!("The sides differ in: {}.", all.join("; "))
    }
}

fn of_servers(base: &[ServerFingerprint], candidate: &[ServerFingerprint]) -> Vec<String> {
    let flat = |servers: &[ServerFingerprint]| -> Vec<(String, ComponentFingerprint)> {
        let of = |s: &ServerFingerprint| {
            s.components.iter().map(|c| (format!("{}/{}", s.server, c.component), c.clone())).collect::<Vec<_>>()
        };
        servers.iter().flat_map(of).collect()
    };
    let (base, candidate) = (flat(base), flat(candidate));
    let mut all = Vec::new();
    for (name, one) in &base {
        match candidate.iter().find(|(other, _)| other == name) {
            Some((_, other)) => all.extend(of_component(name, one, other)),
            None => all.push(format!("{name}, which only the base has")),
        }
    }
    let added = candidate.iter().filter(|(name, _)| !base.iter().any(|(other, _)| other == name));
    all.extend(added.map(|(name, _)| format!("{name}, which only the candidate has")));
    all
}

fn of_component(name: &str, base: &ComponentFingerprint, candidate: &ComponentFingerprint) -> Option<String> {
    let keys = base.settings.keys().chain(candidate.settings.keys());
    let mut differ: Vec<&str> =
        keys.filter(|key| base.settings.get(*key) != candidate.settings.get(*key)).map(String::as_str).collect();
    differ.sort_unstable();
    differ.dedup();
    let plain = [
        ("image", base.image != candidate.image),
        ("version", base.version != candidate.version),
        ("memory", base.memory_limit != candidate.memory_limit),
        ("CPUs", base.cpuset != candidate.cpuset),
    ];
    differ.extend(plain.iter().filter(|(_, differs)| *differs).map(|(what, _)| *what));
    (!differ.is_empty()).then(|| format!("{name} ({})", differ.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(settings: &[(&str, &str)], image: &str) -> Vec<ServerFingerprint> {
        let settings = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let php = ComponentFingerprint { component: "php".into(), image: image.into(), settings, ..Default::default() };
        vec![ServerFingerprint { server: "server".into(), components: vec![php], ..Default::default() }]
    }

    #[test]
    fn what_differs_is_named() {
        let base = server(&[("pm", "static"), ("burn", "0")], "a");
        assert!(of_servers(&base, &base).is_empty());
        let other = server(&[("pm", "static"), ("burn", "5")], "b");
        assert_eq!(of_servers(&base, &other), ["server/php (burn, image)"]);
        assert_eq!(of_servers(&base, &[]), ["server/php, which only the base has"]);
    }
}
