//! What a search ends with.

use redline_model::{AfterPeak, Interval, Seconds};

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Both capacities were found.
    Found,
    /// The generator, the machine or the time ended before the server did: why.
    AtLeast(String),
    /// The server saturates, but the SLO does not define a capacity: why.
    SloUndefined(String),
    /// The search was stopped before its end.
    Stopped,
}

/// What a search found; loads in sessions per second.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOutcome {
    /// How it ended.
    pub ending: Ending,
    /// The most that the stack completes.
    pub saturation: Option<Interval>,
    /// The highest load that keeps the SLO; for [`Ending::AtLeast`] the highest that was seen to be carried.
    pub sustainable: Option<Interval>,
    /// The same by the curve through the trials alone, without the replays.
    pub by_curve: Option<Interval>,
    /// What became of the goodput beyond the peak, where it was tried.
    pub after_peak: Option<AfterPeak>,
    /// d ln(share of bad steps) ÷ d ln(load) at the limit.
    pub kappa: Option<Interval>,
    /// Whether the answer held for longer and 1.05 × it did not.
    pub confirmed: bool,
    /// How often a confirmation disagreed and the search was opened again.
    pub reopened: u32,
    /// What all trials took, by the runner's clock where it told it.
    pub spent: Seconds,
    /// What the reader must know, in plain words.
    pub notes: Vec<String>,
}
