//! What became of a request.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of one request, as its user would tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Answered as expected.
    Ok,
    /// The name could not be resolved.
    Dns,
    /// The connection was refused.
    Refused,
    /// The connection was not established in time.
    ConnectTimeout,
    /// The connection was reset or closed before the answer began.
    Reset,
    /// No complete answer within the request's timeout.
    Timeout,
    /// The answer's body ended early.
    Truncated,
    /// An answer that is not HTTP, or a TLS failure.
    Protocol,
    /// A 4xx status that the journey did not expect.
    ClientError,
    /// A 5xx status.
    ServerError,
    /// A good status with the wrong content.
    WrongContent,
    /// The generator itself had no local port or file descriptor left.
    Generator,
    /// Still under way when the trial's drain time was over; neither answered nor failed.
    Cancelled,
}

impl Outcome {
    /// Did an HTTP response with a complete body arrive?
    #[must_use]
    pub fn is_response(self) -> bool {
        matches!(self, Self::Ok | Self::ClientError | Self::ServerError | Self::WrongContent)
    }
    /// Is it an error for the SLO? A cancelled request is not known to be one.
    #[must_use]
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Ok | Self::Cancelled)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Dns => "name not resolved",
            Self::Refused => "refused",
            Self::ConnectTimeout => "connect timeout",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Truncated => "truncated",
            Self::Protocol => "protocol error",
            Self::ClientError => "4xx",
            Self::ServerError => "5xx",
            Self::WrongContent => "wrong content",
            Self::Generator => "generator out of ports or files",
            Self::Cancelled => "cancelled at the end",
        })
    }
}

/// How often each outcome occurred.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct OutcomeCounts(pub BTreeMap<Outcome, u64>);

impl OutcomeCounts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        *self.0.entry(outcome).or_default() += 1;
    }
    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (outcome, n) in &other.0 {
            *self.0.entry(*outcome).or_default() += n;
        }
    }
    /// How often `outcome` occurred.
    #[must_use]
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.0.get(&outcome).copied().unwrap_or_default()
    }
    /// All, whatever became of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
    /// Those answered completely, whatever the answer.
    #[must_use]
    pub fn responses(&self) -> u64 {
        self.sum(Outcome::is_response)
    }
    /// Those that count as errors for the SLO.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.sum(Outcome::is_error)
    }
    fn sum(&self, which: impl Fn(Outcome) -> bool) -> u64 {
        self.0.iter().filter(|(o, _)| which(**o)).map(|(_, n)| n).sum()
    }
}
