//! What a slot does: it waits for a session that is due, makes it, and waits for the next.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use redline_model::{LoadModel, LoadPlan, Mono, Shard};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    common::Common, mix::Mix, pacer::Arrival, queue::Queue, scenario::Journey, session::Session, slots::Slots,
    tally::Ended,
};

/// What a user of the closed model waits after a session that failed: without it users of a server that
/// refuses connections would do nothing but try.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// Where slots get their sessions from.
#[derive(Debug)]
pub(crate) enum Source {
    /// From the pacer.
    Open(Arc<Queue>),
    /// From themselves, between two moments.
    Closed { from: Mono, until: Mono, started: AtomicU64, shard: Shard, first_session: u64 },
}

impl Source {
    pub(crate) fn closed(plan: &LoadPlan, length: Duration) -> Self {
        Self::Closed {
            from: plan.start,
            until: plan.start.plus(length),
            started: AtomicU64::new(0),
            shard: plan.shard,
            first_session: plan.first_session,
        }
    }
}

/// Users of the closed model that this worker carries; for the open model the slots that it may use.
pub(crate) fn slots_of(plan: &LoadPlan) -> usize {
    match plan.model {
        LoadModel::Open { .. } => plan.slots as usize,
        LoadModel::Closed { users, .. } => share(users, plan.shard),
    }
}

/// How many of `users` this shard carries.
fn share(users: u32, shard: Shard) -> usize {
    let before = |index: u32| u64::from(users) * u64::from(index) / u64::from(shard.count.max(1));
    (before(shard.index + 1) - before(shard.index)) as usize
}

/// What all slots of a worker need.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) common: Arc<Common>,
    pub(crate) journeys: Vec<Journey>,
    pub(crate) mix: Mix,
    pub(crate) source: Source,
    pub(crate) slots: Arc<Slots>,
    /// Ends the sessions that are on their way.
    pub(crate) cancel: CancellationToken,
    pub(crate) cancelled: AtomicU64,
    pub(crate) panicked: AtomicU64,
    pub(crate) ready: Ready,
}

/// Counts the slots that are there.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    count: AtomicUsize,
    changed: Notify,
}

impl Work {
    /// One more slot is there.
    pub(crate) fn slot_is_ready(&self) {
        if self.ready.count.fetch_add(1, Ordering::SeqCst) + 1 == self.slots.total() {
            self.ready.changed.notify_one();
        }
    }
    /// Waits until all slots are there.
    pub(crate) async fn all_slots_ready(&self) {
        self.ready.changed.notified().await;
    }

    /// Makes one session. When there are no more, never returns: goose would call again at once, its
    /// users do not yield, and ending them properly takes goose half a second that each trial would pay.
    pub(crate) async fn next_session(&self) {
        match &self.source {
            Source::Open(queue) => match queue.next().await {
                Some(arrival) => _ = self.make(arrival).await,
                None => std::future::pending().await,
            },
            Source::Closed { from, until, started, shard, first_session } => {
                if Mono::now() < *from {
                    self.common.alarms.sleep_until(*from).await;
                }
                // Taken before it is asked whether the slots are closed: whoever closes them then sees it.
                self.slots.take();
                let now = Mono::now();
                if self.slots.is_closed() || now >= *until {
                    self.slots.give_back();
                    return std::future::pending().await;
                }
                let index = started.fetch_add(1, Ordering::Relaxed) * u64::from(shard.count.max(1));
                let session = first_session + index + u64::from(shard.index);
                if self.make(Arrival { session, intended: now }).await == Ended::Failed {
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn make(&self, arrival: Arrival) -> Ended {
        let started = Mono::now();
        self.common.recorder.session_started(arrival.intended, started);
        let session = Session::new(self.common.clone(), arrival.session, arrival.intended);
        let (ended, nominal_think) = match session {
            Ok(mut session) => (self.visit(&mut session).await, session.nominal_think()),
            Err(_) => (Ended::Failed, Duration::ZERO),
        };
        self.common.recorder.session_ended(started, Mono::now(), ended, nominal_think);
        self.slots.give_back();
        ended
    }

    async fn visit(&self, session: &mut Session) -> Ended {
        let Some(journey) = self.journeys.get(self.mix.journey(session.index())) else { return Ended::Failed };
        // A panic would silently take the slot away; what the journey had borrowed is dropped with it.
        let visit = AssertUnwindSafe(journey.visit(session)).catch_unwind();
        tokio::select! {
            biased;
            ended = visit => match ended {
                Ok(Ok(())) => Ended::Finished,
                Ok(Err(_)) => Ended::Failed,
                Err(_) => {
                    self.panicked.fetch_add(1, Ordering::Relaxed);
                    Ended::Failed
                }
            },
            () = self.cancel.cancelled() => {
                self.cancelled.fetch_add(1, Ordering::Relaxed);
                Ended::Cancelled
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_of_all_shards_are_all_users() {
        for (users, count) in [(1, 3), (10, 3), (64, 4), (7, 7)] {
            let sum: usize = (0..count).map(|index| share(users, Shard { index, count })).sum();
            assert_eq!(sum, users as usize);
        }
    }
}
