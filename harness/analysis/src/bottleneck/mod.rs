//! Which resource the probes point to at saturation. Utilisation only nominates (DESIGN.md, rule 6).

mod cpu;
mod evidence;
mod mysql;
mod nominate;
mod web;

pub use evidence::SaturationEvidence;
pub use nominate::nominate;

#[cfg(test)]
mod tests;
