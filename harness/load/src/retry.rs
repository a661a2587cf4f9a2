//! What visitors do when a page fails: nothing, or they try again.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use redline_model::{Outcome, Retries};

/// How long a visitor waits before the next try.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);
/// Tries are counted in thousandths.
const WHOLE: i64 = 1_000;
/// What may be saved up, in tries: enough for single failures at once, too little for an outage.
const SAVED: i64 = 10 * WHOLE;

/// Decides whether a failed request is tried again, for all sessions of a worker together.
#[derive(Debug)]
pub(crate) struct RetryRule {
    most: u32,
    /// Earned by each first try; absent: no budget, always as often as allowed.
    earned: Option<i64>,
    saved: AtomicI64,
}

impl RetryRule {
    pub(crate) fn new(retries: Retries) -> Self {
        let earned = retries.budget.map(|share| (share.0 * WHOLE as f64).round() as i64);
        Self { most: retries.most, earned, saved: AtomicI64::new(SAVED) }
    }

    /// A page is asked for the first time.
    pub(crate) fn first_try(&self) {
        if let Some(earned) = self.earned {
            let add = |saved: i64| Some((saved + earned).min(SAVED));
            // It never refuses.
            let _ = self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }

    /// Whether a visitor who has already tried again `retried` times and got `outcome` tries once more.
    pub(crate) fn again(&self, retried: u32, outcome: Outcome) -> bool {
        if retried >= self.most || !worth_it(outcome) {
            return false;
        }
        if self.earned.is_none() {
            return true;
        }
        let take = |saved: i64| (saved >= WHOLE).then_some(saved - WHOLE);
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

/// What may be better the next time.
fn worth_it(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Dns
        | Outcome::Refused
        | Outcome::ConnectTimeout
        | Outcome::Reset
        | Outcome::Timeout
        | Outcome::Truncated
        | Outcome::ServerError => true,
        Outcome::Ok
        | Outcome::Protocol
        | Outcome::ClientError
        | Outcome::WrongContent
        | Outcome::Generator
        | Outcome::Cancelled => false,
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Share;

    use super::*;

    #[test]
    fn a_budget_bounds_what_retries_add() {
        let rule = RetryRule::new(Retries { most: 3, budget: Some(Share(0.1)) });
        let mut retried = 0;
        for _ in 0..1_000 {
            rule.first_try();
            retried += (0..3).filter(|tried| rule.again(*tried, Outcome::Timeout)).count();
        }
        // What is earned while nothing is missing from the savings is lost.
        assert!((109..=110).contains(&retried), "{retried}");
    }

    #[test]
    fn without_one_each_failure_is_tried_as_often_as_allowed() {
        let rule = RetryRule::new(Retries { most: 3, budget: None });
        assert!(rule.again(2, Outcome::Refused) && !rule.again(3, Outcome::Refused));
        assert!(!rule.again(0, Outcome::ClientError));
        assert!(!RetryRule::new(Retries::default()).again(0, Outcome::Refused));
    }
}
