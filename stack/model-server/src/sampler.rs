//! Reads the counters once a second, as the probes of the real stack do.

use std::time::Duration;

use redline_model::{Mono, ProbeReading, Sample, Seconds};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    Control, Counters,
    reading::{COMPONENTS, SERVER, samples},
};

const EVERY: Duration = Duration::from_secs(1);
/// A server that takes longer to tell its counters is silent.
const PATIENCE: Duration = Duration::from_millis(800);
/// Minutes of readings; what comes when nobody takes them is lost.
const CAPACITY: usize = 2048;

/// Readings of a model server, until it is dropped.
#[derive(Debug)]
pub struct ModelSampler {
    samples: mpsc::Receiver<Sample>,
    _task: JoinSet<()>,
}

impl ModelSampler {
    /// Begins to read.
    #[must_use]
    pub fn start(control: Control) -> Self {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut ticks = interval(EVERY);
            // Two readings close together would have no meaning.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut last = None;
            loop {
                ticks.tick().await;
                for sample in read(&control, &mut last).await {
                    // Nobody takes them: they are of no trial.
                    let _ = sender.try_send(sample);
                }
            }
        });
        Self { samples: receiver, _task: task }
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

/// One sample of each component; none the first time, when there is nothing yet to compare with.
async fn read(control: &Control, last: &mut Option<Counters>) -> Vec<Sample> {
    let reason = match tokio::time::timeout(PATIENCE, control.counters()).await {
        Ok(Ok(now)) => return last.replace(now).map_or_else(Vec::new, |last| samples(&last, &now)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} ms", PATIENCE.as_millis()),
    };
    COMPONENTS.map(|component| silent(component, &reason)).into()
}

fn silent(component: &str, reason: &str) -> Sample {
    Sample {
        at: Mono::now(),
        span: Seconds(EVERY.as_secs_f64()),
        server: SERVER.into(),
        component: component.into(),
        cpu: None,
        reading: ProbeReading::Silent { reason: reason.to_owned() },
    }
}
