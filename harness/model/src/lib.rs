//! The words of redline as types: units, outcomes, plans, trials, reports.
//!
//! Every other crate speaks in these. Nothing here reads a file, opens a socket or waits; the one
//! thing taken from the system is the monotonic clock, so that all processes of a run share it.

mod baseline;
mod browser;
mod caches;
mod check;
mod clock;
mod comparison;
mod demand;
mod deploy;
mod deployment;
mod failure;
mod fault;
mod fingerprint;
mod gate;
mod intervention;
mod latency;
mod load_plan;
mod outcome;
mod overload;
mod probe;
mod report;
mod second;
mod session_trace;
mod sizing;
mod slo;
mod target;
mod tick;
mod timeline;
mod trace;
mod trial;
mod units;
mod verdict;

pub use baseline::{BASELINE_SCHEMA_VERSION, Baseline};
pub use browser::{BrowsedAt, BrowsedLoad, BrowsedPage, BrowserReport, BrowserVisit};
pub use caches::{CacheCounts, CacheReport};
pub use check::{Check, CheckStatus};
pub use clock::{Mono, thread_cpu_time};
pub use comparison::{
    Answer, COMPARISON_VERSION, ComparedCache, ComparedDeploy, ComparedFault, ComparedFigure, ComparedStack,
    Comparison, Contrast, Difference, Effect, LoadPoint, Pairing, SameLoad, SinglePoint, Waiting,
};
pub use demand::{Demands, Prediction, PredictionCase, ServiceDemand};
pub use deploy::{Deploy, DeployError, DeployWindow};
pub use deployment::DeployReport;
pub use failure::{FailureReport, FaultTimes, OrderBooks, Outage, Recovery, RecoveryVerdict, StepInFault};
pub use fault::{Availability, Fault, FaultChoice, FaultError, FaultKind, FaultWindow};
pub use fingerprint::{ComponentFingerprint, Environment, Fingerprint, ServerFingerprint};
pub use gate::{Finding, GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, Place};
pub use intervention::{Intervention, InterventionPeriod};
pub use latency::{Latencies, LatencySummary};
pub use load_plan::{Arrivals, JourneyOptions, LoadModel, LoadPlan, Retries, Shard, Stage, ThinkScale, WhenFull};
pub use outcome::{Outcome, OutcomeCounts};
pub use overload::OverloadReport;
pub use probe::{
    BalancerSample, CpuSample, DnsSample, HostSample, LinkSample, MysqlSample, NginxSample, PhpFpmSample, ProbeReading,
    Sample, ServerSample, ValkeySample, VarnishSample,
};
pub use report::{RunReport, SCHEMA_VERSION};
pub use second::Second;
pub use session_trace::{RequestTrace, SampledSession, SessionTrace};
pub use sizing::{Basis, Demanded, Prices, SizedStack, Sizing, Traffic};
pub use slo::{Slo, SloError, SloLimit, SloTerm};
pub use target::{FixedAddress, Resolve, Target};
pub use tick::{
    ArrivalCounts, GeneratorTick, OrderEvent, RequestTick, SessionTick, StepTick, Tick, WorkerDone, WorkerLine,
};
pub use timeline::{CpuColumn, DatabaseColumns, LatencyGrid, PoolColumns, Timeline};
pub use trace::{StepTrace, Trace};
pub use trial::{
    ComponentUsage, GeneratorHealth, HostHealth, InFlight, Purpose, RequestCounts, SessionCounts, SloOutcome,
    StepSummary, TrialClass, TrialResult, TrialSpec,
};
pub use units::{Bytes, Rate, Seconds, Share, UnitError};
pub use verdict::{
    AfterPeak, Behaviour, Bottleneck, BottleneckStatus, Capacity, CurveNotes, CurvePoint, Interval, OverloadPoint,
    Scalability, SpeedAdjusted, Verdict, VerdictKind,
};
