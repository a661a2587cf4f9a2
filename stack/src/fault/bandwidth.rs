//! What a component sends goes through a narrow link.

pub(super) const DOES: &str = "lets it send no more than 2 Mbit/s";
/// A burst of some packets, and a queue that holds 300 ms; what comes on top is dropped.
pub(super) const QUEUE: &str = "tbf rate 2mbit burst 32kb latency 300ms";
