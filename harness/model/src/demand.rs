//! What a step costs each component, and what follows from that for other loads and sizes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Interval, Rate, Seconds};

/// CPU time that one step takes of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceDemand {
    /// The step.
    pub step: String,
    /// The component.
    pub component: String,
    /// CPU time a step; absent where the data do not separate this step from the others.
    pub cpu: Option<Seconds>,
    /// Its standard error.
    pub error: Option<Seconds>,
    /// Seconds of readings that it was estimated from.
    pub seconds: u32,
}

/// What is predicted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PredictionCase {
    /// As measured: how well the model describes what is known.
    AsMeasured,
    /// Twice the users.
    TwiceTheUsers,
    /// Twice the CPU, with as many users.
    TwiceTheCpu,
}

/// Throughput and response time by the service demands, beside what was measured where both exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Prediction {
    /// What for.
    pub case: PredictionCase,
    /// Shoppers in the closed network, at the scenario's own think time.
    pub users: f64,
    /// CPU in cores.
    pub cores: f64,
    /// No more sessions per second than this are possible (asymptotic bound).
    pub bound: Rate,
    /// Sessions per second.
    pub throughput: Rate,
    /// Mean response time of a step.
    pub response: Seconds,
    /// Sessions per second that were measured in this case, with their interval.
    pub measured_throughput: Option<Interval>,
    /// Mean response time of a step that was measured in this case.
    pub measured_response: Option<Seconds>,
}

/// Both, with what the reader must know about them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Demands {
    /// For each step and component.
    pub demands: Vec<ServiceDemand>,
    /// CPU time of a session over all components.
    pub session: Option<Seconds>,
    /// For each case; empty where the demands do not allow it.
    pub predictions: Vec<Prediction>,
}
