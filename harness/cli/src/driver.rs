//! Makes one trial: a worker process with its plan, its ticks, the probes' samples, and the result.

mod raw;

use std::{path::PathBuf, time::Duration};

use redline_load::WorkerHandle;
use redline_model::{
    JourneyOptions, LoadModel, LoadPlan, Mono, Purpose, Retries, Seconds, Shard, Stage, Target, ThinkScale, Tick,
    Trace, TrialResult, TrialSpec, WhenFull, WorkerLine,
};

pub(crate) use self::raw::Raw;
use crate::{
    environment,
    exit::Failure,
    interrupt::Interrupt,
    intervene::Experiment,
    journal::Journal,
    live::Live,
    plan::RunPlan,
    proof,
    site::{Breaker, Lever, Site, SiteOrders},
};

/// The most sessions that one worker keeps in flight.
const MOST_SLOTS: f64 = 20_000.0;
/// How long sessions may take after a trial before they are cancelled.
const DRAIN: Seconds = Seconds(4.0);
/// How long what was broken may take to be mended once the load is over: the longest that a component is waited for,
/// and a little.
const MENDED: Duration = Duration::from_secs(70);
/// The same when the user wants to end: a database reads its log first.
const HURRIED: Duration = Duration::from_secs(20);
/// How long a worker may say nothing once its schedule has begun.
const SILENCE: Duration = Duration::from_secs(20);

/// Everything that trials have in common.
pub(crate) struct Driver<'a> {
    plan: &'a RunPlan,
    target: Target,
    site: &'a mut Site,
    live: &'a Live,
    interrupt: Interrupt,
    journal: &'a mut Journal,
    exe: PathBuf,
    cpus: Vec<usize>,
    next_session: u64,
}

/// What a worker is told beyond the trial's numbers.
pub(crate) struct Load {
    /// The scenario.
    pub(crate) scenario: &'static str,
    /// What it needs to know.
    pub(crate) options: JourneyOptions,
    /// Who decides when sessions start.
    pub(crate) model: LoadModel,
    /// Think time scale.
    pub(crate) think: ThinkScale,
    /// What visitors do when a page fails.
    pub(crate) retries: Retries,
    /// How long they wait for an answer; absent: as long as the target's visitors do.
    pub(crate) patience: Option<Seconds>,
    /// Whether every single step is reported.
    pub(crate) trace: Trace,
    /// The number of its first session, where the same visitors are to come again; else the next one.
    pub(crate) first_session: Option<u64>,
}

/// What becomes of what goes on beside a trial when the trial is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtTheEnd {
    /// It is dropped.
    LetGo,
    /// It changed the site, and puts that back first.
    Await,
}

/// Whether a trial goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Going {
    On,
    /// No more sessions start, and those on their way end.
    Stop,
}

impl<'a> Driver<'a> {
    /// A driver for trials of `plan` against `site`.
    pub(crate) fn new(
        plan: &'a RunPlan,
        site: &'a mut Site,
        live: &'a Live,
        interrupt: Interrupt,
        journal: &'a mut Journal,
    ) -> Result<Self, Failure> {
        let exe = environment::exe()?;
        let (target, cpus) = (site.target(), site.generator_cpus().to_vec());
        Ok(Self { plan, target, site, live, interrupt, journal, exe, cpus, next_session: 0 })
    }

    /// A trial of the plan's scenario at a constant load.
    pub(crate) async fn trial(&mut self, spec: TrialSpec) -> Result<TrialResult, Failure> {
        let load = self.constant(&spec);
        self.make(spec, load).await
    }

    /// The same with the visitors from number `first_session` on, who come and choose the same whenever they come.
    pub(crate) async fn trial_of(&mut self, spec: TrialSpec, first_session: u64) -> Result<TrialResult, Failure> {
        let load = Load { first_session: Some(first_session), ..self.constant(&spec) };
        self.make(spec, load).await
    }

    /// The same, while something else goes on beside it from the trial's start, which it is told. Gives what
    /// came of that too, unless the trial ended first.
    pub(crate) async fn trial_beside<F: Future>(
        &mut self,
        spec: TrialSpec,
        beside: impl FnOnce(Mono) -> F,
    ) -> Result<(TrialResult, Option<F::Output>), Failure> {
        let load = self.constant(&spec);
        self.make_beside(spec, load, beside, |_| Going::On, AtTheEnd::LetGo).await
    }

    /// A trial of any load, while something else goes on beside it, until `going` says stop after one of its seconds.
    /// What goes on beside it has time to put back what it changed.
    pub(crate) async fn trial_until<F: Future>(
        &mut self,
        spec: TrialSpec,
        load: Load,
        beside: impl FnOnce(Mono) -> F,
        going: impl FnMut(&Tick) -> Going,
    ) -> Result<(TrialResult, Option<F::Output>), Failure> {
        self.make_beside(spec, load, beside, going, AtTheEnd::Await).await
    }

