//! What happened, counted as it ends and taken away every second.
//!
//! Each thread counts into its own shard, so a lock is almost never contended (some 20 ns), and nothing
//! passes through a channel that could overflow: no sample is lost.

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use redline_model::{ArrivalCounts, Mono, OrderEvent, Outcome, RequestTick, Seconds, SessionTrace, Slo, Tick, Trace};

use crate::tally::{Ended, StepEnd, Tally};

/// A second with more orders than this loses the rest, and says so.
const MOST_ORDERS: usize = 1_000_000;

thread_local! {
    static THREAD: Cell<Option<usize>> = const { Cell::new(None) };
}
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Counts for all sessions of a worker.
#[derive(Debug, Clone)]
pub(crate) struct Recorder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    slo: Slo,
    trace: Trace,
    shards: Vec<Mutex<Tally>>,
    /// Where the last interval ended, and the sessions in flight then.
    last: Mutex<(Mono, i64)>,
}

impl Recorder {
    /// For about `threads` threads; the first interval begins at `start`.
    pub(crate) fn new(threads: usize, slo: Slo, start: Mono) -> Self {
        let shards = (0..threads.max(1)).map(|_| Mutex::default()).collect();
        Self(Arc::new(Inner { slo, trace: Trace::Off, shards, last: Mutex::new((start, 0)) }))
    }
    /// The same, which also keeps every single step if `trace` says so. For a recorder that has not been shared.
    pub(crate) fn tracing(mut self, trace: Trace) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.trace = trace;
        }
        self
    }

    fn shard(&self) -> MutexGuard<'_, Tally> {
        let number = THREAD.get().unwrap_or_else(|| {
            let number = THREADS.fetch_add(1, Ordering::Relaxed);
            THREAD.set(Some(number));
            number
        });
        let shards = &self.0.shards;
        // There is at least one shard.
        shards[number % shards.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn turned_away(&self) {
        self.shard().turned_away += 1;
    }
    pub(crate) fn waited(&self) {
        self.shard().waited += 1;
    }
    /// A session began at `at` that was meant to at `intended`.
    pub(crate) fn session_started(&self, intended: Mono, at: Mono) {
        let mut shard = self.shard();
        shard.started += 1;
        shard.start_sum += i128::from(at.0);
        shard.lag.record(at.since(intended));
    }
    pub(crate) fn session_ended(&self, started: Mono, at: Mono, how: Ended, nominal_think: Duration) {
        let mut shard = self.shard();
        match how {
            Ended::Finished => shard.finished += 1,
            Ended::Failed => shard.failed += 1,
            Ended::Cancelled => shard.cancelled += 1,
        }
        shard.end_sum += i128::from(at.0);
        shard.duration += at.since(started);
        shard.nominal_think += nominal_think;
    }
    pub(crate) fn connection_opened(&self) {
        self.shard().connections += 1;
    }
    pub(crate) fn dns_asked(&self) {
        self.shard().dns_queries += 1;
    }
    pub(crate) fn request_sent(&self) {
        self.shard().sent += 1;
    }
    /// `service` is there for a complete response only.
    pub(crate) fn request_ended(&self, outcome: Outcome, service: Option<Duration>, bytes: u64, maybe_seen: bool) {
        let mut shard = self.shard();
        shard.outcomes.add(outcome);
        shard.body_bytes += bytes;
        shard.maybe_seen += u64::from(maybe_seen);
        if let Some(service) = service {
            shard.service.record(service);
            shard.service_sum += service;
        }
    }
    pub(crate) fn step_ended(&self, name: &'static str, end: StepEnd) {
        self.shard().step(name, &self.0.slo, self.0.trace, end);
    }
    /// A session that was watched has ended.
    pub(crate) fn session_watched(&self, trace: SessionTrace) {
        self.shard().watched.push(trace);
    }
    pub(crate) fn order(&self, order: OrderEvent) {
        let mut shard = self.shard();
        if shard.orders.len() < MOST_ORDERS {
            shard.orders.push(order);
        } else {
            shard.dropped_events += 1;
        }
    }

    /// Takes away what was counted since the last time. What the recorder cannot know is left empty:
    /// the arrivals planned, and the generator's own use of the machine.
    pub(crate) fn take(&self, to: Mono) -> Tick {
        let mut sum = Tally::default();
        for shard in &self.0.shards {
            // Made before the lock is taken: its histograms are the better part of a megabyte.
            let fresh = Tally::default();
            let taken = std::mem::replace(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner), fresh);
            sum.merge(taken);
        }
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, in_flight) = *last;
        let ended = sum.ended();
        let now_in_flight = in_flight + sum.started as i64 - ended as i64;
        // The integral of the number in flight, exactly: each session that was there at the beginning
        // counts for the whole interval, each start adds the time from it to the end, each end takes that away.
        let nanos = i128::from(in_flight) * i128::from(to.0.saturating_sub(from.0))
            + (i128::from(sum.started) * i128::from(to.0) - sum.start_sum)
            - (i128::from(ended) * i128::from(to.0) - sum.end_sum);
        *last = (to, now_in_flight);
        drop(last);
        let mut tick = sum.into_tick();
        (tick.from, tick.to) = (from, to);
        tick.sessions.in_flight = u64::try_from(now_in_flight).unwrap_or_default();
        tick.sessions.in_flight_time = Seconds(nanos as f64 / 1e9);
        tick
    }
}

