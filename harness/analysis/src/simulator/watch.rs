//! Who sees what happens in the queues.

use redline_model::Outcome;

use super::server::Step;

/// Sees the events of one trial in the order of time; times are in seconds from its start.
pub(super) trait Watch {
    /// The time goes on to `now`.
    fn advance(&mut self, now: f64);
    /// So many sessions are cancelled: the drain is over.
    fn cancelled(&mut self, n: u64);
    /// All has drained; the trial's schedule ended at `end`.
    fn finish(&mut self, end: f64);
    /// A session arrived.
    fn arrival(&mut self, turned_away: bool);
    /// So many sessions are in flight now.
    fn in_flight(&mut self, n: u64);
    /// A server of a stage is busy from a moment for a length.
    fn busy(&mut self, stage: usize, from: f64, length: f64);
    /// A step ended.
    fn step(&mut self, now: f64, step: &Step, took: f64, outcome: Outcome);
    /// A session ended.
    fn session(&mut self, took: f64, finished: bool);
}
