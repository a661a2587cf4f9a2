//! What each step costs each component (X·D = U), and what follows for more users and more CPU.

mod least_squares;
mod predict;
mod table;

use redline_model::{Demands, Sample, Tick, TrialResult};

/// Everything that was measured in a run.
#[derive(Debug, Clone, Copy)]
pub struct DemandInput<'a> {
    /// The trials.
    pub trials: &'a [TrialResult],
    /// The ticks of all workers in those trials; leave out the calibration's, it loads no component.
    pub ticks: &'a [&'a Tick],
    /// The samples of the run.
    pub samples: &'a [&'a Sample],
    /// CPU that the servers' components share, in cores.
    pub server_cores: f64,
}

/// The table of service demands and the predictions from it.
#[must_use]
pub fn demands(input: &DemandInput) -> Demands {
    let session = predict::session_demand(input.trials);
    let predictions = session.map_or_else(Vec::new, |d| predict::predictions(input.trials, d, input.server_cores));
    Demands { demands: table::table(input.ticks, input.samples), session, predictions }
}

#[cfg(test)]
mod tests;
