//! Two things measured side by side, again and again: is the second worse, better, or can it not be told?
//!
//! Everything here takes differences of pairs. For a ratio (a slowdown) hand in logarithms, ln(candidate ÷ base): they
//! make a slowdown and the speed-up that undoes it equally far from zero.

mod detectable;
mod fit;
mod holm;
mod machine;
mod sequential;
mod shift;
mod signed_rank;

pub use detectable::smallest_detectable;
pub use fit::{disturbed_caveat, fit_to_be_paired};
pub use holm::holm;
pub use machine::SAME_BYTES;
pub use sequential::{Gate, GateRule, Judged, Judgement, Look, PairedMetric, Role, judge_pairs};
pub use shift::{fewest_pairs, hodges_lehmann};
pub use signed_rank::{SignedRank, signed_rank};
