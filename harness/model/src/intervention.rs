//! A resource was changed while the stack was saturated: what that did to its throughput.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Interval, Mono};

/// A stretch of a trial in which a resource was at `factor` of its size; 1 is as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InterventionPeriod {
    /// When the change was in effect; what was still changing lies before it.
    pub from: Mono,
    /// When it ceased to be.
    pub to: Mono,
    /// The resource in this stretch ÷ the resource as it was found, as measured.
    pub factor: f64,
}

/// One resource that was changed, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intervention {
    /// The component that it belongs to, or `server` for what all share.
    pub component: String,
    /// The resource, in the words of [`crate::Bottleneck::resource`].
    pub resource: String,
    /// What was done, in words with the figures.
    pub done: String,
    /// The resource as changed ÷ the resource as found, averaged over the stretches.
    pub factor: f64,
    /// Throughput as changed ÷ throughput as found, with its 95 % interval.
    pub throughput: Interval,
    /// ln(throughput ratio) ÷ ln(factor), with its 95 % interval.
    pub elasticity: Interval,
    /// How many stretches there were of each kind.
    pub pairs: u32,
}
