//! What the page is told: a copy of what the run has measured so far, second by second.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use hyper::body::Bytes;
use redline_analysis::{TimelineTrial, append_timeline, timeline};
use redline_model::{
    DeployReport, FailureReport, Fingerprint, Mono, OverloadReport, Purpose, RunReport, SCHEMA_VERSION, Sample,
    Seconds, Tick, Timeline, TrialResult, Verdict, VerdictKind,
};
use serde_json::json;
use tokio::sync::watch;

/// More lines than this are not read; the first ones go.
const MOST_LINES: usize = 2_000;

/// What the page is told; every clone is of the same board.
#[derive(Debug, Clone)]
pub(crate) struct Board(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    began: Instant,
    run_start: Mono,
    report: RunReport,
    phase: String,
    load: String,
    expected: Option<Seconds>,
    said: Vec<String>,
    trial: Option<UnderWay>,
    /// The charts as they were last drawn up, for as many readers as there are.
    charts: Option<(u64, Bytes)>,
    over: Option<Over>,
}

/// The trial that is being made.
#[derive(Debug)]
struct UnderWay {
    number: u32,
    purpose: Purpose,
    start: Mono,
    /// The last second: what the probes read of it comes a little later than it does.
    last: Option<Tick>,
    samples: Vec<Sample>,
}

/// How the run ended.
#[derive(Debug, Clone)]
struct Over {
    sentence: String,
    saved: Option<String>,
}

impl Board {
    /// An empty board of a run that begins now.
    pub(crate) fn new() -> Self {
        let state = State {
            began: Instant::now(),
            run_start: Mono::now(),
            report: nothing(),
            phase: String::new(),
            load: String::new(),
            expected: None,
            said: Vec::new(),
            trial: None,
            charts: None,
            over: None,
        };
        Self(Arc::new(Inner { state: Mutex::new(state), changed: watch::Sender::new(0) }))
    }

    /// Tells whoever listens that there is something new.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// What the run is made on.
    pub(crate) fn made_on(&self, fingerprint: Fingerprint) {
        self.state().report.fingerprint = fingerprint;
    }

    /// What is being done now.
    pub(crate) fn phase(&self, phase: &str) {
        let mut state = self.state();
        state.phase = phase.to_owned();
        state.load.clear();
        self.tell(state);
    }

    /// A line that stays.
    pub(crate) fn say(&self, line: &str) {
        let mut state = self.state();
        if state.said.len() < MOST_LINES {
            state.said.push(line.to_owned());
        }
        self.tell(state);
    }

    /// How long it is expected to take, from its beginning.
    pub(crate) fn expect(&self, expected: Seconds) {
        self.state().expected = Some(expected);
    }

    /// A trial begins.
    pub(crate) fn begins(&self, number: u32, purpose: Purpose, start: Mono) {
        self.state().trial = Some(UnderWay { number, purpose, start, last: None, samples: Vec::new() });
    }

    /// What a worker reported of the last second, and the same in words.
    pub(crate) fn tick(&self, tick: &Tick, words: &str) {
        let mut state = self.state();
        state.load = words.to_owned();
        state.draw_last();
        if let Some(trial) = state.trial.as_mut() {
            // The charts are of sums; single steps are not for them.
            trial.last = Some(Tick { trace: Vec::new(), orders: Vec::new(), ..tick.clone() });
        }
        self.tell(state);
    }

    /// What a probe read.
    pub(crate) fn sample(&self, sample: &Sample) {
        if let Some(trial) = self.state().trial.as_mut() {
            trial.samples.push(sample.clone());
        }
    }

    /// The trial has ended.
    pub(crate) fn ends(&self, result: &TrialResult) {
        let mut state = self.state();
        state.draw_last();
        state.trial = None;
        state.report.trials.push(result.clone());
        self.tell(state);
    }

    /// What a fault did.
    pub(crate) fn failure(&self, failure: &FailureReport) {
        let mut state = self.state();
        state.report.failures.push(failure.clone());
        self.tell(state);
    }

    /// What a deployment did.
    pub(crate) fn deployment(&self, made: &DeployReport) {
        let mut state = self.state();
        state.report.deployments.push(made.clone());
        self.tell(state);
    }

    /// What became of an overload.
    pub(crate) fn overload(&self, made: &OverloadReport) {
        let mut state = self.state();
        state.report.overloads.push(made.clone());
        self.tell(state);
    }

    /// The run is over.
    pub(super) fn over(&self, sentence: &str, saved: Option<String>) {
        let mut state = self.state();
        state.over = Some(Over { sentence: sentence.to_owned(), saved });
        self.tell(state);
    }

    /// What there is to tell now, as server-sent events; and whether that was the last.
    pub(super) fn told(&self, version: u64) -> (Bytes, bool) {
        let mut state = self.state();
        let clock = match state.expected {
            Some(expected) => format!("{} of about {}", state.elapsed(), Seconds(expected.0.round())),
            None => state.elapsed().to_string(),
        };
        let now = json!({"phase": state.phase, "clock": clock, "load": state.load, "said": state.said});
        let mut text = event("now", &now.to_string());
        text.extend_from_slice(&state.charts(version));
        if let Some(over) = &state.over {
            text.extend(event("end", &json!({"sentence": over.sentence, "saved": over.saved}).to_string()));
        }
        (text.into(), state.over.is_some())
    }

    fn tell(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.0.changed.send_modify(|version| *version += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned board is still a board.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn elapsed(&self) -> Seconds {
        Seconds(self.began.elapsed().as_secs_f64().round())
    }

    /// Puts the last second of the trial under way into the timeline.
    fn draw_last(&mut self) {
        let Some(trial) = self.trial.as_mut() else { return };
        let Some(tick) = trial.last.take() else { return };
        // As in the report, the generator's calibration is not shown: it does not touch the stack.
        if trial.purpose != Purpose::Calibration {
            let (number, start, samples) = (trial.number, trial.start, &trial.samples);
            let of = TimelineTrial { number, start, ticks: std::slice::from_ref(&tick), samples };
            append_timeline(&mut self.report.timeline, timeline(self.run_start, &[of]));
        }
        trial.samples.retain(|sample| sample.at > tick.to);
    }

    /// The charts as an event, drawn up once for all who read this version.
    fn charts(&mut self, version: u64) -> Bytes {
        if let Some((_, drawn)) = self.charts.as_ref().filter(|(of, _)| *of >= version) {
            return drawn.clone();
        }
        let drawn = redline_reports::live_charts(&self.report)
            .map_or_else(|_| Bytes::new(), |json| event("charts", &json).into());
        self.charts = Some((version, drawn.clone()));
        drawn
    }
}

/// One server-sent event; JSON has no line ends.
fn event(name: &str, json: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {json}\n\n").into_bytes()
}

/// A report without anything in it.
fn nothing() -> RunReport {
    RunReport {
        schema_version: SCHEMA_VERSION,
        run: String::new(),
        started: String::new(),
        took: Seconds(0.0),
        command: String::new(),
        seed: 0,
        interrupted: None,
        verdict: Verdict::without_capacity(VerdictKind::Held, String::new(), Vec::new()),
        validity: Vec::new(),
        fingerprint: Fingerprint::default(),
        generator_ceiling: None,
        limits_lifted: Vec::new(),
        demands: None,
        failures: Vec::new(),
        deployments: Vec::new(),
        overloads: Vec::new(),
        caches: Vec::new(),
        browser: None,
        sessions: Vec::new(),
        trials: Vec::new(),
        timeline: Timeline::default(),
    }
}
