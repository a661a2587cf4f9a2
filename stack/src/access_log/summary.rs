//! The lines of one tag, added up.

use std::collections::HashMap;

use redline_model::{Bytes, CacheCounts, Seconds};

/// All requests with one tag (the `X-Redline` header; a trial has its own).
///
/// Nginx rounds each time to milliseconds by itself, so a sum is right to half a millisecond a line, and the upstream's
/// time may exceed the request's by one millisecond a line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LogSummary {
    /// How many requests.
    pub lines: u64,
    /// Of them, answered with a status of 500 or more.
    pub server_errors: u64,
    /// Of them, given up by the client before they were answered (Nginx's status 499).
    pub given_up: u64,
    /// Of them, turned away by Nginx itself with 429 or 503, without asking PHP-FPM.
    pub limited: u64,
    /// Of them, those that PHP-FPM was asked for.
    pub upstream_lines: u64,
    /// `$request_time` of all, added up.
    pub request_time: Seconds,
    /// `$request_time` of those that PHP-FPM was asked for, added up.
    pub upstream_request_time: Seconds,
    /// `$upstream_response_time` of all, added up.
    pub upstream_time: Seconds,
    /// Bytes sent, headers included.
    pub bytes: Bytes,
    /// How those ended that a cache saw.
    pub cache: CacheCounts,
}

/// One line's fields, as far as they are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line<'a> {
    request_time: f64,
    upstream_time: Option<f64>,
    status: u16,
    bytes: u64,
    tag: &'a str,
    cache: CacheCounts,
}

/// Summaries by tag, while the log goes by.
#[derive(Debug, Default)]
pub(super) struct Counter {
    tags: HashMap<String, LogSummary>,
}

impl Counter {
    /// Takes in one line; one that is not complete is left out.
    pub(super) fn take(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Some(line) = parse(text.trim_end_matches('\n')) else { return };
        if !self.tags.contains_key(line.tag) {
            self.tags.insert(line.tag.to_string(), LogSummary::default());
        }
        let Some(summary) = self.tags.get_mut(line.tag) else { return };
        summary.lines += 1;
        summary.server_errors += u64::from(line.status >= 500);
        summary.given_up += u64::from(line.status == 499);
        summary.limited += u64::from(matches!(line.status, 429 | 503) && line.upstream_time.is_none());
        summary.request_time.0 += line.request_time;
        summary.bytes.0 += line.bytes;
        summary.cache.merge(line.cache);
        if let Some(upstream) = line.upstream_time {
            summary.upstream_lines += 1;
            summary.upstream_request_time.0 += line.request_time;
            summary.upstream_time.0 += upstream;
        }
    }
    pub(super) fn has(&self, tag: &str) -> bool {
        self.tags.contains_key(tag)
    }
    pub(super) fn finish(self) -> HashMap<String, LogSummary> {
        self.tags
    }
}

/// `msec request_time upstream_response_time status bytes_sent method uri request_id redline cache`, tab-separated.
fn parse(line: &str) -> Option<Line<'_>> {
    let mut fields = line.split('\t').skip(1);
    let request_time = fields.next()?.parse().ok()?;
    let upstream_time = upstream(fields.next()?);
    let status = fields.next()?.parse().ok()?;
    let bytes = fields.next()?.parse().ok()?;
    let tag = fields.nth(3)?;
    let cache = ended(fields.next().unwrap_or("-"));
    Some(Line { request_time, upstream_time, status, bytes, tag, cache })
}

/// How a request to a cache ended; `-` where no cache was asked. An old page that is given out while another visitor
/// fetches the new one (`UPDATING`, `STALE`) is a hit, one that is fetched because it is old (`EXPIRED`) is a miss.
fn ended(word: &str) -> CacheCounts {
    let mut counts = CacheCounts::default();
    match word {
        "HIT" | "STALE" | "UPDATING" | "REVALIDATED" => counts.hits = 1,
        "MISS" | "EXPIRED" => counts.misses = 1,
        "BYPASS" | "PASS" => counts.passed = 1,
        _ => {}
    }
    counts
}

/// `-` for none; of several upstreams (`0.001, 0.002` or `0.001 : 0.002`) each one's time.
fn upstream(field: &str) -> Option<f64> {
    let times: Vec<f64> = field.split([',', ':']).filter_map(|time| time.trim().parse().ok()).collect();
    (!times.is_empty()).then(|| times.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caches_word_is_the_last_field_and_may_be_missing() {
        let mut counter = Counter::default();
        for word in ["\tHIT", "\tUPDATING", "\tEXPIRED", "\tPASS", "\tBYPASS", "\t-", ""] {
            counter.take(format!("1795450625.105\t0.012\t-\t200\t5000\tGET\t/\tabc\tt1{word}\n").as_bytes());
        }
        let first = counter.finish()["t1"];
        assert_eq!((first.lines, first.cache), (7, CacheCounts { hits: 2, misses: 1, passed: 2 }));
    }

    #[test]
    fn lines_are_counted_by_their_tag() {
        let mut counter = Counter::default();
        for line in [
            "1795450625.105\t0.012\t0.010\t200\t5000\tGET\t/product/1?x=1\tabc\tt1\n",
            "1795450625.205\t0.001\t-\t200\t900\tGET\t/assets/app.css\tabd\tt1\n",
            "1795450625.305\t0.030\t0.010, 0.015\t502\t300\tPOST\t/checkout\tabe\tt2\n",
            "1795450625.355\t0.000\t-\t503\t200\tGET\t/product/2\tabf\tt3\n",
            "1795450625.355\t0.020\t0.019\t503\t200\tGET\t/product/2\tabf\tt3\n",
            "1795450625.405\t0.030\t-\t499\t0\tGET\t/\tabf\t-\n",
            "1795450625.505\t0.0",
        ] {
            counter.take(line.as_bytes());
        }
        let tags = counter.finish();
        let first = tags["t1"];
        assert_eq!((first.lines, first.upstream_lines, first.bytes), (2, 1, Bytes(5900)));
        assert!((first.request_time.0 - 0.013).abs() < 1e-9 && (first.upstream_time.0 - 0.010).abs() < 1e-9);
        assert_eq!((tags["t2"].server_errors, tags["-"].given_up), (1, 1));
        assert!((tags["t2"].upstream_time.0 - 0.025).abs() < 1e-9);
        assert_eq!((tags["t3"].lines, tags["t3"].limited), (2, 1));
        assert_eq!(tags.len(), 4);
    }
}
