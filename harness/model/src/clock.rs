//! The one clock of a run.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A moment on the machine's monotonic clock, in nanoseconds since the machine started.
///
/// All processes on one machine see the same value, so a worker's events, a probe's readings and a
/// fault's window can be laid side by side without any conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Mono(pub u64);

impl Mono {
    /// The present moment.
    #[must_use]
    pub fn now() -> Self {
        // The call cannot fail for CLOCK_MONOTONIC on any system that redline runs on; a zero would
        // be seen at once by the validity checks.
        nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC)
            .map(|t| Self(t.tv_sec() as u64 * 1_000_000_000 + t.tv_nsec() as u64))
            .unwrap_or_default()
    }
    /// The time from `earlier` to here; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
    /// The moment `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)))
    }
}

/// CPU time that this thread has used, whatever time has passed.
#[must_use]
pub fn thread_cpu_time() -> Duration {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
