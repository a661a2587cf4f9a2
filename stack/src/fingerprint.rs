//! What a stack really is: images, limits as read back, settings as in effect.

use std::{collections::BTreeMap, str::FromStr};

use futures::{StreamExt, future::join_all};
use redline_model::{Bytes, ComponentFingerprint, Rate, ServerFingerprint};
use sha2::{Digest, Sha256};
use testcontainers::bollard::{
    Docker,
    exec::{CreateExecOptions, StartExecResults},
};

use crate::{
    Stack, StackError, container::QUOTA_PERIOD, cpus::parse_cpuset, error::one_line, labels, link, member::Member,
    secrets::is_secret, source::Source,
};

impl Stack {
    /// Each server as it really is. Asks every daemon for its version, so call it before the load.
    pub async fn fingerprint_servers(&self) -> Vec<ServerFingerprint> {
        let prints = join_all(self.members.iter().map(|member| component(&self.docker, member))).await;
        let shares = self.shares().await;
        let mut servers: Vec<ServerFingerprint> = Vec::new();
        for (member, print) in self.members.iter().zip(prints) {
            match servers.iter_mut().find(|server| server.server == member.server) {
                Some(server) => {
                    server.memory.0 += member.memory.0;
                    server.components.push(print);
                }
                None => servers.push(ServerFingerprint {
                    server: member.server.clone(),
                    cpus: parse_cpuset(&member.cpuset).len() as f64,
                    memory: member.memory,
                    components: vec![print],
                }),
            }
        }
        for server in &mut servers {
            // Whole cores are a CPU set, a part of a core is a quota that the components have together.
            if let Some(share) = shares.get(&server.server) {
                (server.cpus, server.memory) = (share.cpus, share.memory);
            }
        }
        servers
    }

    /// The size that each server was meant to have: cores and memory.
    #[must_use]
    pub fn intended_sizes(&self) -> BTreeMap<String, (f64, Bytes)> {
        let size = |m: &Member| {
            let cpus = f64::from_str(m.label(labels::SERVER_CPUS)).unwrap_or(0.0);
            (cpus, Bytes(u64::from_str(m.label(labels::SERVER_MEMORY)).unwrap_or(0)))
        };
        self.members.iter().map(|member| (member.server.clone(), size(member))).collect()
    }
}

/// A digest of the shop's code and of the data that it is seeded with.
///
/// # Errors
/// If the shop's folder cannot be read any more.
pub fn data_set_digest(source: &Source) -> Result<String, StackError> {
    let mut hash = Sha256::new();
    for file in source.context()?.iter().filter(|file| file.path.starts_with("shop/")) {
        hash.update(&file.path);
        hash.update((file.content.len() as u64).to_le_bytes());
        hash.update(&file.content);
    }
    Ok(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

async fn component(docker: &Docker, member: &Member) -> ComponentFingerprint {
    ComponentFingerprint {
        component: member.instance.clone(),
        version: version(docker, member).await.unwrap_or_else(|| "unknown".into()),
        image: member.image.clone(),
        cpuset: member.cpuset.clone(),
        memory_limit: member.memory,
        settings: settings(member),
    }
}

/// Variables and arguments, without passwords and without what differs from run to run.
fn settings(member: &Member) -> BTreeMap<String, String> {
    let of_the_run = [
        "LISTEN_ADDR",
        "WWW_ADDRESSES",
        "NS_ADDRESSES",
        "BACKENDS",
        "PHP_UPSTREAMS",
        "PHP_STATUS",
        "DB_HOST",
        "DB_REPLICA",
        "PEER",
        "CACHE",
        "EDGES",
        "ORIGINS",
        "PATH",
    ];
    let variables = member.env.iter().filter(|(name, _)| !is_secret(name) && !of_the_run.contains(&name.as_str()));
    let variables = variables.map(|(name, value)| (name.to_lowercase(), value.clone()));
    let arguments = member.args.iter().filter_map(|argument| argument.strip_prefix("--")?.split_once('='));
    let arguments = arguments.map(|(name, value)| (name.replace('-', "_"), value.to_string()));
    let quota = member.cpu_quota.map(|quota| (quota as f64 / QUOTA_PERIOD as f64).to_string());
    let rate = |limit: Option<Rate>| limit.map(|rate| rate.to_string());
    let limits = [
        ("cpu_quota", quota),
        ("read_iops", rate(member.disk.reads)),
        ("write_iops", rate(member.disk.writes)),
        ("bandwidth", link::of(member).map(|width| format!("{width}/s"))),
    ];
    let limits = limits.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), limit?)));
    variables.chain(arguments).chain(limits).collect()
}

/// What the daemon says itself.
async fn version(docker: &Docker, member: &Member) -> Option<String> {
    let command = member.kind.facts().version;
    let options = CreateExecOptions {
        cmd: Some(vec!["sh", "-c", command]),
        attach_stdout: Some(true),
        ..CreateExecOptions::default()
    };
    let exec = docker.create_exec(&member.id, options).await.ok()?;
    let StartExecResults::Attached { mut output, .. } = docker.start_exec(&exec.id, None).await.ok()? else {
        return None;
    };
    let mut text = String::new();
    while let Some(Ok(piece)) = output.next().await {
        text.push_str(&String::from_utf8_lossy(&piece.into_bytes()));
    }
    text.lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| number(line).map_or_else(|| one_line(line), String::from))
}

/// The version alone: the first word that is a number with a point, as in `nginx version: nginx/1.26.3`.
fn number(line: &str) -> Option<&str> {
    let words = line.split(|c: char| c.is_whitespace() || c == '/' || c == '(');
    words.map(|word| word.trim_matches(',')).find(|w| w.contains('.') && w.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_version_is_found_in_what_daemons_say() {
        assert_eq!(number("NSD version 4.12.0"), Some("4.12.0"));
        assert_eq!(number("nginx version: nginx/1.26.3"), Some("1.26.3"));
        assert_eq!(number("PHP 8.4.28 (fpm-fcgi) (built: Nov 18 2026)"), Some("8.4.28"));
        assert_eq!(number("/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))"), Some("9.7.4-2"));
        assert_eq!(number("mariadbd  Ver 11.8.3-MariaDB-0+deb13u1 from Debian"), Some("11.8.3-MariaDB-0+deb13u1"));
    }
}
