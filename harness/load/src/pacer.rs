//! Starts sessions on time: a thread of its own that sleeps until each intended start.
//!
//! tokio's timers end 1–2 ms late; `clock_nanosleep` to an absolute moment, with the thread's timer slack
//! taken down to 1 ns, ends some tens of microseconds late.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use redline_model::{Mono, WhenFull};

use crate::{
    machine,
    queue::Queue,
    recorder::Recorder,
    schedule::Schedule,
    slots::{Room, Slots},
};

/// How soon a stop is noticed while the next session is far away.
const LOOK_UP: Duration = Duration::from_millis(20);

/// A session that is to start now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// The session's number in the run.
    pub(crate) session: u64,
    /// When it was meant to start.
    pub(crate) intended: Mono,
}

/// Releases the sessions of a schedule.
pub(crate) struct Pacer {
    pub(crate) schedule: Schedule,
    pub(crate) start: Mono,
    pub(crate) first_session: u64,
    pub(crate) when_full: WhenFull,
    pub(crate) slots: Arc<Slots>,
    pub(crate) recorder: Recorder,
    pub(crate) queue: Arc<Queue>,
    /// Takes the intended start of the first arrival that a stop leaves out.
    pub(crate) stopped: Arc<AtomicU64>,
}

impl Pacer {
    /// Runs on a thread of its own; the receiver ends when the schedule does, or the slots are closed.
    pub(crate) fn spawn(self) -> std::io::Result<tokio::sync::oneshot::Receiver<()>> {
        let (ended, end) = tokio::sync::oneshot::channel();
        thread::Builder::new().name("pacer".into()).spawn(move || {
            self.run();
            self.queue.end();
            let _ = ended.send(());
        })?;
        Ok(end)
    }

    fn run(&self) {
        exact_timers();
        machine::go_first();
        let batch = self.schedule.batch();
        let mut awake = Mono(0);
        for due in self.schedule.clone() {
            let intended = self.start.plus(due.offset);
            if intended > Mono::now() {
                sleep_until(intended.max(awake.plus(batch)), &self.slots);
                awake = Mono::now();
            }
            if self.slots.is_closed() {
                self.stopped.fetch_min(intended.0, Ordering::SeqCst);
                return;
            }
            self.release(Arrival { session: self.first_session + due.index, intended });
        }
    }

    fn release(&self, arrival: Arrival) {
        match self.when_full {
            WhenFull::TurnAway if self.slots.take_if_free() == Room::Full => return self.recorder.turned_away(),
            WhenFull::TurnAway => {}
            WhenFull::Wait if self.slots.take() == Room::Full => self.recorder.waited(),
            WhenFull::Wait => {}
        }
        let mut arrival = arrival;
        // The queue is as long as there are slots. Beyond that the pacer itself waits; what comes later is
        // late, and its lateness is counted, because it keeps its intended start.
        while let Err(back) = self.queue.push(arrival, LOOK_UP) {
            arrival = back;
            if self.slots.is_closed() {
                return self.slots.give_back();
            }
        }
    }
}

/// Sleeps until `moment`, or until the slots are closed.
fn sleep_until(moment: Mono, slots: &Slots) {
    loop {
        let now = Mono::now();
        if now >= moment || slots.is_closed() {
            return;
        }
        sleep_to(moment.min(now.plus(LOOK_UP)));
    }
}

#[cfg(target_os = "linux")]
pub(crate) fn exact_timers() {
    // Failing leaves the default of 50 µs, which the measured lag shows.
    let _ = nix::sys::prctl::set_timerslack(1);
}
#[cfg(target_os = "linux")]
fn sleep_to(moment: Mono) {
    use nix::time::{ClockId, ClockNanosleepFlags, clock_nanosleep};
    let at = nix::sys::time::TimeSpec::from_duration(Duration::from_nanos(moment.0));
    // Woken early by a signal, the caller sleeps again.
    let _ = clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::TIMER_ABSTIME, &at);
}
#[cfg(not(target_os = "linux"))]
pub(crate) fn exact_timers() {}
#[cfg(not(target_os = "linux"))]
fn sleep_to(moment: Mono) {
    thread::sleep(moment.since(Mono::now()));
}

