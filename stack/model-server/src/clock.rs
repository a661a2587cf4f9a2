//! Drives the stages by the real clock.
//!
//! tokio's timers end 1–2 ms late. A thread that waits for the earliest of all planned moments is some tens of
//! microseconds late, and the stages lose none of that (see [`Network`]): only the answer is late by it.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use redline_model::Mono;
use tokio::sync::oneshot;

use crate::{Changed, Departure, Model, ModelError, Network, StageName, burn::Burners};

/// The stages under way.
#[derive(Debug, Clone)]
pub(crate) struct Stages(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    burners: Burners,
}

#[derive(Debug)]
struct State {
    network: Network,
    waiting: HashMap<u64, oneshot::Sender<Departure>>,
    next: u64,
}

impl Stages {
    /// Starts the thread that keeps the time, and those that burn CPU.
    pub(crate) fn start(model: &Model, seed: u64) -> Result<Self, ModelError> {
        let state = State { network: Network::new(model, seed), waiting: HashMap::new(), next: 0 };
        let stages =
            Self(Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), burners: Burners::default() }));
        let own = stages.clone();
        let thread = thread::Builder::new().name("stages".into()).spawn(move || own.keep_time());
        thread.map_err(ModelError::system("starting a thread"))?;
        stages.0.burners.start(model, &stages)?;
        Ok(stages)
    }

    /// A request arrives now; what comes back is when it has passed all stages. Nobody need wait for that: it
    /// goes through all the same, as a script goes on whose visitor has left.
    pub(crate) fn enter(&self, weight: f64) -> oneshot::Receiver<Departure> {
        let (sender, receiver) = oneshot::channel();
        self.with(|state| {
            let id = state.next;
            state.next += 1;
            state.waiting.insert(id, sender);
            state.network.arrive(Mono::now(), id, weight);
        });
        receiver
    }

    /// CPU was burnt for a request.
    pub(crate) fn burnt(&self, job: usize) {
        self.with(|state| state.network.burnt(Mono::now(), job));
    }

    /// Changes a stage's limit from now on.
    pub(crate) fn set(&self, stage: StageName, factor: f64) -> Option<Changed> {
        self.with(|state| state.network.set(Mono::now(), stage, factor))
    }

    /// Reads the stages as they are now.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&mut Network) -> T) -> T {
        self.with(|state| {
            state.network.advance(Mono::now());
            read(&mut state.network)
        })
    }

    /// CPU burnt so far for this stage.
    pub(crate) fn burnt_cpu(&self, stage: StageName) -> redline_model::Seconds {
        self.0.burners.cpu(stage)
    }

    /// Does something and passes on what came of it.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let before = state.network.next_event();
        let result = work(&mut state);
        state.pass_on(&self.0.burners);
        let after = state.network.next_event();
        drop(state);
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.0.changed.notify_one();
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep_time(&self) {
        exact_timers();
        let mut state = self.lock();
        loop {
            let now = Mono::now();
            state.network.advance(now);
            state.pass_on(&self.0.burners);
            state = match state.network.next_event() {
                Some(at) if at <= now => state,
                Some(at) => {
                    let waited = self.0.changed.wait_timeout(state, at.since(Mono::now()));
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl State {
    fn pass_on(&mut self, burners: &Burners) {
        for departure in self.network.take_departures() {
            if let Some(sender) = self.waiting.remove(&departure.id) {
                // A visitor who has left is no longer there to be told.
                let _ = sender.send(departure);
            }
        }
        burners.add(self.network.take_burns());
    }
}

#[cfg(target_os = "linux")]
fn exact_timers() {
    // Failing leaves the default of 50 µs, by which answers are late.
    let _ = nix::sys::prctl::set_timerslack(1);
}
#[cfg(not(target_os = "linux"))]
fn exact_timers() {}

#[cfg(test)]
mod tests {
    use redline_model::Seconds;

    use super::*;
    use crate::{Demand, Distribution, Pool, Work};

    fn model(work: Work) -> Model {
        let demand = Demand { mean: Seconds(0.002), distribution: Distribution::Constant, work };
        Model { application: Some(Pool { slots: 2, demand }), ..Model::empty("m") }
    }

    #[tokio::test]
    async fn requests_pass_by_the_real_clock_and_take_their_time() {
        let stages = Stages::start(&model(Work::Sleep), 1).unwrap();
        let all: Vec<_> = (0..10).map(|_| stages.enter(1.0)).collect();
        let mut last = Mono(0);
        let mut first = Mono(u64::MAX);
        for one in all {
            let gone = one.await.unwrap();
            (first, last) = (first.min(gone.arrived), last.max(gone.ended));
            assert!(Mono::now() >= gone.ended);
        }
        // 10 requests of 2 ms on 2 slots. The upper end is generous: this thread may have been kept from its CPU.
        let took = last.since(first).as_secs_f64();
        assert!((0.010..0.5).contains(&took), "{took}");
    }

    #[tokio::test]
    async fn what_burns_takes_cpu() {
        let stages = Stages::start(&model(Work::Burn), 1).unwrap();
        for _ in 0..5 {
            stages.enter(1.0).await.unwrap();
        }
        let burnt = stages.burnt_cpu(StageName::Application).0;
        assert!(burnt >= 0.010, "{burnt}");
    }
}
