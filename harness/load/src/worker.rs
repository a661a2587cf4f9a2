//! The worker process: plan in, lines out.
//!
//! ```text
//! read the plan → pin to its CPUs → start the slots → ready → arrivals … → drain → last tick → done
//! ```

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use redline_model::{LoadModel, LoadPlan, Mono, WorkerDone, WorkerLine};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    common::Common,
    drive,
    http::ClientError,
    input::{self, Order},
    machine,
    mix::Mix,
    output::Output,
    pacer::Pacer,
    queue::Queue,
    recorder::Recorder,
    scenario::Scenario,
    schedule::{self, Schedule},
    slot::{self, Ready, Source, Work},
    slots::Slots,
    ticker::{Planned, Ticker, Ticking},
    usage::OwnUsage,
};

/// How long a cancelled session may take to notice it.
const CANCELLING: std::time::Duration = std::time::Duration::from_secs(5);

/// Why a worker cannot go on.
#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error("{0}")]
    Plan(String),
    #[error("there is no scenario `{0}`")]
    Scenario(String),
    #[error("the scenario `{0}` has no journey")]
    NoJourney(String),
    #[error("the plan gives this worker no slot")]
    NoSlot,
    #[error("the worker cannot be pinned to the CPUs {0:?}: {1}")]
    Pin(Vec<usize>, nix::Error),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("a thread, runtime or pipe of the worker failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("goose ended by itself: {0}")]
    Goose(String),
}

/// Does what the plan on standard input says, with the scenario that `find` finds, and reports on
/// standard output. For a process that does nothing else.
pub fn run(find: impl Fn(&str) -> Option<&'static dyn Scenario>) -> ExitCode {
    let Ok(output) = Output::claim().map(Arc::new) else { return ExitCode::FAILURE };
    let last = match work(find, &output) {
        Ok(done) => WorkerLine::Done(done),
        Err(error) => WorkerLine::Failed { message: error.to_string() },
    };
    let failed = matches!(last, WorkerLine::Failed { .. });
    if output.line(&last).is_err() || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn work(find: impl Fn(&str) -> Option<&'static dyn Scenario>, output: &Arc<Output>) -> Result<WorkerDone, WorkerError> {
    let plan = input::plan().map_err(WorkerError::Plan)?;
    let scenario = find(&plan.scenario).ok_or_else(|| WorkerError::Scenario(plan.scenario.clone()))?;
    machine::pin(&plan.cpus).map_err(|e| WorkerError::Pin(plan.cpus.clone(), e))?;
    let (orders, orders_in) = mpsc::channel(16);
    machine::silence();
    machine::raise_file_limit();
    machine::on_interrupt(orders.clone());
    input::listen(orders.clone())?;
    let cpus = machine::cpus();
    // What comes from outside the runtime is a session that is to start now: it is looked for after every
    // task, not after every 31st or so.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cpus)
        .global_queue_interval(1)
        .enable_all()
        .build()?;
    let done = runtime.block_on(load(&plan, scenario, cpus, output, (orders, orders_in)));
    runtime.shutdown_background();
    done
}

/// Starts the slots, lets sessions arrive and ends it all.
async fn load(
    plan: &LoadPlan,
    scenario: &'static dyn Scenario,
    cpus: usize,
    output: &Arc<Output>,
    (orders, mut orders_in): (mpsc::Sender<Order>, mpsc::Receiver<Order>),
) -> Result<WorkerDone, WorkerError> {
    let (work, queue) = prepare(plan, scenario, cpus)?;
    let base_url = work.common.clients.base().to_string();
    let mut goose = tokio::spawn({
        let work = work.clone();
        async move { drive::run(&base_url, work).await }
    });
    tokio::select! {
        () = work.all_slots_ready() => {}
        ended = &mut goose => return Err(goose_ended(ended)),
    }
    output.line(&WorkerLine::Ready { pid: std::process::id() })?;

    let recorder = work.common.recorder.clone();
    let planned = match &plan.model {
        LoadModel::Open { .. } => Planned::Schedule { rest: Schedule::of(plan).peekable(), start: plan.start },
        LoadModel::Closed { .. } => Planned::AsStarted,
    };
    let usage = OwnUsage::new(u32::try_from(cpus).unwrap_or(u32::MAX));
    let ticking = Ticking { recorder: recorder.clone(), planned, usage, output: output.clone(), orders };
    let ticker = Ticker::spawn(plan.start, ticking)?;
    let pacer = Pacer {
        schedule: Schedule::of(plan),
        start: plan.start,
        first_session: plan.first_session,
        when_full: plan.when_full,
        slots: work.slots.clone(),
        recorder,
        queue,
        stopped: ticker.stopped(),
    };
    let end = pacer.spawn()?;
    let mut aborted = Ending::Drained;
    tokio::select! {
        () = schedule_over(plan, end) => {}
        order = orders_in.recv() => aborted = Ending::of(order),
        ended = &mut goose => return Err(goose_ended(ended)),
    }
    ticker.stop_planning(Mono::now());
    drain(plan, &work, aborted, &mut orders_in).await;
    let at = Mono::now();
    tokio::task::spawn_blocking(|| ticker.finish()).await.map_err(std::io::Error::other)?;
    Ok(WorkerDone {
        at,
        cancelled: work.cancelled.load(Ordering::SeqCst),
        panicked: work.panicked.load(Ordering::SeqCst),
    })
}

/// Makes all that the slots need, and the queue that the pacer fills.
fn prepare(
    plan: &LoadPlan,
    scenario: &'static dyn Scenario,
    cpus: usize,
) -> Result<(Arc<Work>, Arc<Queue>), WorkerError> {
    let journeys = scenario.journeys();
    let weights: Vec<u32> = journeys.iter().map(crate::scenario::Journey::weight).collect();
    if weights.iter().all(|w| *w == 0) {
        return Err(WorkerError::NoJourney(plan.scenario.clone()));
    }
    let total = slot::slots_of(plan);
    if total == 0 {
        return Err(WorkerError::NoSlot);
    }
    // Sessions count on the runtime's threads; the pacer's own counts are rare.
    let recorder = Recorder::new(cpus, plan.slo.clone(), plan.start).tracing(plan.trace);
    let common = Arc::new(Common::new(plan, scenario.connections(), recorder)?);
    // A client that cannot be made is better known now than in each session.
    common.give_back(common.client()?);
    let queue = Arc::new(Queue::new(total));
    let source = match plan.model {
        LoadModel::Open { .. } => Source::Open(queue.clone()),
        LoadModel::Closed { .. } => Source::closed(plan, schedule::length(&plan.model)),
    };
    let work = Work {
        common,
        mix: Mix::new(&weights, plan.seed),
        journeys,
        source,
        slots: Arc::new(Slots::new(total)),
        cancel: CancellationToken::new(),
        cancelled: AtomicU64::new(0),
        panicked: AtomicU64::new(0),
        ready: Ready::default(),
    };
    Ok((Arc::new(work), queue))
}

/// Waits until no more sessions are to start.
async fn schedule_over(plan: &LoadPlan, pacer: tokio::sync::oneshot::Receiver<()>) {
    let _ = pacer.await;
    let end = plan.start.plus(schedule::length(&plan.model));
    tokio::time::sleep(end.since(Mono::now())).await;
}

/// Why arrivals ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The schedule was over, or somebody said stop.
    Drained,
    /// Nobody wants to know any more.
    Aborted,
}

