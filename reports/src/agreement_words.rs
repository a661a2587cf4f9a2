//! What is said of faults that were repeated: how far apart their outages are.

use std::collections::BTreeMap;

use redline_model::{FailureReport, Outage, RunReport, Seconds};

use crate::failure_words::load;

/// Outages agree when they are no further apart than this share of their mean, or this time.
const SHARE: f64 = 0.10;
const TIME: Seconds = Seconds(0.100);

/// One line for each fault that was made more than once at a load, then how many of them agree; nothing where none was.
pub(crate) fn agreement(report: &RunReport) -> Vec<String> {
    let mut rows: BTreeMap<String, Vec<&FailureReport>> = BTreeMap::new();
    for failure in &report.failures {
        let name = format!("{} at {}", failure.fault, load(failure.offered, failure.of_sustainable));
        rows.entry(name).or_default().push(failure);
    }
    rows.retain(|_, failures| failures.len() > 1);
    if rows.is_empty() {
        return Vec::new();
    }
    let judged: Vec<(String, bool)> = rows.iter().map(|(name, failures)| told(name, failures)).collect();
    let agreed = judged.iter().filter(|(_, agrees)| *agrees).count();
    let sum = format!("Repeated: the outages of {agreed} of {} rows agree within 10 % or 100 ms.", judged.len());
    judged.into_iter().map(|(text, _)| text).chain([sum]).collect()
}

fn told(name: &str, failures: &[&FailureReport]) -> (String, bool) {
    let lengths: Option<Vec<f64>> = failures.iter().map(|f| length(f.outage)).collect();
    let each: Vec<String> = failures.iter().map(|f| crate::failure_words::outage(f.outage)).collect();
    let Some(lengths) = lengths else {
        return (format!("Repeated: {name}: outages {}; one did not end, or cannot be told.", each.join(", ")), false);
    };
    let (low, high) = lengths.iter().fold((f64::MAX, 0.0_f64), |(low, high), l| (low.min(*l), high.max(*l)));
    let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
    let apart = high - low;
    let agrees = apart <= (SHARE * mean).max(TIME.0);
    let verdict = if agrees { "they agree" } else { "they do NOT agree" };
    (format!("Repeated: {name}: outages {}; {} apart, {verdict}.", each.join(", "), Seconds(apart)), agrees)
}

/// How long it was, where it ended; no outage is one of no length.
fn length(outage: Outage) -> Option<f64> {
    match outage {
        Outage::None => Some(0.0),
        Outage::Ended { length, .. } => Some(length.0),
        Outage::NotEnded { .. } | Outage::Unclear { .. } => None,
    }
}
