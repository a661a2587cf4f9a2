//! The standard HdrHistogram interval log: every second's latencies, for any tool that reads `.hlog`.

use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::{
    V2DeflateSerializer,
    interval_log::{IntervalLogWriterBuilder, Tag},
};
use redline_model::{Latencies, Seconds};

/// The latencies of one tag in one interval.
#[derive(Debug, Clone)]
pub struct IntervalLatencies {
    /// When the interval began, from the start of the run.
    pub at: Seconds,
    /// How long it was.
    pub length: Seconds,
    /// The step's name; characters that the format forbids are replaced.
    pub tag: String,
    /// The response times, in microseconds inside.
    pub latencies: Latencies,
}

/// The interval log of `intervals`, whose values are microseconds and whose maxima are printed in
/// milliseconds. `started` is the wall clock at the start of the run.
#[must_use]
pub fn interval_log(started: SystemTime, intervals: &[IntervalLatencies]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    builder
        .add_comment("redline: response times in microseconds, one line for each second and step")
        .with_start_time(started)
        .with_base_time(started)
        .with_max_value_divisor(1000.0);
    // Writing into a vector cannot fail, and the histograms are bounded.
    let Ok(mut writer) = builder.begin_log_with(&mut bytes, &mut serializer) else { return Vec::new() };
    for interval in intervals.iter().filter(|i| i.latencies.count() > 0) {
        let tag = interval.tag.replace([',', ' ', '\n', '\r'], "_");
        let at = Duration::from_secs_f64(interval.at.get().max(0.0));
        let _ =
            writer.write_histogram(interval.latencies.histogram(), at, interval.length.to_duration(), Tag::new(&tag));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    #[test]
    fn the_log_can_be_read_back() {
        let mut latencies = Latencies::default();
        latencies.record(Duration::from_millis(250));
        let one = |tag: &str| IntervalLatencies {
            at: Seconds(3.0),
            length: Seconds(1.0),
            tag: tag.into(),
            latencies: latencies.clone(),
        };
        let log =
            interval_log(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000), &[one("home"), one("a, b")]);
        let tags: Vec<String> = IntervalLogIterator::new(&log)
            .filter_map(|entry| match entry.unwrap() {
                LogEntry::Interval(i) => {
                    assert_eq!(i.start_timestamp(), Duration::from_secs(3));
                    assert!((i.max() - 250.0).abs() < 0.5, "the maximum is in milliseconds: {}", i.max());
                    Some(i.tag().unwrap().as_str().to_owned())
                }
                _ => None,
            })
            .collect();
        assert_eq!(tags, ["home", "a__b"]);
    }
}
