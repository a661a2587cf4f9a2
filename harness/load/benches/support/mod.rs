//! The parts of the generator's benchmark.

pub mod memory;
pub mod peers;
pub mod plans;
pub mod scenarios;
pub mod server;
pub mod throughput;
