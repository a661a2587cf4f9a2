//! The servers' access logs: the other side of the books. Its lines are counted by the tag that each request carried.

mod flush;
mod own_answers;
mod read;
mod summary;
mod whole;

pub use summary::LogSummary;
pub use whole::{AccessLogs, CacheLog};
