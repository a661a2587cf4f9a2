//! All probes, once a second, each in a task of its own so that one that hangs holds up no other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use redline_model::Sample;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{component::ComponentProbe, host::HostProbe, server::ServerProbe};
use crate::Stack;

const EVERY: Duration = Duration::from_secs(1);
/// Minutes of readings: whoever takes them may be busy, but not that busy.
const CAPACITY: usize = 2048;

/// Readings of a stack that runs, until it is dropped.
#[derive(Debug)]
pub struct Sampler {
    samples: mpsc::Receiver<Sample>,
    lost: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Sampler {
    /// The next reading; readings of one second come in no particular order.
    pub async fn next(&mut self) -> Option<Sample> {
        self.samples.recv().await
    }
    /// The readings that are there already.
    pub fn drain(&mut self) -> Vec<Sample> {
        std::iter::from_fn(|| self.samples.try_recv().ok()).collect()
    }
    /// Readings that were lost because nobody took them.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Stack {
    /// Begins to read all components and the machine, once a second on the run's clock. The first readings, which
    /// are differences, come after two seconds.
    #[must_use]
    pub fn sampler(&self) -> Sampler {
        let (sender, samples) = mpsc::channel(CAPACITY);
        let lost = Arc::new(AtomicU64::new(0));
        let first = Instant::now();
        let mut tasks = JoinSet::new();
        let pass_on = |sender: mpsc::Sender<Sample>, lost: Arc<AtomicU64>| {
            move |sample: Option<Sample>| {
                if let Some(sample) = sample
                    && sender.try_send(sample).is_err()
                {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        for member in &self.members {
            let mut probe = ComponentProbe::new(&self.docker, member);
            let pass_on = pass_on(sender.clone(), lost.clone());
            tasks.spawn(async move {
                let mut ticks = ticks(first);
                loop {
                    ticks.tick().await;
                    pass_on(probe.sample().await);
                }
            });
        }
        for mut probe in ServerProbe::all(&self.members) {
            let pass_on = pass_on(sender.clone(), lost.clone());
            tasks.spawn(async move {
                let mut ticks = ticks(first);
                loop {
                    ticks.tick().await;
                    pass_on(probe.sample());
                }
            });
        }
        let mut host = HostProbe::new(&self.members, self.server_cpus());
        let pass_on = pass_on(sender, lost.clone());
        tasks.spawn(async move {
            let mut ticks = ticks(first);
            loop {
                ticks.tick().await;
                pass_on(host.sample());
            }
        });
        Sampler { samples, lost, _tasks: tasks }
    }
}

/// A tick that was missed is left out: two readings close together would have no meaning.
fn ticks(first: Instant) -> tokio::time::Interval {
    let mut ticks = interval_at(first, EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}
