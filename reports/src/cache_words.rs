//! What the caches took off what is behind them, in the words of every format.

use redline_model::{CacheReport, Share};

/// The columns of [`row`].
pub(crate) const HEAD: [&str; 7] = ["cache", "keeps", "hits", "misses", "passed", "hit rate", "of all"];
/// What the columns mean.
pub(crate) const NOTE: &str = "Hit rate: hits ÷ (hits + misses). Passed: what may not be kept, or was asked for by somebody with a session. Over all trials, warm-up included.";

/// One cache.
pub(crate) fn row(cache: &CacheReport) -> Vec<String> {
    let share = |share: Option<Share>| share.map_or_else(|| "–".into(), percent);
    vec![
        format!("{} / {}", cache.server, cache.component),
        cache.keeps.clone(),
        cache.counts.hits.to_string(),
        cache.counts.misses.to_string(),
        cache.counts.passed.to_string(),
        share(cache.hit_rate),
        share(cache.of_all),
    ]
}

/// `83.4 %`.
pub(crate) fn percent(share: Share) -> String {
    format!("{:.1} %", share.0 * 100.0)
}