    /// Tells when the user wants to end.
    pub(crate) fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// What can break the site.
    pub(crate) fn breaker(&self) -> Option<Breaker> {
        self.site.breaker()
    }

    /// The trial that was made last, with all that it was made of.
    pub(crate) fn last(&self) -> Option<&Raw> {
        self.journal.raw.last()
    }

    /// The number of a session that has not come yet.
    pub(crate) fn next_session(&self) -> u64 {
        self.next_session
    }

    /// What the site has of orders.
    pub(crate) async fn site_orders(&self) -> Result<SiteOrders, Failure> {
        self.site.orders().await
    }

    /// The levers that the site has.
    pub(crate) fn levers(&self) -> Vec<Lever> {
        self.site.levers()
    }

    /// The lever of which the experiments so far tell least, where one is not told well enough.
    pub(crate) fn least_known(&self, experiments: &[Experiment]) -> Option<(String, String)> {
        let limits = self.site.memory_limits();
        let result = |raw: &Raw| raw.result(&self.plan.slo, self.journal.started, &limits, None);
        let trials: Vec<TrialResult> = self.journal.raw.iter().map(result).collect();
        proof::least_known(&self.journal.raw, &trials, experiments)
    }

    /// The plan's scenario at a constant load.
    pub(crate) fn constant(&self, spec: &TrialSpec) -> Load {
        let stage = Stage { from: spec.offered, to: spec.offered, length: spec.settle + spec.hold };
        Load { model: LoadModel::Open { arrivals: self.plan.arrivals, stages: vec![stage] }, ..Load::of(self.plan) }
    }

