//! Quantities that carry their unit, parsed from and printed as people write them.

use std::{fmt, str::FromStr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was wrong with a quantity that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not a number with the units that this quantity takes.
    #[error("`{text}` is not {what}; write it like {example}")]
    Malformed {
        /// What was written.
        text: String,
        /// The quantity that was wanted, with its article.
        what: &'static str,
        /// A value that would have been understood.
        example: &'static str,
    },
    /// A number, but outside the range that makes sense.
    #[error("`{text}` is out of range for {what}: {range}")]
    OutOfRange {
        /// What was written.
        text: String,
        /// The quantity that was wanted, with its article.
        what: &'static str,
        /// The range, in words.
        range: &'static str,
    },
}

/// A length of time in seconds, as stored in reports. On the wire: a JSON number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// The same length as a `Duration`; negative lengths become zero.
    #[must_use]
    pub fn to_duration(self) -> Duration {
        Duration::try_from_secs_f64(self.0).unwrap_or_default()
    }
    /// The number of seconds.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<Duration> for Seconds {
    fn from(value: Duration) -> Self {
        Self(value.as_secs_f64())
    }
}

impl std::ops::Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Seconds {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|s| s.0).sum())
    }
}

impl fmt::Display for Seconds {
    /// Three significant figures with the unit that fits: `850 µs`, `12.3 ms`, `4.56 s`, `2 min 30 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0;
        let magnitude = s.abs();
        if magnitude >= 120.0 {
            let whole = s.round();
            return write!(f, "{:.0} min {:.0} s", (whole / 60.0).floor(), whole % 60.0);
        }
        let (value, unit) = if magnitude >= 0.9995 || magnitude == 0.0 {
            (s, "s")
        } else if magnitude >= 0.000_999_5 {
            (s * 1e3, "ms")
        } else {
            (s * 1e6, "µs")
        };
        let decimals = match value.abs() {
            v if v >= 99.95 || v == 0.0 => 0,
            v if v >= 9.995 => 1,
            _ => 2,
        };
        write!(f, "{value:.decimals$} {unit}")
    }
}

impl FromStr for Seconds {
    type Err = UnitError;
    /// Reads `300ms`, `5s`, `1.5 s`, `2m`, `1h`, `250us`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let malformed =
            || UnitError::Malformed { text: text.into(), what: "a length of time", example: "`300ms`, `10s` or `5m`" };
        let (number, unit) = split_unit(text).ok_or_else(malformed)?;
        let scale = match unit {
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(malformed()),
        };
        let seconds = number * scale;
        if !(0.0..=31_536_000.0).contains(&seconds) {
            return Err(UnitError::OutOfRange {
                text: text.into(),
                what: "a length of time",
                range: "from 0 to one year",
            });
        }
        Ok(Self(seconds))
    }
}

/// Events per second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Rate(pub f64);

impl Rate {
    /// The rate of `count` events in `span`; zero for an empty span.
    #[must_use]
    pub fn over(count: u64, span: Seconds) -> Self {
        if span.0 <= 0.0 { Self(0.0) } else { Self(count as f64 / span.0) }
    }
    /// Events per second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.0
    }
    /// How many events fit into `span` at this rate.
    #[must_use]
    pub fn times(self, span: Seconds) -> f64 {
        self.0 * span.0
    }
    /// The same rate, scaled.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

impl fmt::Display for Rate {
    /// Three significant figures: `1 240/s`, `38.5/s`, `0.75/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = match self.0.abs() {
            v if v >= 99.95 => 0,
            v if v >= 9.995 => 1,
            _ => 2,
        };
        write!(f, "{:.decimals$}/s", self.0)
    }
}

impl FromStr for Rate {
    type Err = UnitError;
    /// Reads `200/s`, `200`, `12000/m`, `50000/h`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let malformed =
            || UnitError::Malformed { text: text.into(), what: "a rate", example: "`200/s`, `1200/m` or `200`" };
        let (number, unit) = split_unit(text).ok_or_else(malformed)?;
        let scale = match unit {
            "" | "/s" => 1.0,
            "/m" | "/min" => 1.0 / 60.0,
            "/h" => 1.0 / 3600.0,
            _ => return Err(malformed()),
        };
        let rate = number * scale;
        if !(rate > 0.0 && rate <= 1e6) {
            return Err(UnitError::OutOfRange {
                text: text.into(),
                what: "a rate",
                range: "more than 0 and at most 1 000 000/s",
            });
        }
        Ok(Self(rate))
    }
}

