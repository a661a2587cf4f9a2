//! What the caches took off what is behind them.

use redline_model::{CacheReport, RunReport, Share};

use super::page::Layout;

/// The hit rate of each cache; nothing where the stack has none.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.caches.is_empty() {
        return String::new();
    }
    let head = ["cache", "keeps", "hits", "misses", "passed", "hit rate", "of all"];
    let rows = report.caches.iter().map(row).collect();
    let note = layout.prose(
        "  ",
        "Hit rate: hits ÷ (hits + misses). Passed: what may not be kept, or was asked for by somebody with a session. Over all trials, warm-up included.",
    );
    [layout.heading("Caches"), layout.text_table(&head, rows), note].join("\n")
}

fn row(cache: &CacheReport) -> Vec<String> {
    let share = |share: Option<Share>| share.map_or_else(|| "–".into(), |s| format!("{:.1} %", s.0 * 100.0));
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
