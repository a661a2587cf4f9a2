//! The machine alone, once a second: for servers that are no containers of ours.

use std::time::Duration;

use redline_model::Sample;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::host::HostProbe;

/// Minutes of readings; what comes when nobody takes them is lost.
const CAPACITY: usize = 512;

/// Readings of the machine, until it is dropped. What descends from this process is not foreign.
#[derive(Debug)]
pub struct HostSampler {
    samples: mpsc::Receiver<Sample>,
    _task: JoinSet<()>,
}

impl HostSampler {
    /// Begins to read the machine, whose servers are on these CPUs.
    #[must_use]
    pub fn start(server_cpus: Vec<usize>) -> Self {
        let (sender, samples) = mpsc::channel(CAPACITY);
        let mut task = JoinSet::new();
        let mut probe = HostProbe::new(&[], server_cpus);
        task.spawn(async move {
            let mut ticks = interval(Duration::from_secs(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                if let Some(sample) = probe.sample() {
                    // Nobody takes it: it is of no trial.
                    let _ = sender.try_send(sample);
                }
            }
        });
        Self { samples, _task: task }
    }
    /// The next reading.
    pub async fn next(&mut self) -> Option<Sample> {
        self.samples.recv().await
    }
    /// Forgets the readings that are there already.
    pub fn drain(&mut self) {
        while self.samples.try_recv().is_ok() {}
    }
}
