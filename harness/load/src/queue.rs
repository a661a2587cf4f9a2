//! From the pacer to the slots: each session wakes exactly one slot.
//!
//! The slot that became idle last is woken first, while the processor still has it in its caches. General
//! channels with many receivers do worse: flume, for one, passes a wake-up on from one waiting receiver to
//! the next, which with 2 000 idle slots took half of the generator's time.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::pacer::Arrival;

/// Sessions that are due, and slots that wait for one. Never both.
#[derive(Debug)]
pub(crate) struct Queue {
    longest: usize,
    inner: Mutex<Inner>,
    shorter: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    due: VecDeque<Arrival>,
    idle: Vec<oneshot::Sender<Arrival>>,
    ended: bool,
}

impl Queue {
    /// At most `longest` sessions wait in it.
    pub(crate) fn new(longest: usize) -> Self {
        Self { longest, inner: Mutex::default(), shorter: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands `arrival` to an idle slot, or keeps it for the next one; waits for `patience` while the queue
    /// is full and then gives it back.
    pub(crate) fn push(&self, arrival: Arrival, patience: Duration) -> Result<(), Arrival> {
        let mut inner = self.lock();
        if inner.due.len() >= self.longest {
            let waited = self.shorter.wait_timeout(inner, patience);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut arrival = arrival;
        while let Some(slot) = inner.idle.pop() {
            match slot.send(arrival) {
                Ok(()) => return Ok(()),
                // That slot is gone.
                Err(back) => arrival = back,
            }
        }
        if inner.due.len() >= self.longest {
            return Err(arrival);
        }
        inner.due.push_back(arrival);
        Ok(())
    }

    /// The next session for a slot; `None` when there will be no more.
    pub(crate) async fn next(&self) -> Option<Arrival> {
        let idle = {
            let mut inner = self.lock();
            if let Some(arrival) = inner.due.pop_front() {
                self.shorter.notify_one();
                return Some(arrival);
            }
            if inner.ended {
                return None;
            }
            let (slot, idle) = oneshot::channel();
            inner.idle.push(slot);
            idle
        };
        idle.await.ok()
    }

    /// No more sessions will come; those that wait still are handed out.
    pub(crate) fn end(&self) {
        let mut inner = self.lock();
        inner.ended = true;
        inner.idle.clear();
    }

    /// Takes out all that wait; returns how many they were.
    pub(crate) fn clear(&self) -> usize {
        std::mem::take(&mut self.lock().due).len()
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Mono;

    use super::*;

    fn arrival(session: u64) -> Arrival {
        Arrival { session, intended: Mono(0) }
    }

    #[tokio::test]
    async fn sessions_wait_for_slots_in_order_up_to_a_length() {
        let queue = Queue::new(2);
        assert_eq!(queue.push(arrival(1), Duration::ZERO), Ok(()));
        assert_eq!(queue.push(arrival(2), Duration::ZERO), Ok(()));
        assert_eq!(queue.push(arrival(3), Duration::from_millis(1)), Err(arrival(3)));
        assert_eq!(queue.next().await, Some(arrival(1)));
        assert_eq!(queue.push(arrival(3), Duration::ZERO), Ok(()));
        queue.end();
        assert_eq!((queue.next().await, queue.clear(), queue.next().await), (Some(arrival(2)), 1, None));
    }

    #[tokio::test]
    async fn slots_wait_for_sessions_and_for_the_end() {
        let queue = Queue::new(1);
        let waiting = async { tokio::join!(queue.next(), queue.next(), queue.next()) };
        let pushing = async {
            tokio::task::yield_now().await;
            queue.push(arrival(1), Duration::ZERO).unwrap();
            queue.push(arrival(2), Duration::ZERO).unwrap();
            queue.end();
        };
        let ((a, b, c), ()) = tokio::join!(waiting, pushing);
        assert_eq!((a, b, c), (None, Some(arrival(2)), Some(arrival(1))));
    }
}
