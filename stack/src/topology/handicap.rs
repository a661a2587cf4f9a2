//! What makes every page of the shop dearer than it is: a limit that is known, for redline to find.

use redline_model::Seconds;
use serde::Deserialize;

use super::{TopologyError, check::Checker, written};

/// Time that each page takes besides its own; all zero without a handicap.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Handicap {
    /// Waiting, without using anything but the child of the pool.
    #[serde(deserialize_with = "written::text")]
    pub sleep: Seconds,
    /// Using CPU time.
    #[serde(deserialize_with = "written::text")]
    pub burn: Seconds,
    /// Holding the lock on one row of the database that all pages want.
    #[serde(deserialize_with = "written::text")]
    pub lock: Seconds,
}

impl Handicap {
    pub(super) fn check(self, check: &Checker<'_>) -> Result<(), TopologyError> {
        for (key, time) in [("sleep", self.sleep), ("burn", self.burn), ("lock", self.lock)] {
            if time > Seconds(1.0) {
                return Err(check.wrong(&format!("handicap.{key}"), format!("{time} is too much: 1s is the most")));
            }
        }
        Ok(())
    }
}
