//! A latency distribution: an HdrHistogram from 1 µs to 120 s with 3 digits.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hdrhistogram::{
    Histogram,
    serialization::{Deserializer, Serializer, V2DeflateSerializer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::Error as _, ser::Error as _};

use crate::Seconds;

const HIGHEST_MICROS: u64 = 120_000_000;

/// Latencies as counted in one interval. On the wire: HdrHistogram V2, deflated, in base64, values in
/// microseconds. A latency above 120 s counts as 120 s.
#[derive(Debug, Clone, PartialEq)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        // The bounds are constants that the histogram accepts; see the test.
        Self(Histogram::new_with_bounds(1, HIGHEST_MICROS, 3).unwrap_or_else(|_| unreachable!("constant bounds")))
    }
}

impl Latencies {
    /// Counts one latency.
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(HIGHEST_MICROS);
        self.0.saturating_record(micros.clamp(1, HIGHEST_MICROS));
    }
    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        // Both have the same bounds, so nothing can be out of range.
        let _ = self.0.add(&other.0);
    }
    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }
    /// The latency that a share `q` (0 to 1) of all did not exceed; zero if there are none.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Seconds {
        if self.0.is_empty() { Seconds(0.0) } else { Seconds(self.0.value_at_quantile(q) as f64 / 1e6) }
    }
    /// How many exceeded `limit` (to the histogram's precision of 0.1 %).
    #[must_use]
    pub fn slower_than(&self, limit: Seconds) -> u64 {
        let micros = ((limit.0 * 1e6) as u64).clamp(1, HIGHEST_MICROS);
        self.0.len() - self.0.count_between(0, micros)
    }
    /// The arithmetic mean; zero if there are none.
    #[must_use]
    pub fn mean(&self) -> Seconds {
        Seconds(self.0.mean() / 1e6)
    }
    /// The standard deviation; zero if there are none.
    #[must_use]
    pub fn deviation(&self) -> Seconds {
        Seconds(if self.0.is_empty() { 0.0 } else { self.0.stdev() / 1e6 })
    }
    /// The largest; zero if there are none.
    #[must_use]
    pub fn max(&self) -> Seconds {
        Seconds(self.0.max() as f64 / 1e6)
    }
    /// The underlying histogram, values in microseconds.
    #[must_use]
    pub fn histogram(&self) -> &Histogram<u64> {
        &self.0
    }
    /// The usual percentiles.
    #[must_use]
    pub fn summary(&self) -> LatencySummary {
        LatencySummary {
            count: self.count(),
            mean: self.mean(),
            p25: self.quantile(0.25),
            p50: self.quantile(0.50),
            p75: self.quantile(0.75),
            p90: self.quantile(0.90),
            p95: self.quantile(0.95),
            p99: self.quantile(0.99),
            p999: self.quantile(0.999),
            max: self.max(),
        }
    }
}

/// Percentiles of a latency distribution, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LatencySummary {
    /// How many were measured.
    pub count: u64,
    /// Arithmetic mean.
    pub mean: Seconds,
    /// 25th percentile; zero in documents from before it was there.
    #[serde(default)]
    pub p25: Seconds,
    /// Median.
    pub p50: Seconds,
    /// 75th percentile.
    pub p75: Seconds,
    /// 90th percentile.
    pub p90: Seconds,
    /// 95th percentile.
    pub p95: Seconds,
    /// 99th percentile.
    pub p99: Seconds,
    /// 99.9th percentile.
    pub p999: Seconds,
    /// The largest.
    pub max: Seconds,
}

impl Serialize for Latencies {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        V2DeflateSerializer::new().serialize(&self.0, &mut bytes).map_err(S::Error::custom)?;
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        let sent: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(D::Error::custom)?;
        // As large as what is in it, and not as the whole range (140 KB): a run keeps some twenty of these for each
        // of its seconds. It grows when a larger one is added.
        let mut kept = Histogram::new(3).map_err(D::Error::custom)?;
        kept.add(&sent).map_err(D::Error::custom)?;
        Ok(Self(kept))
    }
}

impl JsonSchema for Latencies {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Latencies".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "HdrHistogram V2, deflated, base64; values in microseconds"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_survive_the_wire() {
        let mut latencies = Latencies::default();
        for ms in 1..=1000 {
            latencies.record(Duration::from_millis(ms));
        }
        latencies.record(Duration::from_secs(999));
        let json = serde_json::to_string(&latencies).unwrap();
        let back: Latencies = serde_json::from_str(&json).unwrap();
        assert_eq!(back.count(), 1001);
        assert_eq!(back.slower_than(Seconds(0.5)), 501);
        assert!((back.quantile(0.5).0 - 0.5).abs() < 0.002);
        assert!((back.max().0 - 120.0).abs() < 0.1);
        assert_eq!(back, latencies);
    }

    #[test]
    fn what_came_over_the_wire_takes_larger_ones_in() {
        let wire = |latencies: &Latencies| -> Latencies {
            serde_json::from_str(&serde_json::to_string(latencies).unwrap()).unwrap()
        };
        let (mut short, mut long) = (Latencies::default(), Latencies::default());
        short.record(Duration::from_micros(700));
        long.record(Duration::from_secs(7));
        let mut both = wire(&short);
        assert_eq!(both.slower_than(Seconds(1.0)), 0);
        both.merge(&wire(&Latencies::default()));
        both.merge(&wire(&long));
        assert_eq!((both.count(), both.slower_than(Seconds(1.0))), (2, 1));
        let mut other = wire(&Latencies::default());
        other.merge(&short);
        assert_eq!((other.count(), other.slower_than(Seconds(0.1))), (1, 0));
    }

    #[test]
    fn an_empty_one_has_no_latency() {
        assert_eq!(Latencies::default().quantile(0.99), Seconds(0.0));
        assert_eq!(Latencies::default().slower_than(Seconds(1.0)), 0);
    }
}
