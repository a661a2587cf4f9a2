//! What a component sends comes late.

pub(super) const DOES: &str = "delays everything that it sends by 100 ms";
pub(super) const QUEUE: &str = "netem delay 100ms limit 100000";
