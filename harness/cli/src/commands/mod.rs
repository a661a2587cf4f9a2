//! The commands that do not measure, one a file.

pub(crate) mod baseline;
pub(crate) mod clean;
pub(crate) mod doctor;
pub(crate) mod fault;
pub(crate) mod list;
pub(crate) mod plan;
mod protections;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod stack;
pub(crate) mod trend;
