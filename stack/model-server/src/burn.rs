//! Burns CPU for the stages that do: as many threads as they have slots.

use std::{
    collections::{BTreeMap, VecDeque},
    hint::black_box,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use nix::time::{ClockId, clock_gettime};
use redline_model::Seconds;

use crate::{Model, ModelError, StageName, Work, clock::Stages, network::Burn};

/// More threads than this add nothing: they only share the cores.
const MOST_THREADS: u32 = 256;

/// Threads that burn, each request's share in turn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Burners(Arc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<VecDeque<Burn>>,
    added: Condvar,
    nanos: Nanos,
}

/// CPU burnt for each stage, in nanoseconds.
#[derive(Debug, Default)]
struct Nanos(Mutex<BTreeMap<StageName, Arc<AtomicU64>>>);

impl Burners {
    /// Starts the threads that the model needs.
    pub(crate) fn start(&self, model: &Model, stages: &Stages) -> Result<(), ModelError> {
        let pools = [model.web, model.application, model.database].into_iter().flatten();
        let burning = pools.filter(|p| p.demand.work == Work::Burn).map(|p| p.slots);
        let lock = u32::from(model.lock.is_some_and(|d| d.work == Work::Burn));
        for _ in 0..burning.sum::<u32>().saturating_add(lock).min(MOST_THREADS) {
            let (queue, stages) = (self.0.clone(), stages.clone());
            let thread = thread::Builder::new().name("burner".into()).spawn(move || {
                make_way();
                loop {
                    let burn = queue.next();
                    spin(burn.demand, &queue.nanos.of(burn.stage));
                    stages.burnt(burn.job);
                }
            });
            thread.map_err(ModelError::system("starting a thread"))?;
        }
        Ok(())
    }

    /// More to burn.
    pub(crate) fn add(&self, burns: Vec<Burn>) {
        if burns.is_empty() {
            return;
        }
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(burns);
        drop(waiting);
        self.0.added.notify_all();
    }

    /// CPU burnt so far for a stage.
    pub(crate) fn cpu(&self, stage: StageName) -> Seconds {
        Seconds(self.0.nanos.of(stage).load(Ordering::Relaxed) as f64 / 1e9)
    }
}

impl Queue {
    fn next(&self) -> Burn {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match waiting.pop_front() {
                Some(burn) => return burn,
                None => waiting = self.added.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Nanos {
    fn of(&self, stage: StageName) -> Arc<AtomicU64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(stage).or_default().clone()
    }
}

/// Works until this thread has had that much CPU; what it took is added to `nanos` as it goes.
fn spin(demand: Seconds, nanos: &AtomicU64) {
    let start = thread_cpu();
    let (end, mut counted) = (start + demand.to_duration(), start);
    let mut mixed = 1_u64;
    while counted < end {
        for round in 0..2_000_u64 {
            mixed = black_box((mixed ^ round).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31));
        }
        let now = thread_cpu();
        nanos.fetch_add(u64::try_from((now - counted).as_nanos()).unwrap_or(0), Ordering::Relaxed);
        counted = now;
    }
}

/// CPU time of this thread.
pub(crate) fn thread_cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// Connections and the clock go first: a burner would keep them from the CPU for milliseconds.
fn make_way() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        // Where it is refused, answers come later.
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
    }
}
