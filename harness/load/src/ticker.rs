//! Writes what happened, once a second, on a thread of its own so that packing histograms delays no session.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
};

use redline_model::{Mono, Tick, WorkerLine};
use tokio::sync::mpsc::Sender;

use crate::{input::Order, machine, output::Output, pacer, recorder::Recorder, schedule::Schedule, usage::OwnUsage};

/// Where the arrivals planned for an interval are known from.
pub(crate) enum Planned {
    /// A copy of the schedule, so that a pacer that falls behind is seen.
    Schedule { rest: std::iter::Peekable<Schedule>, start: Mono },
    /// Nothing is planned in the closed model: what started was meant to.
    AsStarted,
}

/// The thread that writes ticks.
pub(crate) struct Ticker {
    thread: JoinHandle<()>,
    end: mpsc::Sender<()>,
    stopped: Arc<AtomicU64>,
}

/// What the thread works with.
pub(crate) struct Ticking {
    pub(crate) recorder: Recorder,
    pub(crate) planned: Planned,
    pub(crate) usage: OwnUsage,
    pub(crate) output: Arc<Output>,
    pub(crate) orders: Sender<Order>,
}

impl Ticker {
    /// Writes the first tick one second after `start`.
    pub(crate) fn spawn(start: Mono, mut ticking: Ticking) -> io::Result<Self> {
        let (end, ended) = mpsc::channel();
        let stopped = Arc::new(AtomicU64::new(u64::MAX));
        let until = stopped.clone();
        let thread = thread::Builder::new().name("ticker".into()).spawn(move || {
            machine::yield_to_all();
            pacer::each_second(start, &ended, |now| {
                let tick = ticking.tick(now.max(start), Mono(until.load(Ordering::SeqCst)));
                if ticking.output.line(&WorkerLine::Tick(Box::new(tick))).is_err() {
                    // Nobody reads any more.
                    let _ = ticking.orders.try_send(Order::Abort);
                }
            });
        })?;
        Ok(Self { thread, end, stopped })
    }
    /// The moment from which on nothing is planned, for the pacer: the first arrival that it leaves out.
    pub(crate) fn stopped(&self) -> Arc<AtomicU64> {
        self.stopped.clone()
    }
    /// Arrivals after `moment` are no longer planned.
    pub(crate) fn stop_planning(&self, moment: Mono) {
        self.stopped.fetch_min(moment.0, Ordering::SeqCst);
    }
    /// Writes the last, partial tick.
    pub(crate) fn finish(self) {
        let _ = self.end.send(());
        let _ = self.thread.join();
    }
}

impl Ticking {
    fn tick(&mut self, to: Mono, stopped: Mono) -> Tick {
        let mut tick = self.recorder.take(to);
        tick.arrivals.planned = match &mut self.planned {
            Planned::Schedule { rest, start } => {
                let until = to.min(stopped);
                std::iter::from_fn(|| rest.next_if(|due| start.plus(due.offset) < until)).count() as u64
            }
            Planned::AsStarted => tick.arrivals.started,
        };
        let dropped = tick.generator.dropped_events;
        tick.generator = self.usage.take();
        tick.generator.dropped_events = dropped;
        tick
    }
}
