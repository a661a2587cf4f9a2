//! Plans for workers, and what they report, all lines together.

use std::time::Duration;

use redline_load::WorkerHandle;
use redline_model::{
    Arrivals, JourneyOptions, LoadModel, LoadPlan, Mono, OutcomeCounts, Rate, Resolve, Retries, Seconds, Shard, Slo,
    Stage, StepTick, Target, ThinkScale, Tick, Trace, WhenFull, WorkerDone, WorkerLine,
};

/// How far ahead schedules begin: enough for a worker to start on a busy machine.
pub const AHEAD: Duration = Duration::from_millis(300);

/// Constant arrivals for one shard, generous limits.
pub fn plan(scenario: &str, base_url: &str, rate: f64, seconds: f64) -> LoadPlan {
    LoadPlan {
        scenario: scenario.into(),
        options: JourneyOptions::default(),
        target: Target {
            base_url: base_url.into(),
            resolve: Resolve::System,
            request_timeout: Seconds(5.0),
            connect_timeout: Seconds(2.0),
            trivial_path: Some("/trivial".into()),
        },
        model: open(rate, seconds),
        think: ThinkScale(0.0),
        slots: 200,
        when_full: WhenFull::Wait,
        start: Mono::now().plus(AHEAD),
        drain: Seconds(3.0),
        shard: Shard { index: 0, count: 1 },
        seed: 7,
        order_seed: 1,
        first_session: 0,
        retries: Retries::default(),
        trace: Trace::Off,
        watch: None,
        slo: Slo::parse(["p95<100ms"]).unwrap(),
        tag: "trial-1".into(),
        cpus: Vec::new(),
    }
}

pub fn open(rate: f64, seconds: f64) -> LoadModel {
    let stage = Stage { from: Rate(rate), to: Rate(rate), length: Seconds(seconds) };
    LoadModel::Open { arrivals: Arrivals::Constant, stages: vec![stage] }
}

/// What a worker has reported.
#[derive(Debug)]
pub struct Report {
    pub ticks: Vec<Tick>,
    pub done: WorkerDone,
}

impl Report {
    pub fn sum<N: std::iter::Sum<N>>(&self, of: impl Fn(&Tick) -> N) -> N {
        self.ticks.iter().map(of).sum()
    }
    pub fn outcomes(&self) -> OutcomeCounts {
        let mut sum = OutcomeCounts::default();
        self.ticks.iter().for_each(|tick| sum.merge(&tick.requests.outcomes));
        sum
    }
    /// All steps of that name.
    pub fn step(&self, name: &str) -> StepTick {
        let mut sum = StepTick { step: name.into(), ..StepTick::default() };
        for step in self.ticks.iter().flat_map(|tick| &tick.steps).filter(|step| step.step == name) {
            sum.response.merge(&step.response);
            sum.service.merge(&step.service);
            sum.good += step.good;
            sum.outcomes.merge(&step.outcomes);
            sum.requests += step.requests;
        }
        sum
    }
    /// What holds for every run that has ended, whatever became of its requests.
    pub fn check_books(&self) {
        let sent = self.sum(|t| t.requests.sent);
        let ended = self.outcomes();
        assert_eq!(sent, ended.total(), "{ended:?}");
        let sessions = self.sum(|t| t.sessions.finished + t.sessions.failed + t.sessions.cancelled);
        assert_eq!(self.sum(|t| t.arrivals.started), sessions);
        assert_eq!(self.ticks.last().unwrap().sessions.in_flight, 0);
        assert_eq!(self.sum(|t| t.requests.service.count()), ended.responses());
        assert_eq!(self.sum(|t| t.lag.count()), sessions);
        assert_eq!(self.sum(|t| t.generator.dropped_events), 0);
        for pair in self.ticks.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        // All sessions are over, so that the integral of their number is the sum of their durations.
        let (integral, durations) = (self.sum(|t| t.sessions.in_flight_time.0), self.sum(|t| t.sessions.duration.0));
        assert!((integral - durations).abs() < 1e-6 * durations.max(1.0), "{integral} {durations}");
    }
}

pub async fn start(plan: &LoadPlan) -> WorkerHandle {
    let mut worker = WorkerHandle::spawn(&std::env::current_exe().unwrap(), plan).await.unwrap();
    let first = worker.next().await.unwrap();
    assert!(matches!(first, Some(WorkerLine::Ready { .. })), "{first:?}");
    worker
}

/// Its next line, which is a tick.
pub async fn tick(worker: &mut WorkerHandle) -> Tick {
    match worker.next().await.unwrap() {
        Some(WorkerLine::Tick(tick)) => *tick,
        other => panic!("{other:?}"),
    }
}

/// All that it reports to its end, after the ticks that were seen already.
pub async fn finish(worker: &mut WorkerHandle, mut ticks: Vec<Tick>) -> Report {
    loop {
        match worker.next().await.unwrap() {
            Some(WorkerLine::Tick(tick)) => ticks.push(*tick),
            Some(WorkerLine::Done(done)) => {
                assert!(worker.next().await.unwrap().is_none());
                let report = Report { ticks, done };
                report.check_books();
                return report;
            }
            other => panic!("{other:?}"),
        }
    }
}

pub async fn run(plan: &LoadPlan) -> Report {
    let mut worker = start(plan).await;
    finish(&mut worker, Vec::new()).await
}
