//! Keeps a part of a PHP-FPM pool's children busy with waiting, which costs them no CPU.

use std::{net::SocketAddr, time::Duration};

use futures::future::join_all;

use crate::{StackError, fastcgi, fastcgi::Held, member::Member};

/// What is held: as much as of the CPU.
const SHARE: f64 = 0.25;
/// A request waits behind the pool's queue before a child takes it.
const PATIENCE: Duration = Duration::from_secs(5);
/// In the PHP image; waits until its connection is closed.
const SCRIPT: &str = "/usr/share/redline/hold.php";

/// Holds a quarter of the children, rounded, at least one, of every pool of the stack at once.
#[derive(Debug)]
pub struct Holder {
    component: String,
    pools: Vec<Pool>,
    held: Vec<Held>,
}

/// One pool.
#[derive(Debug)]
struct Pool {
    service: SocketAddr,
    children: u32,
}

impl Pool {
    fn wanted(&self) -> u32 {
        ((f64::from(self.children) * SHARE).round() as u32).max(1)
    }
}

impl Holder {
    /// Absent where there is no pool, or one has only one child, or grows and shrinks by itself.
    pub(super) fn of(members: &[&Member]) -> Option<Self> {
        let pool = |member: &&Member| {
            let children = u32::try_from(member.number("PM_MAX_CHILDREN")).unwrap_or(0);
            let fixed = member.env.get("PM").is_some_and(|pm| pm == "static");
            (fixed && children >= 2).then_some(Pool { service: member.service, children })
        };
        let component = members.first()?.kind.as_str().to_owned();
        Some(Self { component, pools: members.iter().map(pool).collect::<Option<_>>()?, held: Vec::new() })
    }
    pub(super) fn component(&self) -> &str {
        &self.component
    }
    fn wanted(&self) -> u32 {
        self.pools.iter().map(Pool::wanted).sum()
    }
    fn children(&self) -> u32 {
        self.pools.iter().map(|pool| pool.children).sum()
    }
    pub(super) fn done(&self) -> String {
        format!("{} of its {} children were held by requests that wait", self.wanted(), self.children())
    }
    pub(super) async fn pull(&mut self) -> Result<(), StackError> {
        let services = self.pools.iter().flat_map(|pool| (0..pool.wanted()).map(|_| pool.service));
        let hold = |service| tokio::time::timeout(PATIENCE, fastcgi::hold(service, SCRIPT));
        for held in join_all(services.map(hold)).await {
            let held = held.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut)));
            self.held.push(held.map_err(|source| StackError::Hold { component: self.component.clone(), source })?);
        }
        Ok(())
    }
    /// What was left of the pool. A child notices within some 20 ms that nobody waits for it any more.
    ///
    /// # Errors
    /// If one of the requests ended by itself, by a timeout of the pool, say: then it is not known how much of
    /// the pool was left when.
    pub(super) fn release(&mut self) -> Result<f64, StackError> {
        let held = std::mem::take(&mut self.held);
        if !held.iter().all(Held::is_held) {
            let source = std::io::Error::other("a request that was to wait ended before its time");
            return Err(StackError::Hold { component: self.component.clone(), source });
        }
        Ok(1.0 - held.len() as f64 / f64::from(self.children().max(1)))
    }
}
