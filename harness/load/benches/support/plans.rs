//! Plans for the benchmark's workers.

use std::{env, time::Duration};

use redline_load::WorkerHandle;
use redline_model::{
    JourneyOptions, LoadModel, LoadPlan, Mono, Resolve, Retries, Seconds, Shard, Slo, Target, ThinkScale, Tick, Trace,
    WhenFull, WorkerLine,
};

use crate::Failure;

/// A plan for one worker on core 0.
pub fn plan(scenario: &str, base_url: &str, path: &str, model: LoadModel, slots: u32) -> LoadPlan {
    LoadPlan {
        scenario: scenario.into(),
        options: JourneyOptions::default(),
        target: Target {
            base_url: base_url.into(),
            resolve: Resolve::System,
            request_timeout: Seconds(60.0),
            connect_timeout: Seconds(5.0),
            trivial_path: Some(path.into()),
        },
        model,
        think: ThinkScale(0.0),
        slots,
        when_full: WhenFull::Wait,
        start: Mono::now().plus(Duration::from_millis(700)),
        drain: Seconds(1.0),
        shard: Shard { index: 0, count: 1 },
        seed: 1,
        order_seed: 1,
        first_session: 0,
        retries: Retries::default(),
        trace: Trace::Off,
        watch: None,
        slo: Slo::default(),
        tag: "bench".into(),
        cpus: vec![0],
    }
}

/// Runs it to its end, or for as many ticks as are wanted.
pub async fn run(plan: &LoadPlan, wanted: usize) -> Result<Vec<Tick>, Failure> {
    let mut worker = WorkerHandle::spawn(&env::current_exe()?, plan).await?;
    let mut ticks = Vec::new();
    while let Some(line) = worker.next().await? {
        match line {
            WorkerLine::Tick(tick) => ticks.push(*tick),
            WorkerLine::Failed { message } => return Err(message.into()),
            WorkerLine::Ready { .. } | WorkerLine::Done(_) => {}
        }
        if ticks.len() == wanted {
            worker.abort();
        }
    }
    Ok(ticks)
}
