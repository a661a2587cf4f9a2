//! A stage that is made scarcer for a while, and what slows all stages down.

use redline_model::Seconds;

/// What is taken from a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Its servers work slower, as with less CPU.
    Speed,
    /// Some of its servers serve nobody, as children that are held.
    Servers,
}

/// A stage at `factor` of its size from one moment of the run to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Toggle {
    /// Which stage.
    pub stage: usize,
    /// What is taken from it.
    pub taken: Taken,
    /// Since the start of the run.
    pub from: Seconds,
    /// Since the start of the run.
    pub to: Seconds,
    /// The stage as changed ÷ as found; of servers, rounded to whole ones.
    pub factor: f64,
}

/// The factor at which `taken` of `stage` is at a moment.
pub(super) fn factor(toggles: &[Toggle], stage: usize, taken: Taken, at: f64) -> f64 {
    let now = |t: &&Toggle| t.stage == stage && t.taken == taken && t.from.0 <= at && at < t.to.0;
    toggles.iter().filter(now).map(|t| t.factor).product()
}

/// By how much longer everything takes at a moment, given that factor for each second of the run.
pub(super) fn slowness(seconds: &[f64], at: f64) -> f64 {
    seconds.get(at as usize).or(seconds.last()).copied().unwrap_or(1.0)
}
