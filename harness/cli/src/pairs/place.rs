//! Where a contender is: up in its turn, and what becomes of it while others have theirs.

use std::{fs, path::PathBuf};

use redline_model::Waiting;

use crate::{
    exit::Failure,
    interrupt::Interrupt,
    live::Live,
    plan::RunPlan,
    site::{Books, Facts, Site},
};

/// What a contender comes to its turn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warmth {
    /// What it had in memory.
    Warm,
    /// Nothing: it was just started.
    Cold,
}

/// The place of one contender.
pub(crate) struct Place {
    waiting: Waiting,
    /// Absent where it is removed.
    site: Option<Site>,
    /// Where the logs go.
    folder: PathBuf,
    /// How often it was removed.
    removed: u32,
    /// What those that were removed had counted, and what they were.
    before: Option<Settled>,
}

/// What a site has counted, and what it was.
pub(crate) struct Settled {
    pub(crate) books: Books,
    pub(crate) facts: Facts,
}

impl Place {
    /// Nothing is up yet; logs will go to `folder`.
    pub(super) fn new(waiting: Waiting, folder: PathBuf) -> Self {
        Self { waiting, site: None, folder, removed: 0, before: None }
    }

    /// The site, in its turn.
    pub(crate) fn site(&mut self) -> Result<&mut Site, Failure> {
        self.site.as_mut().ok_or_else(|| anyhow::anyhow!("a stack was to be measured that is not up").into())
    }

    /// Its turn begins: it is let go on, or started, and its probes are read.
    pub(crate) async fn enter(
        &mut self,
        plan: &RunPlan,
        live: &Live,
        interrupt: &Interrupt,
    ) -> Result<Warmth, Failure> {
        let Some(site) = &mut self.site else {
            self.site = Some(Site::open(plan, live, interrupt.clone()).await?);
            return Ok(Warmth::Cold);
        };
        if self.waiting == Waiting::Frozen {
            site.thaw().await?;
        }
        site.wake();
        Ok(Warmth::Warm)
    }

    /// Its turn is over. Probes are not read while others are measured: reading costs their servers' CPUs.
    pub(crate) async fn leave(&mut self, live: &Live) -> Result<(), Failure> {
        let Some(site) = &mut self.site else { return Ok(()) };
        site.rest();
        match self.waiting {
            Waiting::Resting => Ok(()),
            Waiting::Frozen => site.freeze().await,
            Waiting::Removed => self.remove(live).await,
        }
    }

    /// What its sites have counted, those that were removed included; nothing where none was ever up.
    pub(crate) async fn settle(&mut self, live: &Live) -> Result<Option<Settled>, Failure> {
        let Some(site) = &mut self.site else { return Ok(self.before.take()) };
        if self.waiting == Waiting::Frozen {
            site.thaw().await?;
        }
        let (books, facts) = (site.books(&self.folder, live).await, site.facts());
        Ok(Some(after(self.before.take(), Settled { books, facts })))
    }

    /// Removes what is up.
    pub(super) async fn close(&mut self) -> Result<(), Failure> {
        match self.site.take() {
            Some(site) => site.close().await,
            None => Ok(()),
        }
    }

    async fn remove(&mut self, live: &Live) -> Result<(), Failure> {
        let Some(site) = self.site.take() else { return Ok(()) };
        self.removed += 1;
        live.phase("counting the access log and removing the stack until its next turn");
        let folder = self.folder.join("turns").join(format!("{:03}", self.removed));
        let made = fs::create_dir_all(&folder)
            .map_err(|e| Failure::environment(format!("cannot make the folder {}: {e}", folder.display())));
        let settled = Settled { books: site.books(&folder, live).await, facts: site.facts() };
        self.before = Some(after(self.before.take(), settled));
        let closed = site.close().await;
        made.and(closed)
    }
}

/// With what was counted before.
fn after(before: Option<Settled>, now: Settled) -> Settled {
    match before {
        None => now,
        Some(before) => Settled { books: before.books.and(now.books), facts: now.facts },
    }
}
