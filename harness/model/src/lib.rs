//! The words of redline as types: units, outcomes, plans, trials, reports.
//!
//! Every other crate speaks in these. Nothing here reads a file, opens a socket or waits; the one
//! thing taken from the system is the monotonic clock, so that all processes of a run share it.

mod check;
mod clock;
mod demand;
mod fingerprint;
mod intervention;
mod latency;
mod load_plan;
mod outcome;
mod probe;
mod report;
mod slo;
mod target;
mod tick;
mod timeline;
mod trial;
mod units;
mod verdict;

pub use check::{Check, CheckStatus};
pub use clock::{Mono, thread_cpu_time};
pub use demand::{Demands, Prediction, PredictionCase, ServiceDemand};
pub use fingerprint::{ComponentFingerprint, Environment, Fingerprint, ServerFingerprint};
pub use intervention::{Intervention, InterventionPeriod};
pub use latency::{Latencies, LatencySummary};
pub use load_plan::{Arrivals, JourneyOptions, LoadModel, LoadPlan, Shard, Stage, ThinkScale, WhenFull};
pub use outcome::{Outcome, OutcomeCounts};
pub use probe::{CpuSample, DnsSample, HostSample, MysqlSample, NginxSample, PhpFpmSample, ProbeReading, Sample};
pub use report::{RunReport, SCHEMA_VERSION};
pub use slo::{Slo, SloError, SloLimit, SloTerm};
pub use target::{FixedAddress, Resolve, Target};
pub use tick::{
    ArrivalCounts, GeneratorTick, OrderEvent, RequestTick, SessionTick, StepTick, Tick, WorkerDone, WorkerLine,
};
pub use timeline::{CpuColumn, DatabaseColumns, LatencyGrid, PoolColumns, Timeline};
pub use trial::{
    ComponentUsage, GeneratorHealth, HostHealth, InFlight, Purpose, RequestCounts, SessionCounts, SloOutcome,
    StepSummary, TrialClass, TrialResult, TrialSpec,
};
pub use units::{Bytes, Rate, Seconds, Share, UnitError};
pub use verdict::{
    AfterPeak, Behaviour, Bottleneck, BottleneckStatus, Capacity, Interval, OverloadPoint, SpeedAdjusted, Verdict,
    VerdictKind,
};
