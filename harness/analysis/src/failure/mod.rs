//! What a fault did to the users, from single steps keyed by their intended start, against a control.

mod deployment;
mod evidence;
mod lost;
mod machine;
mod measure;
mod orders;
mod outage;
mod overload;
mod peak;
mod recovery;

pub use deployment::measure_deployment;
pub use evidence::{Evidence, LoadShares, Watched};
pub use machine::Machine;
pub use measure::measure_failure;
pub use orders::{LedgerEntry, reconcile};
pub use outage::{FoundOutage, OUTAGE_ENDS, find_outage, needed_share};
pub use overload::{OverloadInput, OverloadTimes, measure_overload};
pub use peak::Peak;
pub use recovery::{RECOVERY_WATCHED, RecoveryInput, judge_recovery, predicted_recovery};
