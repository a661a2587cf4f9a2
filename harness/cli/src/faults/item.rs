//! One thing that is done to the site while a load goes on.

use std::fmt;

use redline_model::{Deploy, Fault, Seconds};

use super::Pace;

/// From the end of what was done to that of its trial when all goes well: a component wakes up, 5 s are good and known to
/// be, and the worker starts and drains.
const AFTER: Seconds = Seconds(8.5);
/// What a deployment takes itself, about and at most.
pub(super) const DEPLOYING: Seconds = Seconds(4.0);
/// The quickest of them.
const RELOADING: Seconds = Seconds(0.5);
/// Where a load is 80 % of the sustainable one, about this share of what can be served is left to work off a backlog: the
/// backlog of 5 s of twice the load was worked off in 24 s.
const LEFT: f64 = 0.2;
/// No recovery is watched for longer.
const MOST_RECOVERY: f64 = 60.0;

/// One fault and how long it lasts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedFault {
    pub(crate) fault: Fault,
    pub(crate) lasts: Seconds,
}

/// So many times what can be served, for so long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlannedOverload {
    pub(crate) times: f64,
    pub(crate) lasts: Seconds,
}

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// Something breaks.
    Fault(PlannedFault),
    /// A new version comes.
    Deploy(Deploy),
    /// More come than can be served.
    Overload(PlannedOverload),
}

impl Item {
    /// How long it lasts itself.
    pub(super) fn lasts(&self) -> Seconds {
        match self {
            Self::Fault(planned) => planned.lasts,
            Self::Deploy(_) => DEPLOYING,
            Self::Overload(planned) => planned.lasts,
        }
    }
    /// About how long its trial takes, where it recovers.
    pub(super) fn expected(&self, pace: Pace) -> Seconds {
        let backlog = match self {
            Self::Overload(planned) => ((planned.times - 1.0).max(0.0) * planned.lasts.0 / LEFT).min(MOST_RECOVERY),
            Self::Fault(_) | Self::Deploy(_) => 0.0,
        };
        let lasts = if *self == Self::Deploy(Deploy::Reload) { RELOADING } else { self.lasts() };
        pace.before + lasts + Seconds(backlog) + AFTER
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(planned) => write!(f, "{} for {}", planned.fault, planned.lasts),
            Self::Deploy(how) => write!(f, "deploy {how}"),
            Self::Overload(planned) => write!(f, "{planned}"),
        }
    }
}

impl fmt::Display for PlannedOverload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "overload of {} × for {}", self.times, self.lasts)
    }
}
