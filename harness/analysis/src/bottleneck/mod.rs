//! What limits the throughput: the probes nominate at saturation, interventions convict (DESIGN.md, rule 6).

mod advice;
mod convict;
mod cpu;
mod evidence;
mod measure;
mod mysql;
mod nominate;
mod place;
mod pooled;
mod share;
mod step;
mod web;
mod weights;

pub use convict::{Untested, convict, is_decided};
pub use evidence::SaturationEvidence;
pub(crate) use measure::is_as_found;
pub use measure::{InterventionInput, measure_intervention};
pub use nominate::nominate;
pub use pooled::pooled;
pub use weights::step_weights;

#[cfg(test)]
mod conviction_tests;
#[cfg(test)]
mod tests;
