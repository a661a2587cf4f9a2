//! The orders' books: what visitors were told against what the database has.

use std::collections::{HashMap, HashSet};

use redline_model::{OrderBooks, OrderEvent, Outcome};

/// An order as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The client-made UUID.
    pub uuid: String,
    /// Whether it has lines and they add up to its total.
    pub whole: bool,
}

/// Holds the generator's ledger against the database. What the database has of others counts for nothing.
#[must_use]
pub fn reconcile(told: &[OrderEvent], stored: &[LedgerEntry], oversold: Option<u64>) -> OrderBooks {
    let ours: HashSet<&str> = told.iter().map(|order| order.uuid.as_str()).collect();
    let mut times: HashMap<&str, u64> = HashMap::new();
    let mut books = OrderBooks { sent: told.len() as u64, oversold, ..OrderBooks::default() };
    for entry in stored.iter().filter(|entry| ours.contains(entry.uuid.as_str())) {
        let n = times.entry(&entry.uuid).or_default();
        *n += 1;
        books.duplicated += u64::from(*n == 2);
        books.not_adding_up += u64::from(!entry.whole);
    }
    for order in told {
        let there = times.contains_key(order.uuid.as_str());
        match fate(order) {
            Fate::Acknowledged => {
                books.acknowledged += 1;
                books.lost += u64::from(!there);
            }
            Fate::Refused => books.phantom += u64::from(there),
            Fate::Unknown => {
                books.indeterminate += 1;
                books.indeterminate_there += u64::from(there);
            }
        }
    }
    books
}

/// What a visitor knows of an order.
enum Fate {
    Acknowledged,
    /// Told that it failed, or never sent.
    Refused,
    /// No answer, or half of one.
    Unknown,
}

fn fate(order: &OrderEvent) -> Fate {
    if order.acknowledged.is_some() {
        return Fate::Acknowledged;
    }
    match order.outcome {
        Outcome::Ok
        | Outcome::Dns
        | Outcome::Refused
        | Outcome::ConnectTimeout
        | Outcome::ClientError
        | Outcome::ServerError
        | Outcome::WrongContent
        | Outcome::Generator => Fate::Refused,
        Outcome::Reset | Outcome::Timeout | Outcome::Truncated | Outcome::Protocol | Outcome::Cancelled => {
            Fate::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Mono;

    use super::*;

    const ORDERS: u64 = 120_000;

    fn uuid(n: u64) -> String {
        format!("00000000-0000-4000-8000-{n:012x}")
    }
    fn told(n: u64, outcome: Outcome) -> OrderEvent {
        let acknowledged = (outcome == Outcome::Ok).then_some(Mono(n));
        OrderEvent { uuid: uuid(n), sent: Mono(n), acknowledged, outcome }
    }
    fn entry(n: u64) -> LedgerEntry {
        LedgerEntry { uuid: uuid(n), whole: true }
    }

    #[test]
    fn planted_losses_duplicates_and_phantoms_are_found_and_none_invented() {
        let outcome = |n| match n % 100 {
            0 => Outcome::ServerError,
            1 => Outcome::Timeout,
            2 => Outcome::Refused,
            _ => Outcome::Ok,
        };
        let ledger: Vec<OrderEvent> = (0..ORDERS).map(|n| told(n, outcome(n))).collect();
        // Half of the timeouts arrived. Of the acknowledged ones every 997th is lost, every 1009th there twice;
        // every 10 000th is a 500 whose order is there, every 1013th of what is there is broken.
        let mut stored = Vec::new();
        let (mut lost, mut twice, mut phantoms, mut broken, mut arrived) = (0, 0, 0, 0, 0);
        for n in 0..ORDERS {
            let there = match outcome(n) {
                Outcome::Ok if n % 997 == 0 => {
                    lost += 1;
                    false
                }
                Outcome::Ok => true,
                Outcome::Timeout => n % 200 == 1,
                _ => n % 10_000 == 0,
            };
            if !there {
                continue;
            }
            arrived += u64::from(outcome(n) == Outcome::Timeout);
            phantoms += u64::from(outcome(n) == Outcome::ServerError);
            let whole = n % 1013 != 0;
            broken += u64::from(!whole);
            stored.push(LedgerEntry { whole, ..entry(n) });
            if outcome(n) == Outcome::Ok && n % 1009 == 0 {
                twice += 1;
                broken += u64::from(!whole);
                stored.push(LedgerEntry { whole, ..entry(n) });
            }
        }
        // Orders of somebody else.
        stored.extend((ORDERS..ORDERS + 500).map(entry));
        let books = reconcile(&ledger, &stored, Some(0));
        assert!(lost > 100 && twice > 100 && phantoms > 10 && broken > 100);
        assert_eq!((books.lost, books.duplicated, books.phantom, books.not_adding_up), (lost, twice, phantoms, broken));
        assert_eq!((books.sent, books.indeterminate, books.indeterminate_there), (ORDERS, ORDERS / 100, arrived));
        assert!(!books.balanced());
    }

    #[test]
    fn none_lost_of_many_is_a_bound_and_not_a_zero() {
        let ledger: Vec<OrderEvent> = (0..3_000).map(|n| told(n, Outcome::Ok)).collect();
        let stored: Vec<LedgerEntry> = (0..3_000).map(entry).collect();
        let books = reconcile(&ledger, &stored, None);
        assert!(books.balanced());
        assert_eq!(books.lost_at_most().map(|s| s.0), Some(0.001));
        assert_eq!(reconcile(&ledger, &stored[1..], None).lost_at_most(), None);
    }
}