/// A share of a whole, from 0 to 1 (busy time may exceed 1 for several cores).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Share(pub f64);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        let decimals = if percent.abs() >= 9.95 || percent == 0.0 { 0 } else { 2 };
        write!(f, "{percent:.decimals$} %")
    }
}

impl FromStr for Share {
    type Err = UnitError;
    /// Reads `0.1%` or `0.001`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let malformed = || UnitError::Malformed { text: text.into(), what: "a share", example: "`0.1%` or `0.001`" };
        let (number, unit) = split_unit(text).ok_or_else(malformed)?;
        let share = match unit {
            "%" => number / 100.0,
            "" => number,
            _ => return Err(malformed()),
        };
        if !(0.0..=1.0).contains(&share) {
            return Err(UnitError::OutOfRange { text: text.into(), what: "a share", range: "from 0 % to 100 %" });
        }
        Ok(Self(share))
    }
}

/// An amount of memory or data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = self.0 as f64;
        if b >= 1_073_741_824.0 {
            write!(f, "{:.2} GiB", b / 1_073_741_824.0)
        } else if b >= 1_048_576.0 {
            write!(f, "{:.1} MiB", b / 1_048_576.0)
        } else if b >= 1024.0 {
            write!(f, "{:.1} KiB", b / 1024.0)
        } else {
            write!(f, "{} B", self.0)
        }
    }
}

impl FromStr for Bytes {
    type Err = UnitError;
    /// Reads `2GiB`, `512MiB`, `64KiB`, `100B` (binary units only, so that nobody has to guess).
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let malformed =
            || UnitError::Malformed { text: text.into(), what: "an amount of memory", example: "`2GiB` or `512MiB`" };
        let (number, unit) = split_unit(text).ok_or_else(malformed)?;
        let scale = match unit {
            "B" => 1.0,
            "KiB" => 1024.0,
            "MiB" => 1_048_576.0,
            "GiB" => 1_073_741_824.0,
            _ => return Err(malformed()),
        };
        let bytes = number * scale;
        if !(1.0..=1e15).contains(&bytes) {
            return Err(UnitError::OutOfRange {
                text: text.into(),
                what: "an amount of memory",
                range: "from 1 B to 1 PB",
            });
        }
        Ok(Self(bytes as u64))
    }
}

/// Splits `12.5 ms` into the number and the unit; `None` where there is no finite number in front.
fn split_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("300ms", 0.3)]
    #[case("1.5 s", 1.5)]
    #[case("2m", 120.0)]
    fn a_length_of_time_is_read(#[case] text: &str, #[case] seconds: f64) {
        assert!((text.parse::<Seconds>().unwrap().0 - seconds).abs() < 1e-12);
    }

    #[rstest]
    #[case("0")]
    #[case("0/s")]
    #[case("-3/s")]
    #[case("fast")]
    #[case("")]
    #[case("1e99")]
    #[case("inf")]
    fn a_rate_that_makes_no_sense_is_refused(#[case] text: &str) {
        assert!(text.parse::<Rate>().is_err());
    }

    #[rstest]
    #[case(Seconds(0.0123), "12.3 ms")]
    #[case(Seconds(0.00085), "850 µs")]
    #[case(Seconds(4.56), "4.56 s")]
    #[case(Seconds(150.0), "2 min 30 s")]
    fn a_length_of_time_is_printed(#[case] value: Seconds, #[case] text: &str) {
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn a_share_and_a_size_are_read() {
        assert_eq!("0.1%".parse::<Share>().unwrap(), Share(0.001));
        assert_eq!("2GiB".parse::<Bytes>().unwrap(), Bytes(2_147_483_648));
        assert!("101%".parse::<Share>().is_err());
        assert!("2GB".parse::<Bytes>().is_err());
    }
}
