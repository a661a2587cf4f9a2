//! What a worker reports: one JSON line a second on its standard output.

use serde::{Deserialize, Serialize};

use crate::{Latencies, Mono, OutcomeCounts, Seconds, SessionTrace, StepTrace};

/// One line of a worker's standard output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "line")]
pub enum WorkerLine {
    /// The plan was understood and all slots are ready for the schedule's start.
    Ready {
        /// The worker's process id.
        pid: u32,
    },
    /// What happened in the last second.
    Tick(Box<Tick>),
    /// The schedule and the drain are over; the last line of a good run.
    Done(WorkerDone),
    /// The worker cannot go on; the last line of a bad run.
    Failed {
        /// One sentence for the user.
        message: String,
    },
}

/// How a worker's run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDone {
    /// When the last session ended.
    pub at: Mono,
    /// Sessions that were still in flight after the drain time and were cancelled.
    pub cancelled: u64,
    /// Sessions that ended by a panic of the journey's code.
    pub panicked: u64,
}

/// What happened between two moments, about a second apart. Everything is counted when it ends.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tick {
    /// When the interval began.
    pub from: Mono,
    /// When it ended.
    pub to: Mono,
    /// Arrivals of this interval.
    pub arrivals: ArrivalCounts,
    /// Sessions.
    pub sessions: SessionTick,
    /// Requests.
    pub requests: RequestTick,
    /// Steps that ended, by the step's name.
    pub steps: Vec<StepTick>,
    /// Actual start minus intended start of the sessions that started.
    pub lag: Latencies,
    /// Orders as their users saw them.
    #[serde(default)]
    pub orders: Vec<OrderEvent>,
    /// Every step that ended, where the plan asks for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<StepTrace>,
    /// The sessions that are watched and have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<SessionTrace>,
    /// The generator itself.
    pub generator: GeneratorTick,
}

/// Arrivals in one interval, by their intended start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ArrivalCounts {
    /// That the schedule has in this interval.
    pub planned: u64,
    /// That were handed to a slot.
    pub started: u64,
    /// That were turned away because all slots were taken (`WhenFull::TurnAway`).
    pub turned_away: u64,
    /// That found no free slot and had to wait (`WhenFull::Wait`): slot exhaustion.
    pub waited: u64,
}

/// Sessions in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SessionTick {
    /// That ended as their journey meant them to.
    pub finished: u64,
    /// That ended early because a step failed.
    pub failed: u64,
    /// That were cancelled after the drain time.
    pub cancelled: u64,
    /// In flight at the end of the interval.
    pub in_flight: u64,
    /// The time-integral of the sessions in flight over the interval: Little's L = this ÷ its length.
    pub in_flight_time: Seconds,
    /// The sum of the durations of the sessions that ended, think times included.
    pub duration: Seconds,
    /// The sum of the think times that those sessions would have had at a think scale of 1.
    pub nominal_think: Seconds,
}

/// Requests in one interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RequestTick {
    /// That were sent, or tried to be.
    pub sent: u64,
    /// What became of those that ended.
    pub outcomes: OutcomeCounts,
    /// Errors after which the server may nevertheless have seen, and logged, the request.
    pub maybe_seen: u64,
    /// Bytes of the bodies received, as they came over the wire.
    pub body_bytes: u64,
    /// From the actual send to the last byte, of the requests that got a complete response.
    pub service: Latencies,
    /// Connections opened.
    pub connections: u64,
    /// Questions sent to the DNS server.
    pub dns_queries: u64,
    /// The sum of the service times, for comparison with the server's own sum.
    pub service_sum: Seconds,
}

/// Steps of one name that ended in one interval. A step is a page or action with all its assets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepTick {
    /// The step's name.
    pub step: String,
    /// From the intended start to the last byte of the last asset, of the steps that succeeded.
    pub response: Latencies,
    /// From the actual send of the page's request to its last byte, without assets, of those that succeeded.
    pub service: Latencies,
    /// Steps that were correct and within the SLO.
    pub good: u64,
    /// Steps that ended, by their outcome: the first bad outcome of their requests, else ok.
    pub outcomes: OutcomeCounts,
    /// Requests that these steps sent.
    pub requests: u64,
}

/// An order as its user saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// The client-made UUID.
    pub uuid: String,
    /// When it was sent.
    pub sent: Mono,
    /// When the confirmation was complete; absent: never acknowledged.
    pub acknowledged: Option<Mono>,
    /// What the user was told: `Ok` with an acknowledgement.
    pub outcome: crate::Outcome,
}

/// The generator in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct GeneratorTick {
    /// CPU time used by the worker's process in the interval.
    pub cpu: Seconds,
    /// CPUs that it may use.
    pub cpus: u32,
    /// Resident memory at the end of the interval, in bytes.
    pub resident_bytes: u64,
    /// Events that overflowed a bounded channel and are missing from the counts.
    pub dropped_events: u64,
}
