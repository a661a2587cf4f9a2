//! Sleeping until a moment, to some tens of microseconds.
//!
//! tokio's own timer ends 1–2 ms late, which would count as the server's response time in every step that
//! follows a think time. A thread that waits for the earliest of all moments does better.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use redline_model::Mono;
use tokio::sync::oneshot;

use crate::pacer;

/// The alarms of all sessions. There are never more than sessions on their way.
#[derive(Debug)]
pub(crate) struct Alarms(Arc<Clock>);

#[derive(Debug, Default)]
struct Clock {
    set: Mutex<Set>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Set {
    alarms: BinaryHeap<Reverse<Alarm>>,
    over: bool,
}

/// Somebody to be woken.
#[derive(Debug)]
struct Alarm {
    moment: Mono,
    ring: oneshot::Sender<()>,
}

impl Alarms {
    /// Starts the thread; it ends when this is dropped.
    pub(crate) fn start() -> io::Result<Self> {
        let clock = Arc::new(Clock::default());
        let own = clock.clone();
        thread::Builder::new().name("alarms".into()).spawn(move || own.ring())?;
        Ok(Self(clock))
    }

    /// Sleeps until `moment`.
    pub(crate) async fn sleep_until(&self, moment: Mono) {
        // The thread only goes away with the process.
        let _ = self.set(moment).await;
    }

    fn set(&self, moment: Mono) -> oneshot::Receiver<()> {
        let (ring, rung) = oneshot::channel();
        let mut set = self.0.lock();
        let is_first = set.alarms.peek().is_none_or(|Reverse(first)| moment < first.moment);
        set.alarms.push(Reverse(Alarm { moment, ring }));
        drop(set);
        if is_first {
            self.0.changed.notify_one();
        }
        rung
    }
}

impl Drop for Alarms {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.changed.notify_one();
    }
}

impl Clock {
    fn lock(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        pacer::exact_timers();
        let mut set = self.lock();
        while !set.over {
            let now = Mono::now();
            match set.alarms.peek().map(|Reverse(first)| first.moment) {
                Some(moment) if moment <= now => {
                    if let Some(Reverse(alarm)) = set.alarms.pop() {
                        // Nobody there any more: the session was cancelled.
                        let _ = alarm.ring.send(());
                    }
                }
                Some(moment) => {
                    let waited = self.changed.wait_timeout(set, moment.since(now));
                    set = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                None => set = self.changed.wait(set).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.moment == other.moment
    }
}
impl Eq for Alarm {}
impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.moment.cmp(&other.moment)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn alarms_ring_at_their_moments_in_any_order() {
        let alarms = Alarms::start().unwrap();
        let start = Mono::now();
        let rung = futures::future::join_all([3_u64, 1, 2, 0].map(|ms| {
            let moment = start.plus(Duration::from_millis(ms));
            let alarms = &alarms;
            async move {
                alarms.sleep_until(moment).await;
                Mono::now() >= moment
            }
        }));
        assert_eq!(rung.await, [true; 4]);
    }
}
