//! What became of the visitors while more came than can be served, and afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Behaviour, OrderBooks, Outage, OutcomeCounts, Rate, Seconds, Share};

/// One overload: a load that the stack carries, for some seconds a multiple of what it can serve with nobody turned
/// away by the generator, then the first load again. All moments are from the start of its trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverloadReport {
    /// How many times `of` was offered.
    pub times: f64,
    /// What that is a multiple of, in sessions per second: the saturation throughput, unless another rate was asked for.
    pub of: Rate,
    /// Sessions offered per second meanwhile.
    pub offered: Rate,
    /// Sessions offered per second before and afterwards.
    pub around: Rate,
    /// That as a share of the sustainable load; absent where it was given as a rate.
    #[serde(default)]
    pub of_sustainable: Option<Share>,
    /// The trial, and the one at the load around it without an overload.
    pub trial: u32,
    /// The control trial.
    pub control: u32,
    /// When the overload began.
    pub began: Seconds,
    /// When it ended.
    pub ended: Seconds,
    /// Steps per second that ended during the overload (its first two seconds aside) and were right and within the SLO.
    pub goodput: Rate,
    /// Steps per second that ended then and were right, in time or not.
    pub right: Rate,
    /// The goodput that it is held against: the highest of any load with nobody turned away, or the control's brought to
    /// `of`.
    pub peak: Rate,
    /// What it is called; absent where the generator was at its own limit, or where more was carried than at the peak.
    #[serde(default)]
    pub behaviour: Option<Behaviour>,
    /// Why the generator could not offer that much, where it could not.
    #[serde(default)]
    pub generator_limited: Option<String>,
    /// The most sessions in flight at the end of any second.
    pub most_in_flight: u64,
    /// From the first step that was bad to the first good one with which 5 s begin that keep the SLO.
    pub outage: Outage,
    /// How long the recovery was watched.
    pub watched: Seconds,
    /// From the end of the overload until the SLO held again; zero where it never broke, absent where it did not while it
    /// was watched.
    #[serde(default)]
    pub slo_again_after: Option<Seconds>,
    /// What working off the backlog takes where nobody is refused: (times − 1)·D ÷ (1 − ρ), D being how long the overload
    /// lasted and ρ the load afterwards as a share of what can be served.
    #[serde(default)]
    pub predicted: Option<Seconds>,
    /// What became of the steps that failed, from the overload to the end of the outage.
    pub outcomes: OutcomeCounts,
    /// Steps of that time that were right and too slow.
    pub slow: u64,
    /// What became of the requests of the whole trial.
    pub requests: OutcomeCounts,
    /// The orders' books.
    #[serde(default)]
    pub orders: Option<OrderBooks>,
    /// Whether the stack was whole again, as verified from outside; else why not.
    #[serde(default)]
    pub broken: Option<String>,
    /// What the reader must know to read the figures rightly.
    pub caveats: Vec<String>,
}
