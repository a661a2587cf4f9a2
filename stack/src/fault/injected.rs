//! A fault that is there, and its end.

use std::time::Duration;

use futures::future::{join_all, try_join_all};
use mysql_async::prelude::Queryable;
use redline_model::{Fault, FaultKind, FaultWindow, Mono};
use testcontainers::bollard::Docker;
use tokio::task::JoinHandle;

use super::{
    connections, cut_off::Cut, disk_full, down, nxdomain, pause, slow::Slowed, sql::Administrator, table_lock,
    traffic::Queues,
};
use crate::{RunId, Stack, StackError, answers, helper::Helper, member::Member, mysql_client::Database};

/// A database that was killed reads its log again first; everything else takes a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a fault is undone.
#[derive(Debug)]
pub(super) enum Undo {
    /// It ended by itself, and since then somebody watches for the first answer.
    Watched(JoinHandle<Result<Mono, StackError>>),
    /// What does not run is started.
    Start,
    /// What is frozen goes on.
    Unpause,
    Slow(Slowed),
    Cut(Cut),
    Queues(Queues),
    Lock(Administrator),
    Connections(connections::Held),
    Disk,
    Zone,
}

/// A fault that was injected. Dropping it leaves it there until the stack is stopped: [`Injected::clear`] ends it.
#[derive(Debug)]
#[must_use = "the fault lasts until it is cleared"]
pub struct Injected {
    docker: Docker,
    run: RunId,
    fault: Fault,
    members: Vec<Member>,
    window: FaultWindow,
    undo: Undo,
}

impl Injected {
    pub(super) fn new(stack: &Stack, fault: Fault, members: Vec<Member>, window: FaultWindow, undo: Undo) -> Self {
        Self { docker: stack.docker.clone(), run: stack.run.clone(), fault, members, window, undo }
    }
    /// What was seen so far.
    #[must_use]
    pub fn window(&self) -> &FaultWindow {
        &self.window
    }
    /// Which it is.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
    /// Ends the fault; returns when every component that was hit answers by its own protocol again.
    ///
    /// # Errors
    /// If Docker refuses, or one does not answer within a minute: then the stack is not whole.
    pub async fn clear(self) -> Result<FaultWindow, StackError> {
        let Self { docker, run, fault, members, mut window, undo } = self;
        window.lifted.get_or_insert_with(Mono::now);
        let mut helpers = Vec::new();
        match undo {
            Undo::Watched(watch) => {
                let answered = watch.await.unwrap_or_else(|_| Err(not_watched(&fault)))?;
                window.cleared = Some(answered);
                return Ok(window);
            }
            Undo::Start => down::start(&docker, &members).await?,
            Undo::Unpause => pause::lift(&docker, &members).await?,
            Undo::Cut(cut) => helpers.extend(cut.lift(&docker, &run).await?),
            Undo::Queues(queues) => helpers = queues.lift().await?,
            Undo::Lock(lock) => table_lock::lift(lock).await?,
            Undo::Connections(held) => connections::lift(held).await,
            Undo::Disk => disk_full::lift(&docker, &members).await?,
            Undo::Slow(slowed) => {
                if let Some(measured) = slowed.lift(&docker).await? {
                    window.evidence = format!("{}; {measured}", window.evidence);
                }
            }
            Undo::Zone => {
                nxdomain::lift(&docker, &members).await?;
            }
        }
        let answered = all_answer(&docker, &members).await;
        // Not before: that would be time in which nobody looks.
        join_all(helpers.iter().map(Helper::remove)).await;
        let mut cleared = answered?;
        if fault.kind == FaultKind::TableLock {
            cleared = cleared.max(orders_can_be_read(&members).await?);
        }
        window.cleared = Some(cleared);
        Ok(window)
    }
}

/// Begins to look for answers at once, whenever somebody asks for the result.
pub(super) fn watch(docker: &Docker, members: &[Member]) -> Undo {
    let (docker, members) = (docker.clone(), members.to_vec());
    Undo::Watched(tokio::spawn(async move { all_answer(&docker, &members).await }))
}

fn not_watched(fault: &Fault) -> StackError {
    let reason = "the task that watched for the first answer ended without one".into();
    StackError::Fault { fault: fault.to_string(), doing: "cleared", reason }
}

/// The moment at which the last of them answered.
async fn all_answer(docker: &Docker, members: &[Member]) -> Result<Mono, StackError> {
    let answers = try_join_all(members.iter().map(|member| answers::wait(docker, member, PATIENCE))).await?;
    Ok(answers.into_iter().max().unwrap_or_else(Mono::now))
}

/// The database answers while a table is locked, so the table itself is asked for.
async fn orders_can_be_read(members: &[Member]) -> Result<Mono, StackError> {
    let failed = |source| StackError::Mysql { doing: "reading the table that was locked", source };
    for member in members {
        let read = async {
            let mut connection = Database::of(member).connect().await?;
            let _: Option<u64> = connection.query_first("SELECT COUNT(*) FROM orders WHERE id = 0").await?;
            connection.disconnect().await
        };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(done) => done.map_err(failed)?,
            Err(_) => return Err(failed(mysql_async::Error::Other("it is still locked".into()))),
        }
    }
    Ok(Mono::now())
}
