//! One load held for one measurement, and what was measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bytes, Check, LatencySummary, OutcomeCounts, Rate, Seconds, Share, SloTerm};

/// Why a trial is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// What the generator can do against a trivial response.
    Calibration,
    /// Fill caches and pools; nothing is concluded from it.
    WarmUp,
    /// Find the order of magnitude.
    Ramp,
    /// More than can be served, to count completions.
    Overdrive,
    /// The stack is kept saturated while a resource is made scarcer and given back, in turns.
    Intervene,
    /// More than can be served, with nobody turned away: what becomes of the goodput.
    Overload,
    /// Find the load that keeps the SLO.
    Bisect,
    /// The answer must hold for longer.
    ConfirmHolds,
    /// A little more than the answer must fail.
    ConfirmFails,
    /// A load that the user asked for.
    Hold,
    /// So little load that next to nothing waits: what each page takes by itself.
    Quiet,
    /// Nothing is broken: what a trial with a fault is compared with.
    Control,
    /// Something is broken while the load goes on.
    Fault,
    /// A real browser visits beside the load; nothing is concluded from it.
    Browse,
}

/// A trial to be made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrialSpec {
    /// Why it is made.
    pub purpose: Purpose,
    /// Sessions offered per second.
    pub offered: Rate,
    /// How long the load is held before the measurement begins.
    pub settle: Seconds,
    /// How long is measured.
    pub hold: Seconds,
    /// At most so many sessions in flight, further arrivals turned away; absent: no limit but the
    /// generator's own, and reaching that makes the trial invalid.
    pub cap: Option<u32>,
}

/// What became of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrialClass {
    /// The SLO was kept and the backlog did not grow.
    Pass,
    /// The SLO was broken or the backlog grew.
    Fail,
    /// The measurement cannot tell.
    Undecided,
    /// The generator or the machine was not fit; nothing can be said about the stack.
    GeneratorLimited,
}

/// What was measured in one trial. Rates and latencies are those of the measured window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrialResult {
    /// Its number in the run, from 1.
    pub number: u32,
    /// What was asked for.
    pub spec: TrialSpec,
    /// When the measured window began, from the start of the run.
    pub from: Seconds,
    /// When it ended, from the start of the run.
    pub to: Seconds,
    /// Sessions, over the whole trial, settling and drain included.
    pub sessions: SessionCounts,
    /// Requests, over the whole trial, settling and drain included.
    pub requests: RequestCounts,
    /// Arrivals per second in the window.
    pub offered: Rate,
    /// Sessions that ended per second in the window.
    pub completed: Rate,
    /// Standard error of `completed`, from its seconds.
    #[serde(default)]
    pub completed_error: Rate,
    /// Responses per second in the window.
    pub responses: Rate,
    /// Standard error of `responses`, from its seconds.
    #[serde(default)]
    pub responses_error: Rate,
    /// Steps that ended per second in the window.
    pub steps_per_second: Rate,
    /// Steps per second that were correct and within the SLO.
    pub good: Rate,
    /// Orders acknowledged per second in the window.
    pub orders: Rate,
    /// Requests of a complete session, on average, over the whole trial.
    pub requests_per_session: f64,
    /// Steps of a complete session, on average, over the whole trial.
    pub steps_per_session: f64,
    /// Body bytes of a complete session, on average.
    pub bytes_per_session: f64,
    /// How long a session lasted on average.
    pub session_duration: Seconds,
    /// How long a session would think at a think scale of 1.
    pub nominal_think: Seconds,
    /// Response time of all steps that succeeded in the window.
    pub response: LatencySummary,
    /// Service time of all requests that were answered in the window.
    pub service: LatencySummary,
    /// Each step.
    pub steps: Vec<StepSummary>,
    /// Sessions in flight.
    pub in_flight: InFlight,
    /// Each promise.
    pub slo: Vec<SloOutcome>,
    /// The generator.
    pub generator: GeneratorHealth,
    /// The machine.
    pub host: Option<HostHealth>,
    /// How fast the machine was: responses that the generator dealt with a second of its own CPU time. The same
    /// work in every trial of a scenario, done on other CPUs than the servers' at the same time.
    #[serde(default)]
    pub machine_speed: Option<f64>,
    /// Each component.
    pub components: Vec<ComponentUsage>,
    /// What it was classified as.
    pub class: TrialClass,
    /// Why it was classified so.
    pub reasons: Vec<String>,
    /// The validity checks.
    pub checks: Vec<Check>,
}