impl Tally {
    fn into_tick(self) -> Tick {
        let mut tick = Tick {
            arrivals: ArrivalCounts {
                planned: 0,
                started: self.started,
                turned_away: self.turned_away,
                waited: self.waited,
            },
            requests: RequestTick {
                sent: self.sent,
                outcomes: self.outcomes,
                maybe_seen: self.maybe_seen,
                body_bytes: self.body_bytes,
                service: self.service,
                connections: self.connections,
                dns_queries: self.dns_queries,
                service_sum: self.service_sum.into(),
            },
            steps: self.steps.into_iter().map(|(_, step)| step).collect(),
            lag: self.lag,
            orders: self.orders,
            trace: self.trace,
            watched: self.watched,
            ..Tick::default()
        };
        tick.sessions.finished = self.finished;
        tick.sessions.failed = self.failed;
        tick.sessions.cancelled = self.cancelled;
        tick.sessions.duration = self.duration.into();
        tick.sessions.nominal_think = self.nominal_think.into();
        tick.generator.dropped_events = self.dropped_events;
        tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }

    #[test]
    fn the_integral_of_sessions_in_flight_is_exact_across_intervals() {
        let recorder = Recorder::new(2, Slo::default(), at(1000));
        recorder.session_started(at(1100), at(1100));
        recorder.session_started(at(1400), at(1500));
        let first = recorder.take(at(2000));
        assert!((first.sessions.in_flight_time.0 - 1.4).abs() < 1e-9);
        assert_eq!((first.sessions.in_flight, first.arrivals.started), (2, 2));
        recorder.session_ended(at(1100), at(2250), Ended::Finished, Duration::from_secs(3));
        let second = recorder.take(at(3000));
        assert!((second.sessions.in_flight_time.0 - 1.25).abs() < 1e-9);
        assert_eq!((second.sessions.in_flight, second.sessions.finished), (1, 1));
        assert!((second.sessions.duration.0 - 1.15).abs() < 1e-9);
        recorder.session_ended(at(1500), at(3000), Ended::Failed, Duration::ZERO);
        let third = recorder.take(at(3500));
        assert!(third.sessions.in_flight_time.0.abs() < 1e-9);
        assert_eq!((third.from, third.to, third.sessions.failed), (at(3000), at(3500), 1));
    }

    #[test]
    fn no_sample_is_lost_between_threads_and_intervals() {
        let recorder = Recorder::new(2, Slo::default(), at(0));
        let mut counted = 0;
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        for _ in 0..20_000 {
                            recorder.request_ended(Outcome::Ok, Some(Duration::from_micros(10)), 3, false);
                        }
                    })
                })
                .collect();
            while threads.iter().any(|t| !t.is_finished()) {
                counted += recorder.take(Mono::now()).requests.service.count();
            }
        });
        let rest = recorder.take(Mono::now());
        assert_eq!(counted + rest.requests.service.count(), 80_000);
    }

    #[test]
    fn a_step_is_good_when_it_is_correct_and_within_its_limit() {
        let slo = Slo::parse(["p95<100ms", "p99<10ms for quick"]).unwrap();
        let recorder = Recorder::new(1, slo, at(0));
        let end = |ms, outcome| StepEnd {
            outcome,
            intended: at(0),
            ended: at(ms),
            service: Duration::from_millis(ms),
            requests: 2,
            session: 1,
            version: None,
        };
        recorder.step_ended("home", end(50, Outcome::Ok));
        recorder.step_ended("home", end(150, Outcome::Ok));
        recorder.step_ended("home", end(5, Outcome::ServerError));
        recorder.step_ended("quick", end(50, Outcome::Ok));
        let tick = recorder.take(at(1000));
        let step = |name| tick.steps.iter().find(|s| s.step == name).unwrap();
        assert_eq!((step("home").good, step("home").response.count(), step("home").requests), (1, 2, 6));
        assert_eq!(step("home").outcomes.get(Outcome::ServerError), 1);
        assert_eq!((step("quick").good, step("quick").outcomes.total()), (0, 1));
        assert!(tick.trace.is_empty());
    }

    #[test]
    fn single_steps_are_kept_where_that_is_asked_for() {
        let slo = Slo::parse(["p95<100ms"]).unwrap();
        let recorder = Recorder::new(1, slo, at(0)).tracing(Trace::Steps);
        for (intended, ended, outcome) in [(10, 60, Outcome::Ok), (20, 150, Outcome::Ok), (30, 31, Outcome::Refused)] {
            let (intended, ended) = (at(intended), at(ended));
            let end =
                StepEnd { outcome, intended, ended, service: Duration::ZERO, requests: 1, session: 7, version: None };
            recorder.step_ended("home", end);
        }
        let trace = recorder.take(at(1000)).trace;
        let seen: Vec<_> = trace.iter().map(|s| (s.intended, s.ended, s.outcome, s.good)).collect();
        let expected = [
            (at(10), at(60), Outcome::Ok, true),
            (at(20), at(150), Outcome::Ok, false),
            (at(30), at(31), Outcome::Refused, false),
        ];
        assert_eq!(seen, expected);
    }
}
