//! What the server itself counts: an access log, an oracle of every request, the orders.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use redline_model::{Mono, Seconds};
use serde::{Deserialize, Serialize};

/// Requests that the oracle keeps, at 40 bytes each; more are counted and not kept.
const MOST_LINES: usize = 4_000_000;

/// All requests with one tag.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// How many.
    pub lines: u64,
    /// Of them, given up by the client before they were answered.
    pub given_up: u64,
    /// Time in the server, added up.
    pub request_time: Seconds,
    /// Time in the stages, added up.
    pub upstream_time: Seconds,
}

/// An order that was placed.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) uuid: String,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) total_cents: u64,
}

/// One line of it.
#[derive(Debug)]
pub(crate) struct OrderLine {
    pub(crate) quantity: u64,
    pub(crate) price_cents: u64,
}

/// An order as the books have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOrder {
    /// The client-made UUID.
    pub uuid: String,
    /// How many lines it has.
    pub lines: u64,
    /// Whether the lines' prices add up to its total.
    pub adds_up: bool,
}

impl Order {
    fn stored(&self) -> StoredOrder {
        let sum: u64 = self.lines.iter().map(|line| line.quantity * line.price_cents).sum();
        StoredOrder { uuid: self.uuid.clone(), lines: self.lines.len() as u64, adds_up: sum == self.total_cents }
    }
}

/// One request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub(crate) arrived: Mono,
    /// When it got its first slot; the arrival, where it passed no stage.
    pub(crate) started: Mono,
    pub(crate) ended: Mono,
    pub(crate) upstream: Seconds,
    pub(crate) status: u16,
}

/// Nginx's status for a client that went away.
pub(crate) const GIVEN_UP: u16 = 499;

/// The books.
#[derive(Debug, Default)]
pub(crate) struct Books(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    tags: Vec<String>,
    counted: HashMap<String, (u32, Counted)>,
    lines: Vec<(u32, Line)>,
    not_kept: u64,
    orders: Vec<Order>,
}

impl Books {
    /// Enters one request.
    pub(crate) fn enter(&self, tag: &str, line: Line) {
        let mut kept = self.lock();
        let next = kept.tags.len() as u32;
        if !kept.counted.contains_key(tag) {
            kept.tags.push(tag.to_owned());
            kept.counted.insert(tag.to_owned(), (next, Counted::default()));
        }
        let Some((place, counted)) = kept.counted.get_mut(tag) else { return };
        counted.lines += 1;
        counted.given_up += u64::from(line.status == GIVEN_UP);
        counted.request_time = counted.request_time + line.ended.since(line.arrived).into();
        counted.upstream_time = counted.upstream_time + line.upstream;
        let place = *place;
        if kept.lines.len() < MOST_LINES {
            kept.lines.push((place, line));
        } else {
            kept.not_kept += 1;
        }
    }
    /// Keeps an order.
    pub(crate) fn order(&self, order: Order) {
        self.lock().orders.push(order);
    }
    /// The orders, in the order in which they were placed.
    pub(crate) fn orders(&self) -> Vec<StoredOrder> {
        self.lock().orders.iter().map(Order::stored).collect()
    }
    /// The sums by tag.
    pub(crate) fn counted(&self) -> HashMap<String, Counted> {
        self.lock().counted.iter().map(|(tag, (_, counted))| (tag.clone(), *counted)).collect()
    }
    /// Every request, tab-separated; moments in nanoseconds of the monotonic clock.
    pub(crate) fn oracle(&self) -> String {
        let kept = self.lock();
        let mut text = String::from("tag\tarrived\tstarted\tended\tstatus\n");
        for (tag, line) in &kept.lines {
            let tag = kept.tags.get(*tag as usize).map_or("-", String::as_str);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{tag}\t{}\t{}\t{}\t{}", line.arrived.0, line.started.0, line.ended.0, line.status);
        }
        if kept.not_kept > 0 {
            let _ = writeln!(text, "# {} more were counted and not kept", kept.not_kept);
        }
        text
    }
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_tag_and_kept_one_by_one() {
        let books = Books::default();
        let line = |ms: u64, status| Line {
            arrived: Mono(0),
            started: Mono(1),
            ended: Mono(ms * 1_000_000),
            upstream: Seconds(0.001),
            status,
        };
        books.enter("t1", line(10, 200));
        books.enter("t2", line(1, GIVEN_UP));
        books.enter("t1", line(20, 303));
        let counted = books.counted();
        assert_eq!((counted["t1"].lines, counted["t1"].given_up, counted["t2"].given_up), (2, 0, 1));
        assert!((counted["t1"].request_time.0 - 0.030).abs() < 1e-9);
        assert!((counted["t1"].upstream_time.0 - 0.002).abs() < 1e-9);
        assert_eq!(books.oracle().lines().nth(3), Some("t1\t0\t1\t20000000\t303"));
    }
}