/// A thread that calls `every` at each whole second after `start`, until told to end; then once more.
pub(crate) fn each_second(start: Mono, end: &mpsc::Receiver<()>, mut every: impl FnMut(Mono)) {
    let mut next = start;
    loop {
        next = next.plus(Duration::from_secs(1));
        let over = end.recv_timeout(next.since(Mono::now())) != Err(mpsc::RecvTimeoutError::Timeout);
        every(Mono::now());
        if over {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use redline_model::{Arrivals, Rate, Seconds, Shard, Slo, Stage};

    use super::*;

    fn pacer(rate: f64, seconds: f64, slots: usize, when_full: WhenFull) -> (Pacer, Arc<Queue>) {
        let stage = Stage { from: Rate(rate), to: Rate(rate), length: Seconds(seconds) };
        let start = Mono::now();
        let queue = Arc::new(Queue::new(slots));
        let arrivals = queue.clone();
        let pacer = Pacer {
            schedule: Schedule::new(&[stage], Arrivals::Constant, 1, 0, Shard { index: 0, count: 1 }),
            start,
            first_session: 1_000,
            when_full,
            slots: Arc::new(Slots::new(slots)),
            recorder: Recorder::new(1, Slo::default(), start),
            queue,
            stopped: Arc::new(AtomicU64::new(u64::MAX)),
        };
        (pacer, arrivals)
    }

    #[test]
    fn every_session_is_released_in_order_and_never_early() {
        let (pacer, arrivals) = pacer(2_000.0, 0.1, 1_000, WhenFull::Wait);
        let (start, slots) = (pacer.start, pacer.slots.clone());
        let end = pacer.spawn().unwrap();
        let mut seen = 0;
        while let Some(arrival) = futures::executor::block_on(arrivals.next()) {
            assert!(Mono::now() >= arrival.intended);
            assert_eq!(arrival.session, 1_000 + seen);
            slots.give_back();
            seen += 1;
        }
        assert_eq!(seen, 200);
        assert!(Mono::now().since(start) >= Duration::from_millis(99));
        drop(end);
    }

    #[test]
    fn a_session_that_finds_no_slot_is_turned_away_or_waits() {
        let (turning, arrivals) = pacer(10_000.0, 0.01, 3, WhenFull::TurnAway);
        let (recorder, start) = (turning.recorder.clone(), turning.start);
        turning.run();
        assert_eq!(arrivals.clear(), 3);
        let counts = recorder.take(start).arrivals;
        assert_eq!((counts.turned_away, counts.waited), (97, 0));

        let (waiting, arrivals) = pacer(10_000.0, 0.01, 60, WhenFull::Wait);
        let recorder = waiting.recorder.clone();
        let end = waiting.spawn().unwrap();
        let mut seen = 0;
        while futures::executor::block_on(arrivals.next()).is_some() {
            seen += 1;
        }
        assert_eq!(seen, 100);
        end.blocking_recv().unwrap();
        let counts = recorder.take(start).arrivals;
        assert_eq!((counts.turned_away, counts.waited), (0, 40));
    }

    #[test]
    fn closing_the_slots_ends_a_pacer_that_sleeps_or_waits() {
        for (rate, slots) in [(0.01, 1), (10_000.0, 1)] {
            let (pacer, arrivals) = pacer(rate, 100.0, slots, WhenFull::Wait);
            let slots = pacer.slots.clone();
            let end = pacer.spawn().unwrap();
            slots.close();
            end.blocking_recv().unwrap();
            assert!(arrivals.clear() <= 1);
        }
    }
}
