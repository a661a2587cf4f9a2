//! `--target` and `--resolve`: a server that the user already runs, and whether it may be loaded.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use redline_model::{FixedAddress, Resolve, Seconds, Target};
use url::Url;

use crate::exit::Failure;

const REQUEST_TIMEOUT: Seconds = Seconds(10.0);
const CONNECT_TIMEOUT: Seconds = Seconds(3.0);

/// Whether the user has said that a target that is not on this machine is theirs to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// `--i-own-this-target` was given.
    Claimed,
    /// It was not: loopback only.
    Unclaimed,
}

/// Reads the target, resolves its name once and pins the address, so that what was checked is what is
/// loaded: a name that moves later cannot lead the load elsewhere.
pub(crate) fn parse(text: &str, resolve: &[String], ownership: Ownership) -> Result<Target, Failure> {
    let url = Url::parse(text).map_err(|e| {
        Failure::usage(format!("--target `{text}` is not a URL ({e}); write it like http://127.0.0.1:8080"))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Failure::usage(format!("--target `{text}`: only http:// and https:// can be loaded")));
    }
    let no_host = || Failure::usage(format!("--target `{text}` names no host; write it like http://127.0.0.1:8080"));
    let host = url.host_str().ok_or_else(no_host)?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().ok_or_else(no_host)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(Failure::usage(format!(
            "--target `{text}` must be scheme, host and port only; a path goes into --path"
        )));
    }
    let mut addresses = resolve.iter().map(|r| fixed(r)).collect::<Result<Vec<_>, _>>()?;
    if !addresses.iter().any(|a| a.host == host && a.port == port) {
        addresses.push(FixedAddress { address: system(&host, port)?, host: host.clone(), port });
    }
    let foreign = addresses.iter().find(|a| a.host == host && a.port == port && !is_loopback(a.address));
    if let (Some(foreign), Ownership::Unclaimed) = (foreign, ownership) {
        return Err(Failure::usage(format!(
            "{host} is {}, which is not on this machine; add --i-own-this-target if you are allowed to load it",
            foreign.address
        )));
    }
    let base_url = url.as_str().trim_end_matches('/').to_owned();
    Ok(Target {
        base_url,
        resolve: Resolve::Fixed { addresses },
        request_timeout: REQUEST_TIMEOUT,
        connect_timeout: CONNECT_TIMEOUT,
        trivial_path: None,
    })
}

/// The address of a target that was parsed here.
pub(crate) fn address(target: &Target) -> Option<SocketAddr> {
    let url = Url::parse(&target.base_url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let port = url.port_or_known_default()?;
    match &target.resolve {
        Resolve::Fixed { addresses } => {
            addresses.iter().find(|a| a.host == host && a.port == port).map(|a| SocketAddr::new(a.address, port))
        }
        Resolve::System | Resolve::Dns { .. } => None,
    }
}

/// The host of a target as it stands in its URL.
pub(crate) fn host(target: &Target) -> String {
    Url::parse(&target.base_url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback()),
    }
}

fn fixed(text: &str) -> Result<FixedAddress, Failure> {
    let wrong =
        || Failure::usage(format!("--resolve `{text}` is not HOST:PORT:ADDRESS, e.g. www.foobar.com:80:127.0.0.1"));
    let mut parts = text.splitn(3, ':');
    let host = parts.next().filter(|h| !h.is_empty()).ok_or_else(wrong)?.to_owned();
    let port = parts.next().and_then(|p| p.parse().ok()).ok_or_else(wrong)?;
    let address = parts.next().and_then(|a| a.trim_matches(['[', ']']).parse().ok()).ok_or_else(wrong)?;
    Ok(FixedAddress { host, port, address })
}

fn system(host: &str, port: u16) -> Result<IpAddr, Failure> {
    let unknown = |why: &str| {
        Failure::environment(format!(
            "the target's name {host} cannot be resolved ({why}); check it or use --resolve {host}:{port}:ADDRESS"
        ))
    };
    (host, port)
        .to_socket_addrs()
        .map_err(|e| unknown(&e.to_string()))?
        .next()
        .map(|a| a.ip())
        .ok_or_else(|| unknown("no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_target_needs_nothing_more() {
        let target = parse("http://127.0.0.1:8080", &[], Ownership::Unclaimed).unwrap();
        assert_eq!(target.base_url, "http://127.0.0.1:8080");
        assert_eq!(address(&target), Some("127.0.0.1:8080".parse().unwrap()));
    }

    #[test]
    fn a_name_can_be_given_an_address() {
        let resolve = ["www.foobar.com:80:127.0.0.1".to_owned()];
        let target = parse("http://www.foobar.com/", &resolve, Ownership::Unclaimed).unwrap();
        assert_eq!(address(&target), Some("127.0.0.1:80".parse().unwrap()));
    }

    #[test]
    fn another_machine_asks_for_ownership() {
        let refused = parse("http://192.0.2.1", &[], Ownership::Unclaimed).unwrap_err();
        assert!(refused.to_string().contains("--i-own-this-target"), "{refused}");
        assert!(parse("http://192.0.2.1", &[], Ownership::Claimed).is_ok());
        // A loopback name that is resolved elsewhere by hand is not on this machine either.
        let resolve = ["localhost:80:192.0.2.1".to_owned()];
        assert!(parse("http://localhost", &resolve, Ownership::Unclaimed).is_err());
    }

    #[test]
    fn nonsense_is_refused_in_one_sentence() {
        for text in ["", "foobar", "ftp://127.0.0.1", "http://", "http://127.0.0.1/path", "http://u:p@127.0.0.1"] {
            assert!(matches!(parse(text, &[], Ownership::Unclaimed), Err(Failure::Usage(_))), "{text}");
        }
        assert!(parse("http://127.0.0.1", &["nonsense".to_owned()], Ownership::Unclaimed).is_err());
    }
}
