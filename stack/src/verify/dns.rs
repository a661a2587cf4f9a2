//! `www.foobar.com` is another name for `foobar.com`, and that has the web servers' addresses: every DNS server says so.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{TokioResolver, proto::rr::RData};
use redline_model::{Resolve, Target};

use super::{Steps, wrong};
use crate::{
    StackError, dns_client,
    error::one_line,
    wiring::{SITE, ZONE},
};

const STEP: &str = "DNS";

/// Verifies the names.
pub(super) async fn verify(target: &Target, addresses: &[String], steps: &Steps<'_>) -> Result<(), StackError> {
    let mut said = String::new();
    for server in servers(target)? {
        said = one(*server, addresses).await?;
    }
    steps.passed(&said);
    Ok(())
}

async fn one(server: SocketAddr, addresses: &[String]) -> Result<String, StackError> {
    let resolver = resolver(server)?;
    let answer = resolver.ipv4_lookup(format!("{SITE}.")).await.map_err(|e| wrong(STEP, one_line(&e.to_string())))?;
    let records = answer.answers();
    let leads_to_zone = records.iter().any(|record| match &record.data {
        RData::CNAME(name) => name.0.to_string().trim_end_matches('.') == ZONE,
        _ => false,
    });
    if !leads_to_zone {
        return Err(wrong(STEP, format!("{SITE} has no CNAME that leads to {ZONE}")));
    }
    let found: Vec<String> = records
        .iter()
        .filter_map(|record| match &record.data {
            RData::A(address) => Some(address.0.to_string()),
            _ => None,
        })
        .collect();
    if found.is_empty() || !found.iter().all(|address| addresses.contains(address)) {
        return Err(wrong(STEP, format!("{SITE} has the addresses {found:?} instead of {addresses:?}")));
    }
    Ok(format!("{SITE} → {ZONE} → {}", found.join(", ")))
}

/// The addresses that a visitor's resolver would give, without ports.
pub(super) async fn lookup(resolver: &TokioResolver, host: &str) -> Result<Vec<SocketAddr>, String> {
    let found = dns_client::lookup(resolver, host).await?;
    Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
}

/// A resolver that asks the target's own DNS server.
pub(super) fn resolver(server: SocketAddr) -> Result<TokioResolver, StackError> {
    dns_client::resolver(server, Duration::from_secs(2)).map_err(|reason| wrong(STEP, reason))
}

/// The target's own DNS servers, one at least.
pub(super) fn servers(target: &Target) -> Result<&[SocketAddr], StackError> {
    match &target.resolve {
        Resolve::Dns { servers } if !servers.is_empty() => Ok(servers),
        _ => Err(wrong(STEP, "the target has no DNS server of its own")),
    }
}
