//! How the browser learns the site's address.
//!
//! Where the system allows it, Chromium runs in a mount namespace of its own whose `/etc/resolv.conf` names the
//! site's DNS server, so that it asks that server itself. Elsewhere redline asks, and tells Chromium the answer.

use std::{net::SocketAddr, path::Path, process::Stdio};

use redline_model::{Resolve, Target};
use tokio::process::Command;
use url::Url;

use super::error::BrowserError;

/// The only port that `/etc/resolv.conf` knows.
const DNS_PORT: u16 = 53;

/// How names become addresses in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Names {
    /// Chromium asks these servers itself, in a mount namespace that is made by these arguments.
    Asks {
        /// The site's DNS servers.
        servers: Vec<SocketAddr>,
        /// Program and arguments before the shell that binds the files.
        namespace: Vec<&'static str>,
    },
    /// Chromium is told.
    Told {
        /// As `--host-resolver-rules` has it.
        rule: String,
        /// Where the address is from, and why it is not asked for by Chromium.
        from: String,
    },
    /// As the machine does it.
    Machine,
}

/// Binds what the resolver reads; what follows is run with it.
const BIND: &str = "mount --bind \"$0/resolv.conf\" /etc/resolv.conf && mount --bind \"$0/hosts\" /etc/hosts \
                    && if [ -e /etc/nsswitch.conf ]; then mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf; fi && ";

impl Names {
    /// The best way that there is; `folder` gets the files that a namespace needs.
    pub(super) async fn of(target: &Target, folder: &Path) -> Result<Self, BrowserError> {
        let Some((host, port)) = host(target) else { return Ok(Self::Machine) };
        match &target.resolve {
            Resolve::System => Ok(Self::Machine),
            Resolve::Fixed { addresses } => {
                let found = addresses.iter().find(|a| a.host == host && a.port == port);
                Ok(found.map_or(Self::Machine, |a| {
                    told(&host, port, SocketAddr::new(a.address, port), "as --resolve or the machine gave it")
                }))
            }
            Resolve::Dns { servers } => {
                let name = |why: String| BrowserError::Name { host: host.clone(), why };
                let server = servers.first().ok_or_else(|| name("no DNS server is known".into()))?;
                let why = if let Some(odd) = servers.iter().find(|server| server.port() != DNS_PORT) {
                    format!("it answers on port {}, which a browser cannot be given", odd.port())
                } else {
                    match namespace(servers, folder).await {
                        Some(namespace) => return Ok(Self::Asks { servers: servers.clone(), namespace }),
                        None => "this machine gives no mount namespace".to_owned(),
                    }
                };
                let found = redline_stack::ask(*server, &host).await.map_err(name)?;
                let first = found.first().ok_or_else(|| name("it has none".into()))?;
                let from = format!(
                    "redline asked the site's DNS server ({server}) and told Chromium the answer, because {why}"
                );
                Ok(told(&host, port, SocketAddr::new(*first, port), &from))
            }
        }
    }

    /// The shell's script that runs its arguments, with the files bound where that is the way.
    pub(super) fn script(&self, then: &str) -> String {
        match self {
            Self::Asks { .. } => format!("{BIND}{then}"),
            Self::Told { .. } | Self::Machine => then.to_owned(),
        }
    }

    /// What comes before the shell.
    pub(super) fn before(&self) -> &[&'static str] {
        match self {
            Self::Asks { namespace, .. } => namespace,
            Self::Told { .. } | Self::Machine => &[],
        }
    }

    /// What Chromium is told on its command line.
    pub(super) fn argument(&self) -> Option<String> {
        match self {
            Self::Told { rule, .. } => Some(format!("--host-resolver-rules={rule}")),
            Self::Asks { .. } | Self::Machine => None,
        }
    }

    /// For the report, as a sentence.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Asks { servers, .. } => {
                let all: Vec<String> = servers.iter().map(ToString::to_string).collect();
                format!("Chromium asked the site's own DNS server ({}) itself.", all.join(", "))
            }
            Self::Told { from, .. } => {
                format!("The site's address: {from}; the look-up of the name is not in its times.")
            }
            Self::Machine => "Chromium resolved the name as the machine does it.".into(),
        }
    }
}

fn told(host: &str, port: u16, address: SocketAddr, from: &str) -> Names {
    Names::Told { rule: format!("MAP {host}:{port} {address}"), from: from.to_owned() }
}

fn host(target: &Target) -> Option<(String, u16)> {
    let url = Url::parse(&target.base_url).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// The first way to a mount namespace in which the files can be bound; nothing where there is none.
async fn namespace(servers: &[SocketAddr], folder: &Path) -> Option<Vec<&'static str>> {
    let lines: String = servers.iter().map(|server| format!("nameserver {}\n", server.ip())).collect();
    let files = [
        ("resolv.conf", format!("{lines}options timeout:2 attempts:2\n")),
        ("hosts", "127.0.0.1 localhost\n::1 localhost\n".to_owned()),
        ("nsswitch.conf", "hosts: files dns\n".to_owned()),
    ];
    for (name, text) in files {
        tokio::fs::write(folder.join(name), text).await.ok()?;
    }
    let plain = ["unshare", "--mount", "--propagation", "private"];
    for way in [plain.to_vec(), [plain.as_slice(), &["--map-root-user"]].concat()] {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["sh", "-c", &format!("{BIND}grep -q nameserver /etc/resolv.conf")])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await;
        if tried.is_ok_and(|status| status.success()) {
            return Some(way);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use redline_model::{FixedAddress, Seconds};

    use super::*;

    fn target(resolve: Resolve) -> Target {
        Target {
            base_url: "http://www.foobar.com:8080".into(),
            resolve,
            request_timeout: Seconds(1.0),
            connect_timeout: Seconds(1.0),
            trivial_path: None,
        }
    }

    #[tokio::test]
    async fn an_address_that_was_given_is_told_for_its_port_only() {
        let folder = tempfile::tempdir().unwrap();
        let address = FixedAddress { host: "www.foobar.com".into(), port: 8080, address: [127, 0, 0, 1].into() };
        let names = Names::of(&target(Resolve::Fixed { addresses: vec![address] }), folder.path()).await.unwrap();
        assert_eq!(names.argument().unwrap(), "--host-resolver-rules=MAP www.foobar.com:8080 127.0.0.1:8080");
        assert!(names.before().is_empty() && names.script("run").starts_with("run"));
        let names = Names::of(&target(Resolve::System), folder.path()).await.unwrap();
        assert_eq!((names.argument(), names), (None, Names::Machine));
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_is_named() {
        let folder = tempfile::tempdir().unwrap();
        // Nobody listens on this socket's port once it is closed.
        let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = Names::of(&target(Resolve::Dns { servers: vec![free] }), folder.path()).await.unwrap_err();
        assert!(error.to_string().contains("did not give an address of `www.foobar.com`"), "{error}");
    }
}
