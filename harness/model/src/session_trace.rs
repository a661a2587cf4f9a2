//! Single requests of single sessions, for what a sum cannot show: what a visitor waited for, one after the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Mono, Outcome, Seconds};

/// One session with all its requests, as its worker tells it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SessionTrace {
    /// Its number in the run.
    pub session: u64,
    /// When it was meant to begin.
    pub intended: Mono,
    /// Its requests in the order in which they were sent.
    pub requests: Vec<RequestTrace>,
}

/// One request of a session. All times are from when the session was meant to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestTrace {
    /// The step that it belongs to.
    pub step: String,
    /// What was asked for: the path, and the query where there is one.
    pub path: String,
    /// When it was sent, or began to look for a connection.
    pub sent: Seconds,
    /// From when to when it waited for the name's address; absent where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<(Seconds, Seconds)>,
    /// From when to when a connection was opened for it, the look-up included; absent where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<(Seconds, Seconds)>,
    /// When the head of the answer had come; absent if it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<Seconds>,
    /// When its last byte had come, or it had failed.
    pub ended: Seconds,
    /// Bytes of the body.
    pub bytes: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// A session that stands for a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SampledSession {
    /// The trial that it was in.
    pub trial: u32,
    /// When it was meant to begin, from the start of the run.
    pub at: Seconds,
    /// Its number in the run.
    pub session: u64,
    /// How many sessions it was chosen from: the one with the most requests.
    pub chosen_from: u64,
    /// Its requests in the order in which they were sent.
    pub requests: Vec<RequestTrace>,
}
