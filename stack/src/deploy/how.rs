//! From a way of deploying to what was done and seen.

use redline_model::{Deploy, DeployWindow, Mono};

use super::{code, reload, rolling, schema, swap_restart, symlink, watch};
use crate::{Stack, StackError, member::Member, topology::ComponentKind};

/// What is needed of the stack.
pub(super) struct Site<'a> {
    pub stack: &'a Stack,
    pub php: Vec<Member>,
    pub nginx: Vec<Member>,
    pub version: &'a str,
}

impl Stack {
    /// Brings the shop's version `version` to the stack, or changes the database's schema for it; returns once pages
    /// have the new version and nothing but, or the statement was executed. The new code is the same shop with
    /// another version in it.
    ///
    /// A new column has the version in its name and stays.
    ///
    /// # Errors
    /// [`StackError::Version`] before anything is done; else if Docker or a component refuses, or the new version
    /// does not come.
    pub async fn deploy(&self, how: Deploy, version: &str) -> Result<DeployWindow, StackError> {
        code::check(version)?;
        let of = |kind| self.members.iter().filter(|member| member.kind == kind).cloned().collect();
        let site = Site { stack: self, php: of(ComponentKind::Php), nginx: of(ComponentKind::Nginx), version };
        let failed = |reason| StackError::Deploy { how, reason };
        if !how.changes_code() {
            return schema::change(&site, how).await.map_err(failed);
        }
        for member in &site.php {
            code::release(&self.docker, member, version).await.map_err(failed)?;
        }
        let asked = Mono::now();
        let act = async {
            match how {
                Deploy::SwapRestart => swap_restart::deploy(&site).await,
                Deploy::Reload => reload::deploy(&site).await,
                Deploy::Rolling => rolling::deploy(&site).await,
                _ => symlink::deploy(&site).await,
            }
        };
        let (acted, seen) = futures::future::join(act, watch::until_new(&site.nginx, version)).await;
        let did = acted.map_err(failed)?;
        let seen = seen.map_err(failed)?;
        // Only now: an old page that is made after it would be kept again.
        let purged = self.purge_edges().await.map_err(failed)?;
        let (done, edges) = match purged {
            0 => (seen.all_new, String::new()),
            n => (
                Mono::now(),
                format!("; {n} edge{} told to forget the old pages", if n == 1 { " was" } else { "s were" }),
            ),
        };
        Ok(DeployWindow {
            asked,
            first_new: Some(seen.first_new),
            done,
            version: version.into(),
            evidence: format!("{did}; {}{edges}", seen.how),
        })
    }
}
