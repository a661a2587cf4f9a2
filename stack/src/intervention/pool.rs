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

/// Holds a quarter of the children, rounded, at least one.
#[derive(Debug)]
pub struct Holder {
    component: String,
    service: SocketAddr,
    children: u32,
    held: Vec<Held>,
}

impl Holder {
    /// Absent where the pool has only one child, or grows and shrinks by itself.
    pub(super) fn of(member: &Member) -> Option<Self> {
        let children = u32::try_from(member.number("PM_MAX_CHILDREN")).unwrap_or(0);
        let fixed = member.env.get("PM").is_some_and(|pm| pm == "static");
        let component = member.kind.as_str().to_owned();
        (fixed && children >= 2).then(|| Self { component, service: member.service, children, held: Vec::new() })
    }
    pub(super) fn component(&self) -> &str {
        &self.component
    }
    fn wanted(&self) -> u32 {
        ((f64::from(self.children) * SHARE).round() as u32).max(1)
    }
    pub(super) fn done(&self) -> String {
        format!("{} of its {} children were held by requests that wait", self.wanted(), self.children)
    }
    pub(super) async fn pull(&mut self) -> Result<(), StackError> {
        let hold = || tokio::time::timeout(PATIENCE, fastcgi::hold(self.service, SCRIPT));
        for held in join_all((0..self.wanted()).map(|_| hold())).await {
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
        Ok(1.0 - held.len() as f64 / f64::from(self.children))
    }
}
