//! The pure maths of redline: trials, validity checks, the search for capacity, the bottleneck, the verdict.
//!
//! Nothing here reads a file, opens a socket, waits or looks at a clock: ticks and samples come in,
//! results go out. A whole search therefore runs in virtual time against the [`simulator`].

mod adjusted;
mod as_found;
mod bottleneck;
mod budget;
mod capacity;
mod checks;
mod classify;
mod comparison;
mod demand;
mod failure;
mod held;
mod interval;
mod knee;
mod paired;
mod rounds;
mod scalability;
mod search;
#[doc(hidden)]
pub mod simulator;
mod sizing;
mod slo;
mod timeline;
mod trend;
mod trial;
mod verdict;

pub use adjusted::speed_adjusted;
pub use as_found::as_found;
pub use bottleneck::{
    InterventionInput, SaturationEvidence, Untested, convict, is_decided, measure_intervention, nominate, pooled,
    step_weights,
};
pub use budget::{Against, Figure, Limit, LimitError, Load, LoadUnit, Need, Unmatched, judge_budget};
pub use capacity::{in_all_units, of_trial};
pub use checks::{
    AccessLog, Fitness, Limits, agreement_of_throughputs, busy_time, cpu_exhausted, disturbed, judge, machine_speed,
    speed, utilisation_law,
};
pub use classify::Classification;
pub use comparison::{Compared, Sliced, compare, fewest_rounds, log_ratios, paired_answer, work};
pub use demand::{DemandInput, demands};
pub use failure::{
    Evidence, FoundOutage, LedgerEntry, LoadShares, Machine, OUTAGE_ENDS, OverloadInput, OverloadTimes, Peak,
    RECOVERY_WATCHED, RecoveryInput, Watched, find_outage, judge_recovery, measure_deployment, measure_failure,
    measure_overload, needed_share, predicted_recovery, reconcile,
};
pub use held::held;
pub use knee::knee;
pub use paired::{
    Gate, GateRule, Judged, Judgement, Look, PairedMetric, Role, SAME_BYTES, SignedRank, disturbed_caveat,
    fewest_pairs, fit_to_be_paired, hodges_lehmann, holm, judge_pairs, signed_rank, smallest_detectable,
};
pub use rounds::{Rounds, Turn};
pub use search::{
    Ending, LEAST_BUDGET, MOST_BUDGET, Next, PlanError, Precision, Search, SearchOutcome, SearchPlan,
    overload_in_flight,
};
pub use sizing::{SizingError, size};
pub use timeline::{TimelineTrial, append as append_timeline, timeline};
pub use trend::{Changed, FEWEST as FEWEST_FOR_TREND, change_points};
pub use trial::{MemoryLimit, TrialInput, assemble};
pub use verdict::{Conclusion, conclude};
