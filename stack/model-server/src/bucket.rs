//! The token bucket: so many requests a second, and a few at once.

use std::time::Duration;

use redline_model::Mono;

use crate::{Bucket, Changed, What, WhenEmpty};

/// A bucket under way.
#[derive(Debug, Clone)]
pub(crate) struct TokenBucket {
    written: Bucket,
    rate: f64,
    /// Tokens at `touched`; negative: promised to those who wait.
    tokens: f64,
    touched: Mono,
}

/// What a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// A token, at this moment or later.
    At(Mono),
    /// None: it is refused.
    None,
}

impl TokenBucket {
    pub(crate) fn new(written: Bucket) -> Self {
        Self { written, rate: written.rate.0, tokens: written.burst, touched: Mono(0) }
    }
    fn touch(&mut self, now: Mono) {
        let grown = now.since(self.touched).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + grown).min(self.written.burst);
        self.touched = self.touched.max(now);
    }
    pub(crate) fn take(&mut self, now: Mono) -> Token {
        self.touch(now);
        if self.tokens < 1.0 && self.written.when_empty == WhenEmpty::Refuse {
            return Token::None;
        }
        self.tokens -= 1.0;
        Token::At(now.plus(Duration::from_secs_f64((-self.tokens).max(0.0) / self.rate)))
    }
    /// Those who wait keep the moments that they were told.
    pub(crate) fn set(&mut self, at: Mono, factor: f64) -> Changed {
        self.touch(at);
        self.rate = self.written.rate.0 * factor;
        Changed { what: What::Rate, before: self.written.rate.0, after: self.rate }
    }
}
