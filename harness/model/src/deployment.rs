//! What a deployment did to the users.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Deploy, OrderBooks, Outage, OutcomeCounts, Rate, Seconds, Share};

/// One deployment at one load, measured against a control with the same seed. All moments are from the start of its
/// trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeployReport {
    /// How the new version came.
    pub deploy: Deploy,
    /// The version that came.
    pub version: String,
    /// Sessions offered per second.
    pub offered: Rate,
    /// That as a share of the sustainable load; absent where the load was given as a rate.
    #[serde(default)]
    pub of_sustainable: Option<Share>,
    /// The trial in which it was deployed.
    pub trial: u32,
    /// The control trial.
    pub control: u32,
    /// When it was asked for.
    pub asked: Seconds,
    /// When it was done, as the one who deployed it saw it.
    pub done: Seconds,
    /// How that was observed.
    pub evidence: String,
    /// The outage, by the rule of faults.
    pub outage: Outage,
    /// When the outage began, from the start of the trial; absent where there was none, or it was not noted.
    #[serde(default)]
    pub outage_began: Option<Seconds>,
    /// All the time in which a visitor who came was failed: from each failed step's intended start to that of the next
    /// one that did not fail.
    pub downtime: Seconds,
    /// What became of the steps that failed, from the deployment to its end or that of the outage.
    pub outcomes: OutcomeCounts,
    /// Steps of that time that were right and too slow.
    pub slow: u64,
    /// The longest that a step of that time took which was right.
    pub longest: Seconds,
    /// Lost service, as of a fault.
    pub lost_service: Seconds,
    /// Standard error of that.
    pub lost_service_error: Seconds,
    /// What became of the requests of the whole trial.
    pub requests: OutcomeCounts,
    /// From the deployment to the end of the last page that still had another version; absent where the code stays.
    #[serde(default)]
    pub all_new_after: Option<Seconds>,
    /// Visitors who got pages of both versions; absent where the code stays.
    #[serde(default)]
    pub mixed_sessions: Option<u64>,
    /// The orders' books.
    #[serde(default)]
    pub orders: Option<OrderBooks>,
    /// Whether the stack was whole again; else why not.
    #[serde(default)]
    pub broken: Option<String>,
    /// What the reader must know to read the figures rightly.
    pub caveats: Vec<String>,
}
