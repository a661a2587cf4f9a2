//! What the users are promised: `p95<300ms`, `errors<0.1%`, `p99<1s for checkout`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Seconds, Share, UnitError};

/// What was wrong with an SLO that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SloError {
    /// Not one of the forms that are understood.
    #[error("`{0}` is not an SLO; write it like `p95<300ms`, `errors<0.1%` or `p99<1s for checkout`")]
    Malformed(String),
    /// A percentile that is not between p1 and p99.99.
    #[error("`{0}` is not a percentile; use one from p50 to p99.9")]
    Percentile(String),
    /// The limit is not a quantity.
    #[error("in the SLO `{text}`: {source}")]
    Limit {
        /// The SLO as written.
        text: String,
        /// What is wrong with its limit.
        source: UnitError,
    },
    /// A limit of zero, which nothing can keep.
    #[error("the SLO `{0}` can never be kept: its limit is zero")]
    Zero(String),
}

/// The limit of one term of an SLO.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SloLimit {
    /// At most a share `1 − quantile` of the steps may take longer than `below`.
    Latency {
        /// From 0 to 1: 0.95 for p95.
        quantile: f64,
        /// The response time that is still good.
        below: Seconds,
    },
    /// At most this share of the steps may fail.
    Errors {
        /// The share that is still good.
        below: Share,
    },
}

/// One promise, about all steps or about one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SloTerm {
    /// What must hold.
    pub limit: SloLimit,
    /// The step that it is about; all steps together if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// All promises; every one must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Slo(pub Vec<SloTerm>);

impl Slo {
    /// Reads each of `terms`.
    ///
    /// # Errors
    /// The first term that is not an SLO.
    pub fn parse<S: AsRef<str>>(terms: impl IntoIterator<Item = S>) -> Result<Self, SloError> {
        terms.into_iter().map(|t| t.as_ref().parse()).collect::<Result<_, _>>().map(Self)
    }
    /// The strictest latency limit that applies to `step`; 120 s (the recorder's range) where none does.
    #[must_use]
    pub fn latency_limit(&self, step: &str) -> Seconds {
        self.0
            .iter()
            .filter(|t| t.step.as_deref().is_none_or(|s| s == step))
            .filter_map(|t| match t.limit {
                SloLimit::Latency { below, .. } => Some(below),
                SloLimit::Errors { .. } => None,
            })
            .fold(Seconds(120.0), |a, b| if b.0 < a.0 { b } else { a })
    }
    /// The strictest latency limit of all; 120 s where there is none.
    #[must_use]
    pub fn strictest_latency(&self) -> Seconds {
        self.0
            .iter()
            .filter_map(|t| match t.limit {
                SloLimit::Latency { below, .. } => Some(below),
                SloLimit::Errors { .. } => None,
            })
            .fold(Seconds(120.0), |a, b| if b.0 < a.0 { b } else { a })
    }
}

impl SloTerm {
    /// The share of steps that may be slow, or may fail.
    #[must_use]
    pub fn allowed(&self) -> Share {
        match self.limit {
            SloLimit::Latency { quantile, .. } => Share(1.0 - quantile),
            SloLimit::Errors { below } => below,
        }
    }
}

impl fmt::Display for SloTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            SloLimit::Latency { quantile, below } => write!(f, "p{} < {below}", tidy(quantile * 100.0))?,
            SloLimit::Errors { below } => write!(f, "errors < {}%", tidy(below.0 * 100.0))?,
        }
        self.step.as_ref().map_or(Ok(()), |step| write!(f, " for {step}"))
    }
}

/// At most four decimals, none that are zero.
fn tidy(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl FromStr for SloTerm {
    type Err = SloError;
    fn from_str(text: &str) -> Result<Self, SloError> {
        let malformed = || SloError::Malformed(text.to_owned());
        let (metric, rest) = text.split_once('<').ok_or_else(malformed)?;
        let (limit, step) = match rest.trim().split_once(" for ") {
            Some((limit, step)) => (limit.trim(), Some(step.trim().to_owned())),
            None => (rest.trim(), None),
        };
        if step.as_deref().is_some_and(|s| s.is_empty() || s.contains(char::is_whitespace)) {
            return Err(malformed());
        }
        let at = |source| SloError::Limit { text: text.to_owned(), source };
        let limit = match metric.trim() {
            "errors" => SloLimit::Errors { below: limit.parse::<Share>().map_err(at)? },
            metric => {
                let percent = metric.strip_prefix('p').ok_or_else(malformed)?;
                let percent: f64 = percent.parse().map_err(|_| malformed())?;
                if !(50.0..=99.9).contains(&percent) {
                    return Err(SloError::Percentile(metric.to_owned()));
                }
                SloLimit::Latency { quantile: percent / 100.0, below: limit.parse::<Seconds>().map_err(at)? }
            }
        };
        let zero = match limit {
            SloLimit::Latency { below, .. } => below.0 <= 0.0,
            SloLimit::Errors { below } => below.0 <= 0.0,
        };
        if zero { Err(SloError::Zero(text.to_owned())) } else { Ok(Self { limit, step }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("p95<300ms", "p95 < 300 ms")]
    #[case("p99.9 < 2s", "p99.9 < 2.00 s")]
    #[case("errors<0.1%", "errors < 0.1%")]
    #[case("p99<1s for checkout", "p99 < 1.00 s for checkout")]
    fn an_slo_is_read_and_printed(#[case] text: &str, #[case] printed: &str) {
        assert_eq!(text.parse::<SloTerm>().unwrap().to_string(), printed);
    }

    #[rstest]
    #[case("fast")]
    #[case("p95>300ms")]
    #[case("p95<")]
    #[case("p95<300")]
    #[case("p0<1s")]
    #[case("p100<1s")]
    #[case("p95<0ms")]
    #[case("errors<200%")]
    #[case("p99<1s for ")]
    #[case("q95<1s")]
    fn nonsense_is_refused(#[case] text: &str) {
        assert!(text.parse::<SloTerm>().is_err());
    }

    #[test]
    fn the_strictest_limit_applies() {
        let slo = Slo::parse(["p95<300ms", "p99<1s for checkout", "p50<100ms for home"]).unwrap();
        assert_eq!(slo.latency_limit("home"), Seconds(0.1));
        assert_eq!(slo.latency_limit("checkout"), Seconds(0.3));
        assert_eq!(Slo::default().latency_limit("home"), Seconds(120.0));
    }
}