/// Sessions of one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SessionCounts {
    /// Arrivals that the schedule had.
    pub planned: u64,
    /// Arrivals that were started.
    pub started: u64,
    /// Arrivals turned away at the cap.
    pub turned_away: u64,
    /// Arrivals that found no free slot.
    pub waited: u64,
    /// Sessions that ended as meant.
    pub finished: u64,
    /// Sessions that ended early by a failed step.
    pub failed: u64,
    /// Sessions cancelled after the drain.
    pub cancelled: u64,
}

/// Requests of one trial.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RequestCounts {
    /// Sent.
    pub sent: u64,
    /// What became of them.
    pub outcomes: OutcomeCounts,
    /// Errors that the server may have seen and logged.
    pub maybe_seen: u64,
    /// Lines of the access log for this trial, where there is one.
    pub logged: Option<u64>,
    /// Of them, those that the web server itself turned away with 429 or 503, without asking the application server.
    #[serde(default)]
    pub limited: Option<u64>,
    /// Body bytes.
    pub body_bytes: u64,
    /// Connections opened.
    pub connections: u64,
    /// Questions sent to the DNS server.
    pub dns_queries: u64,
}

/// One step in one trial's window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepSummary {
    /// Its name.
    pub step: String,
    /// Response time, from the intended start to the last byte of the last asset.
    pub response: LatencySummary,
    /// Service time of the page alone.
    pub service: LatencySummary,
    /// How the steps ended.
    pub outcomes: OutcomeCounts,
    /// Steps that were correct and within the SLO.
    pub good: u64,
}

/// Sessions in flight in one trial's window.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct InFlight {
    /// Time average.
    pub mean: f64,
    /// At the window's beginning.
    pub at_start: u64,
    /// At the window's end.
    pub at_end: u64,
    /// The most at the end of any second.
    pub max: u64,
    /// The trend over the window, in sessions per second.
    pub growth: f64,
}

/// One promise in one trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SloOutcome {
    /// The promise.
    pub term: SloTerm,
    /// The share of steps that were slow, or failed.
    pub bad: Share,
    /// Lower end of the 95 % interval of that share.
    pub low: Share,
    /// Upper end of the 95 % interval of that share.
    pub high: Share,
    /// Steps that were judged.
    pub count: u64,
    /// As many independent steps would tell as much: neighbouring steps are slow together.
    #[serde(default)]
    pub effective: f64,
}

/// The generator in one trial's window.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorHealth {
    /// 99th percentile of actual minus intended start.
    pub lag_p99: Seconds,
    /// The worst of it.
    pub lag_max: Seconds,
    /// Sessions that started.
    #[serde(default)]
    pub starts: u64,
    /// Of them, those that started later than the schedule-lag check allows.
    #[serde(default)]
    pub late_starts: u64,
    /// CPU time ÷ (time × CPUs that it may use).
    pub cpu: Share,
    /// Events that are missing from the counts.
    pub dropped_events: u64,
    /// Most resident memory.
    pub memory: Bytes,
}

/// The machine in one trial's window.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HostHealth {
    /// CPU time taken by the hypervisor.
    pub steal: Share,
    /// CPU time of foreign processes, in cores.
    pub others: f64,
    /// Busy share of the servers' CPUs.
    pub server_cpus_busy: Share,
    /// Connections dropped at full accept queues.
    pub listen_overflows: u64,
}

/// One component in one trial's window.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ComponentUsage {
    /// Its server.
    pub server: String,
    /// Its name.
    pub component: String,
    /// CPU time per second, in cores.
    pub cpu: Option<f64>,
    /// CPU time per session completed.
    pub cpu_per_session: Option<Seconds>,
    /// Share of quota periods in which it was throttled.
    pub throttled: Share,
    /// Most memory in use.
    pub memory: Bytes,
    /// The memory that it may use.
    pub memory_limit: Option<Bytes>,
    /// The daemon's own figures, averaged over the window, for the reader: (what, value with unit).
    pub figures: Vec<(String, String)>,
}
