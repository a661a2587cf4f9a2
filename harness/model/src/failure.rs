//! What a fault did to the users: everything is keyed by the moment at which they meant to begin.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Fault, OutcomeCounts, Rate, Seconds, Share};

/// One fault at one load, measured against a control with the same seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureReport {
    /// What was broken.
    pub fault: Fault,
    /// Sessions offered per second.
    pub offered: Rate,
    /// That as a share of the sustainable load; absent where the load was given as a rate.
    #[serde(default)]
    pub of_sustainable: Option<Share>,
    /// That as a share of the saturation throughput; absent where it was not measured.
    #[serde(default)]
    pub of_saturation: Option<Share>,
    /// The trial in which it was broken, and the one in which nothing was.
    pub trial: u32,
    /// The control trial.
    pub control: u32,
    /// What was seen of the fault itself.
    pub window: FaultTimes,
    /// Whether and for how long visitors were failed.
    pub outage: Outage,
    /// When the outage began, from the start of the trial; absent where there was none, or it was not noted.
    #[serde(default)]
    pub outage_began: Option<Seconds>,
    /// From the fault to the intended start of the first step that failed; absent where none did.
    #[serde(default)]
    pub first_failure: Option<Seconds>,
    /// Steps that were under way when the fault began, and failed.
    pub caught_under_way: u64,
    /// Σ (control's good steps − good steps) ÷ the control's good steps per second: so many seconds of service
    /// were lost.
    pub lost_service: Seconds,
    /// Standard error of that.
    pub lost_service_error: Seconds,
    /// What became of the steps that were meant to begin between the fault and the end of the outage, slow
    /// ones aside.
    pub outcomes: OutcomeCounts,
    /// Steps of that time that were right and too slow.
    pub slow: u64,
    /// What became of the requests of the whole trial.
    pub requests: OutcomeCounts,
    /// After the fault was over.
    pub recovery: Recovery,
    /// Which steps still worked while the fault lasted.
    pub steps: Vec<StepInFault>,
    /// The orders' books.
    #[serde(default)]
    pub orders: Option<OrderBooks>,
    /// Whether the stack was whole again, as verified from outside; else why not.
    #[serde(default)]
    pub broken: Option<String>,
    /// What the reader must know to read the figures rightly.
    pub caveats: Vec<String>,
}

/// What was seen of a fault, from the start of its trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FaultTimes {
    /// When it was asked for.
    pub asked: Seconds,
    /// When its effect was seen.
    pub injected: Seconds,
    /// When its end was asked for; absent for what ends by itself.
    #[serde(default)]
    pub lifted: Option<Seconds>,
    /// When the component answered again; absent if it never did.
    #[serde(default)]
    pub cleared: Option<Seconds>,
    /// How that was observed.
    pub evidence: String,
}

/// Whether and for how long visitors were failed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Outage {
    /// Fewer than 1 % of any 5 s failed or were slow.
    None,
    /// From the first failed step to the first good one with which 5 s begin that are ≥ 99 % good.
    Ended {
        /// How long it was.
        length: Seconds,
        /// How far apart the steps are between which it began and ended: it cannot be known more closely.
        resolution: Seconds,
    },
    /// It had not ended when the trial did.
    NotEnded {
        /// How long it was by then.
        at_least: Seconds,
    },
    /// Without it there were 5 s with fewer than 99 % good steps as well, or the machine was slower than without it, and what
    /// was bad is not so much that it stands out: whether this brought it about, and how long it was, cannot be told.
    Unclear {
        /// How much of the time was bad from the first to the last step that would count.
        bad: Share,
    },
}

/// What happened once the fault was over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recovery {
    /// What is concluded.
    pub verdict: RecoveryVerdict,
    /// From the moment at which the component answered again to the end of the outage; zero where the outage
    /// ended before.
    #[serde(default)]
    pub took: Option<Seconds>,
    /// What working off the backlog would take: ρD ÷ (1 − ρ), D being how long the fault lasted and ρ the load as
    /// a share of the saturation throughput. An upper bound where visitors were refused instead of kept waiting.
    #[serde(default)]
    pub predicted: Option<Seconds>,
    /// How long it was watched; absent: a minute.
    #[serde(default)]
    pub watched: Option<Seconds>,
    /// The share of good steps once a stack that did not recover had had half the load for a while and then the
    /// whole again; absent where that was not tried.
    #[serde(default)]
    pub after_half: Option<Share>,
}

/// What is concluded from a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecoveryVerdict {
    /// Nothing had to recover.
    NotNeeded,
    /// As fast as its backlog allows, or nearly so.
    Recovered,
    /// It took more than three times as long as working off the backlog.
    Slow,
    /// Not within the time that it was watched after the fault was over, although it had carried the same load before: what keeps it
    /// down is no longer the fault.
    Metastable,
    /// The component never answered again.
    NotRecovered,
    /// The outage is not clear, and so its end is not.
    Unknown,
}

/// One step while the fault lasted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepInFault {
    /// Its name.
    pub step: String,
    /// How many were meant to begin while the fault lasted.
    pub count: u64,
    /// Of them, those that were right and in time.
    pub good: u64,
}

/// The generator's ledger of orders against what the database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct OrderBooks {
    /// Orders that were sent.
    pub sent: u64,
    /// Orders that their visitors were told are placed.
    pub acknowledged: u64,
    /// Acknowledged and not there.
    pub lost: u64,
    /// There more than once.
    pub duplicated: u64,
    /// The visitor was told that it failed, and it is there.
    pub phantom: u64,
    /// The visitor was told nothing: a timeout, a reset, a truncated answer.
    pub indeterminate: u64,
    /// Of those, the ones that are there.
    pub indeterminate_there: u64,
    /// There, but without lines, or with lines that do not add up.
    pub not_adding_up: u64,
    /// Products of which more were sold than there were; absent where that was not read.
    #[serde(default)]
    pub oversold: Option<u64>,
}

impl OrderBooks {
    /// The most that could be lost for each order acknowledged when none was seen to be: 3 ÷ n, the upper end of a
    /// 95 % interval (Hanley and Lippman-Hand 1983). Nothing where some were lost, or none acknowledged.
    #[must_use]
    pub fn lost_at_most(&self) -> Option<Share> {
        (self.lost == 0 && self.acknowledged > 0).then(|| Share((3.0 / self.acknowledged as f64).min(1.0)))
    }
    /// Whether nothing is wrong with them.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.lost == 0 && self.duplicated == 0 && self.not_adding_up == 0 && self.oversold.unwrap_or(0) == 0
    }
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            acknowledged: self.acknowledged + other.acknowledged,
            lost: self.lost + other.lost,
            duplicated: self.duplicated + other.duplicated,
            phantom: self.phantom + other.phantom,
            indeterminate: self.indeterminate + other.indeterminate,
            indeterminate_there: self.indeterminate_there + other.indeterminate_there,
            not_adding_up: self.not_adding_up + other.not_adding_up,
            // What is oversold stays so: the latest count stands for all.
            oversold: other.oversold.or(self.oversold),
        }
    }
}
