//! A session's view of the DNS: its own cache, empty when the visitor arrives.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use redline_model::{FixedAddress, Mono, Resolve, Target};
use reqwest::dns::{Addrs, Name, Resolving};
use tokio::{net::lookup_host, sync::Mutex};

use crate::{
    dns::{self, Answer, DnsError},
    recorder::Recorder,
    watch::Noted,
};

/// The machine's resolver does not say how long its answers hold; browsers take a minute.
const SYSTEM_TTL: Duration = Duration::from_secs(60);
/// A visitor meets a handful of names; a page that redirects through many must not fill the memory.
const MOST_NAMES: usize = 32;

/// What all sessions' views have in common.
#[derive(Debug)]
pub(crate) struct Resolution {
    how: Resolve,
    /// Shorter than the connect timeout, so that a DNS failure is seen as one.
    patience: Duration,
    recorder: Recorder,
    next_turn: AtomicUsize,
}

impl Resolution {
    pub(crate) fn new(target: &Target, recorder: Recorder) -> Arc<Self> {
        let patience = target.connect_timeout.to_duration().mul_f64(0.8);
        Arc::new(Self { how: target.resolve.clone(), patience, recorder, next_turn: AtomicUsize::new(0) })
    }

    async fn ask(&self, name: &str, turn: usize) -> Result<Answer, DnsError> {
        match &self.how {
            Resolve::Dns { servers } => {
                let answer = dns::ask(servers, turn, name, self.patience, &self.recorder).await?;
                // Not in step with the servers, or who asks the first one would always get the first address first.
                Ok(answer.beginning_with(turn / servers.len().max(1)))
            }
            Resolve::Fixed { addresses } => match fixed(addresses, name) {
                Some(address) => Ok(Answer { addresses: vec![address], ttl: Duration::MAX }),
                None => system(name).await,
            },
            Resolve::System => system(name).await,
        }
    }
}

fn fixed(addresses: &[FixedAddress], name: &str) -> Option<IpAddr> {
    addresses.iter().find(|known| known.host.eq_ignore_ascii_case(name)).map(|known| known.address)
}

async fn system(name: &str) -> Result<Answer, DnsError> {
    let found = lookup_host((name, 0)).await.map_err(|e| DnsError::System(name.to_owned(), e))?;
    Ok(Answer { addresses: found.map(|address| address.ip()).collect(), ttl: SYSTEM_TTL })
}

/// One session's view. Of several addresses it has all, in an order that is its own: a connection is tried with each of
/// them until one accepts it (hyper's connector, which shares out the time for connecting among them).
#[derive(Debug, Clone)]
pub(crate) struct SessionResolver {
    common: Arc<Resolution>,
    turn: usize,
    cache: Arc<Mutex<Cache>>,
}

impl SessionResolver {
    pub(crate) fn new(common: Arc<Resolution>) -> Self {
        let turn = common.next_turn.fetch_add(1, Ordering::Relaxed);
        Self { common, turn, cache: Arc::default() }
    }

    /// The lock is held while the question is under way, so that six connections at once ask it once.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        let mut cache = self.cache.lock().await;
        if let Some(known) = cache.get(name, Mono::now()) {
            return Ok(known.to_vec());
        }
        let answer = self.common.ask(name, self.turn).await?;
        let addresses = answer.addresses.clone();
        cache.put(name, answer, Mono::now());
        Ok(addresses)
    }
}

impl reqwest::dns::Resolve for SessionResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (this, noted, began) = (self.clone(), Noted::here(), Mono::now());
        Box::pin(async move {
            let addresses = this.addresses(name.as_str()).await?;
            noted.looked_up(began);
            // Port 0 stands for the address's own port.
            let all: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(all)
        })
    }
}

/// Answers with the moment until which they hold.
#[derive(Debug, Default)]
struct Cache(Vec<(String, Vec<IpAddr>, Mono)>);

impl Cache {
    fn get(&self, name: &str, now: Mono) -> Option<&[IpAddr]> {
        self.0
            .iter()
            .find(|(known, _, until)| known == name && now < *until)
            .map(|(_, addresses, _)| addresses.as_slice())
    }
    fn put(&mut self, name: &str, answer: Answer, now: Mono) {
        self.0.retain(|(known, _, until)| known != name && now < *until);
        if self.0.len() < MOST_NAMES {
            self.0.push((name.to_owned(), answer.addresses, now.plus(answer.ttl)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 80, 0, 1));

    fn at(seconds: u64) -> Mono {
        Mono(seconds * 1_000_000_000)
    }

    #[test]
    fn an_answer_holds_for_its_ttl() {
        let mut cache = Cache::default();
        assert_eq!(cache.get("www.foobar.com", at(0)), None);
        let answer = Answer { addresses: vec![ADDRESS], ttl: Duration::from_secs(30) };
        cache.put("www.foobar.com", answer.clone(), at(10));
        assert_eq!(cache.get("www.foobar.com", at(39)), Some([ADDRESS].as_slice()));
        assert_eq!(cache.get("www.foobar.com", at(40)), None);
        assert_eq!(cache.get("foobar.com", at(11)), None);
        cache.put("www.foobar.com", Answer { ttl: Duration::ZERO, ..answer }, at(50));
        assert_eq!(cache.get("www.foobar.com", at(50)), None);
    }

    #[test]
    fn the_cache_is_bounded() {
        let mut cache = Cache::default();
        for n in 0..1_000 {
            cache.put(&n.to_string(), Answer { addresses: vec![ADDRESS], ttl: Duration::MAX }, at(1));
        }
        assert_eq!(cache.0.len(), MOST_NAMES);
    }
}