    /// What the run is going to do.
    pub(crate) fn plan(&self) -> &'a RunPlan {
        self.plan
    }

    /// Where the load goes.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Whether the target has a trivial response.
    pub(crate) fn can_calibrate(&self) -> bool {
        self.target.trivial_path.is_some()
    }

    /// Lets the site's servers use all of their CPUs; gives the names of what had a limit.
    pub(crate) async fn lift_limits(&self) -> Result<Vec<String>, Failure> {
        self.site.lift_limits().await
    }

    /// Gives the site's servers their limits again.
    pub(crate) async fn restore_limits(&self) -> Result<(), Failure> {
        self.site.restore_limits().await
    }

    /// A trial of any load.
    pub(crate) async fn make(&mut self, spec: TrialSpec, load: Load) -> Result<TrialResult, Failure> {
        Ok(self.make_beside(spec, load, |_| std::future::pending::<()>(), |_| Going::On, AtTheEnd::LetGo).await?.0)
    }

    async fn make_beside<F: Future>(
        &mut self,
        spec: TrialSpec,
        load: Load,
        beside: impl FnOnce(Mono) -> F,
        mut going: impl FnMut(&Tick) -> Going,
        at_the_end: AtTheEnd,
    ) -> Result<(TrialResult, Option<F::Output>), Failure> {
        let number = u32::try_from(self.journal.raw.len()).unwrap_or(u32::MAX) + 1;
        let plan = self.load_plan(&spec, load, number);
        let mut raw =
            Raw { spec, number, start: plan.start, stopped: None, cut: false, ticks: Vec::new(), samples: Vec::new() };
        self.site.discard_samples();
        if let Some(board) = self.live.board() {
            board.begins(number, spec.purpose, plan.start);
        }
        let beside = beside(plan.start);
        tokio::pin!(beside);
        let (ended, besides) = with(self.follow(&plan, &mut raw, &mut going), beside.as_mut()).await;
        let besides = match (besides, at_the_end, &ended) {
            (None, AtTheEnd::LetGo, _) => None,
            (None, AtTheEnd::Await, Err(Failure::Interrupted)) => tokio::time::timeout(HURRIED, beside).await.ok(),
            (None, AtTheEnd::Await, _) => tokio::time::timeout(MENDED, beside).await.ok(),
            (some, ..) => some,
        };
        raw.cut = matches!(ended, Err(Failure::Interrupted));
        if raw.cut || matches!(ended, Ok(Going::Stop)) {
            raw.shorten();
        }
        let result = raw.result(&self.plan.slo, self.journal.started, &self.site.memory_limits(), None);
        if let Some(board) = self.live.board() {
            board.ends(&result);
        }
        if !raw.ticks.is_empty() {
            self.journal.raw.push(raw);
        }
        ended.map(|_| (result, besides))
    }

    fn load_plan(&mut self, spec: &TrialSpec, load: Load, number: u32) -> LoadPlan {
        let slots = slots(spec, &load);
        let first_session = load.first_session.unwrap_or(self.next_session);
        let another = self.next_session.max(first_session);
        self.next_session = another + 1 + (spec.offered.times(spec.settle + spec.hold) * 2.0) as u64 + u64::from(slots);
        // Ready well before the start: slots take some 50 µs each to set up.
        let lead = Duration::from_millis(300) + Duration::from_micros(60) * slots;
        LoadPlan {
            scenario: load.scenario.to_owned(),
            options: load.options,
            target: Target {
                request_timeout: load.patience.unwrap_or(self.target.request_timeout),
                ..self.target.clone()
            },
            model: load.model,
            think: load.think,
            slots,
            when_full: if spec.cap.is_some() { WhenFull::TurnAway } else { WhenFull::Wait },
            start: Mono::now().plus(lead),
            drain: DRAIN,
            shard: Shard { index: 0, count: 1 },
            seed: self.plan.seed,
            order_seed: self.plan.seed.wrapping_add(u64::from(number) << 32),
            first_session,
            retries: load.retries,
            trace: load.trace,
            watch: watched(spec.purpose).then_some(spec.settle),
            slo: self.plan.slo.clone(),
            tag: tag(number),
            cpus: self.cpus.clone(),
        }
    }

    /// Follows the worker from its start to its last line; gives whether it was stopped before its time.
    async fn follow(
        &mut self,
        plan: &LoadPlan,
        raw: &mut Raw,
        going: &mut dyn FnMut(&Tick) -> Going,
    ) -> Result<Going, Failure> {
        let mut gone = Going::On;
        let mut worker = WorkerHandle::spawn(&self.exe, plan).await.map_err(anyhow::Error::from)?;
        // A worker speaks every second, whatever the load: a silence means that it hangs.
        let silence = SILENCE + plan.start.since(Mono::now());
        loop {
            tokio::select! {
                line = tokio::time::timeout(silence, worker.next()) => {
                    let line = line.map_err(|_| anyhow::anyhow!("the load worker fell silent"))?.map_err(anyhow::Error::from)?;
                    match line {
                        Some(WorkerLine::Ready { .. }) => {}
                        Some(WorkerLine::Tick(tick)) => {
                            self.live.tick(&tick);
                            self.journal.note_tick(&tick);
                            let stop_now = gone == Going::On && going(&tick) == Going::Stop;
                            if stop_now {
                                gone = Going::Stop;
                                raw.stopped = Some(tick.to);
                                worker.stop().await.map_err(anyhow::Error::from)?;
                            }
                            raw.ticks.push(*tick);
                        }
                        Some(WorkerLine::Done(_)) | None => return Ok(gone),
                        Some(WorkerLine::Failed { message }) => return Err(Failure::environment(message)),
                    }
                }
                sample = self.site.next_sample() => {
                    self.live.sample(&sample);
                    raw.samples.push(sample);
                }
                () = self.interrupt.wait() => {
                    let _ = worker.kill().await;
                    return Err(Failure::Interrupted);
                }
            }
        }
    }
}

impl Load {
    /// The plan's scenario, and everything else as usual, with no load yet.
    pub(crate) fn of(plan: &RunPlan) -> Self {
        Self {
            scenario: plan.scenario.name(),
            options: plan.options.clone(),
            model: LoadModel::Open { arrivals: plan.arrivals, stages: Vec::new() },
            think: plan.think,
            retries: Retries::default(),
            patience: None,
            trace: Trace::Off,
            first_session: None,
        }
    }
}

/// Awaits `main`; gives what `beside` has become by then, if it has ended.
async fn with<M: Future, B: Future>(main: M, beside: B) -> (M::Output, Option<B::Output>) {
    tokio::pin!(main, beside);
    let mut besides = None;
    loop {
        tokio::select! {
            ended = &mut main => return (ended, besides),
            ended = &mut beside, if besides.is_none() => besides = Some(ended),
        }
    }
}

/// Whether some sessions are told with all their requests: those of a trial that may stand for its load.
fn watched(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Overdrive | Purpose::Bisect | Purpose::ConfirmHolds | Purpose::Hold)
}

fn tag(number: u32) -> String {
    format!("t{number}")
}

/// Slots for all arrivals of the trial where that is possible: then none can be exhausted, however slow
/// the server.
fn slots(spec: &TrialSpec, load: &Load) -> u32 {
    if let Some(cap) = spec.cap {
        return cap;
    }
    match &load.model {
        LoadModel::Closed { users, .. } => *users,
        LoadModel::Open { stages, .. } => {
            let arrivals: f64 = stages.iter().map(|s| (s.from.0 + s.to.0) / 2.0 * s.length.0).sum();
            (arrivals * 1.1 + 32.0).min(MOST_SLOTS) as u32
        }
    }
}
