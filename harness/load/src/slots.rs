//! How many sessions are on their way, and how many may be.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Whether a session found a free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Free,
    Full,
}

/// The slots of a worker. A session takes one from its release to its end, also while it waits for one
/// to become free.
#[derive(Debug)]
pub(crate) struct Slots {
    total: usize,
    taken: AtomicUsize,
    closed: AtomicBool,
    emptied: Notify,
}

impl Slots {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, taken: AtomicUsize::new(0), closed: AtomicBool::new(false), emptied: Notify::new() }
    }
    pub(crate) fn total(&self) -> usize {
        self.total
    }
    /// Takes a slot only if one is free. Only one thread releases sessions, so nobody comes between.
    pub(crate) fn take_if_free(&self) -> Room {
        if self.taken.load(Ordering::SeqCst) >= self.total { Room::Full } else { self.take() }
    }
    /// Takes a slot, or queues up for one.
    pub(crate) fn take(&self) -> Room {
        if self.taken.fetch_add(1, Ordering::SeqCst) >= self.total { Room::Full } else { Room::Free }
    }
    pub(crate) fn give_back(&self) {
        if self.taken.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.emptied.notify_waiters();
        }
    }
    /// From now on no session starts.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
    /// Waits until no session is on its way.
    pub(crate) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            // Registered before the count is read, so that a session that ends in between is not missed.
            emptied.as_mut().enable();
            if self.taken.load(Ordering::SeqCst) == 0 {
                return;
            }
            emptied.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn slots_are_counted_and_awaited() {
        let slots = Arc::new(Slots::new(2));
        slots.empty().await;
        assert_eq!((slots.take(), slots.take_if_free(), slots.take_if_free()), (Room::Free, Room::Free, Room::Full));
        assert_eq!(slots.take(), Room::Full);
        let waiting = tokio::spawn({
            let slots = slots.clone();
            async move { slots.empty().await }
        });
        for _ in 0..3 {
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            slots.give_back();
        }
        waiting.await.unwrap();
    }
}