impl Ending {
    fn of(order: Option<Order>) -> Self {
        if order == Some(Order::Stop) { Self::Drained } else { Self::Aborted }
    }
}

/// Lets the sessions on their way end; cancels those that take longer than the plan allows.
async fn drain(plan: &LoadPlan, work: &Work, ending: Ending, orders: &mut mpsc::Receiver<Order>) {
    work.slots.close();
    if let Source::Open(queue) = &work.source
        && Mono::now() < plan.start.plus(schedule::length(&plan.model))
    {
        // Stopped early: those that still wait for a slot do not start.
        (0..queue.clear()).for_each(|_| work.slots.give_back());
    }
    if ending == Ending::Drained {
        let aborted = async { while orders.recv().await == Some(Order::Stop) {} };
        tokio::select! {
            () = work.slots.empty() => return,
            () = tokio::time::sleep(plan.drain.to_duration()) => {}
            () = aborted => {}
        }
    }
    if let Source::Open(queue) = &work.source {
        (0..queue.clear()).for_each(|_| work.slots.give_back());
    }
    work.cancel.cancel();
    let _ = timeout(CANCELLING, work.slots.empty()).await;
}

fn goose_ended(ended: Result<Result<(), String>, tokio::task::JoinError>) -> WorkerError {
    WorkerError::Goose(match ended {
        Ok(Ok(())) => "without an error".into(),
        Ok(Err(error)) => error,
        Err(error) => error.to_string(),
    })
}
