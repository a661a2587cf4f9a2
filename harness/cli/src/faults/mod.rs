//! Faults under load: what is to be broken, the breaking, and the watching until visitors are served again.

mod script;
mod trial;
mod work;

pub(crate) use script::{Asked, At, FaultScript, Manners, PlannedFault, check, check_deploy, check_site};
pub(crate) use work::{all, expected_time};
