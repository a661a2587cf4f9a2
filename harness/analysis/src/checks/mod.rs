//! The validity checks of DESIGN.md, rules 2 and 3, and what their failures mean.

mod books;
mod generator;
mod judge;
mod laws;
mod limits;
mod machine;
mod probes;
mod speed;
mod timing;
mod trial;

pub(crate) use judge::only_failed;
pub use judge::{Fitness, disturbed, judge};
pub use laws::{agreement_of_throughputs, busy_time, utilisation_law};
pub use limits::Limits;
pub(crate) use probes::{Probed, probes};
pub use speed::{cpu_exhausted, machine_speed, speed, widened};
pub use timing::AccessLog;
pub(crate) use trial::{Measured, check_trial};

#[cfg(test)]
pub(crate) mod tests;
