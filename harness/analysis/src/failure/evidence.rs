//! What there is to tell from what became of a stack to which something was done.

use redline_model::{Mono, OrderBooks, OutcomeCounts, Rate, Share, StepTrace};

use super::{Machine, lost::Timeline};

/// The steps of one trial.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Its number.
    pub trial: u32,
    /// When its schedule began.
    pub start: Mono,
    /// When its last session was meant to begin.
    pub until: Mono,
    /// Every step.
    pub steps: &'a [StepTrace],
}

impl<'a> Watched<'a> {
    pub(super) fn timeline(self) -> Timeline<'a> {
        Timeline { steps: self.steps, start: self.start }
    }
}

/// How heavy the load was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadShares {
    /// Sessions offered per second.
    pub offered: Rate,
    /// As a share of the sustainable load, where that is known.
    pub of_sustainable: Option<Share>,
    /// As a share of the saturation throughput, where that is known.
    pub of_saturation: Option<Share>,
}

/// All that the figures of a fault or a deployment are computed from, but for what was done and when.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// How heavy the load was.
    pub load: LoadShares,
    /// The trial in which it was done.
    pub watched: Watched<'a>,
    /// The one without, with the same seed.
    pub control: Watched<'a>,
    /// How fast the machine was in both.
    pub machine: Machine<'a>,
    /// What became of all requests of the trial in which it was done.
    pub requests: OutcomeCounts,
    /// The orders' books of that trial.
    pub orders: Option<OrderBooks>,
}
