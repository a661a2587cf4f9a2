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
    let judged: Vec<(String, Agreement)> = rows.iter().map(|(name, failures)| told(name, failures)).collect();
    let count = |of| judged.iter().filter(|(_, agrees)| *agrees == of).count();
    let mut sum = format!(
        "Repeated: the outages of {} of {} rows agree within 10 % or 100 ms.",
        count(Agreement::Yes),
        judged.len()
    );
    if count(Agreement::ButForTheFault) > 0 {
        sum += &format!(
            " Those of {} more differ by as much as what was broken was away for.",
            count(Agreement::ButForTheFault)
        );
    }
    judged.into_iter().map(|(text, _)| text).chain([sum]).collect()
}

/// Whether the outages of one fault agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Yes,
    /// What was broken was away for longer one time than another, and the outages differ by that.
    ButForTheFault,
    No,
}

fn told(name: &str, failures: &[&FailureReport]) -> (String, Agreement) {
    let lengths: Option<Vec<f64>> = failures.iter().map(|f| length(f.outage)).collect();
    let each = list(failures.iter().map(|f| crate::failure_words::outage(f.outage)));
    let Some(lengths) = lengths else {
        return (format!("Repeated: {name}: outages {each}; one did not end, or cannot be told."), Agreement::No);
    };
    let allowed = (SHARE * lengths.iter().sum::<f64>() / lengths.len() as f64).max(TIME.0);
    let times: Option<Vec<f64>> = failures.iter().map(|f| Some(away(f)?.0)).collect();
    let beyond = times.map(|times| apart(lengths.iter().zip(times).map(|(outage, away)| outage - away)));
    let (agreement, verdict) = match (apart(lengths.iter().copied()), beyond) {
        (apart, _) if apart <= allowed => (Agreement::Yes, "they agree".to_owned()),
        (_, Some(beyond)) if beyond <= allowed => {
            let away = list(failures.iter().filter_map(|f| away(f)).map(|time| time.to_string()));
            let why = format!("they do NOT agree, for what was broken was away for {away}; beyond that they do");
            (Agreement::ButForTheFault, why)
        }
        _ => (Agreement::No, "they do NOT agree".to_owned()),
    };
    let by = Seconds(apart(lengths.iter().copied()));
    (format!("Repeated: {name}: outages {each}; {by} apart, {verdict}."), agreement)
}

fn list(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

/// How far the furthest of them are apart.
fn apart(all: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(one), high.max(one)));
    (high - low).max(0.0)
}

/// How long what was broken was away.
fn away(failure: &FailureReport) -> Option<Seconds> {
    Some(failure.window.cleared? - failure.window.injected)
}

/// How long it was, where it ended; no outage is one of no length.
fn length(outage: Outage) -> Option<f64> {
    match outage {
        Outage::None => Some(0.0),
        Outage::Ended { length, .. } => Some(length.0),
        Outage::NotEnded { .. } | Outage::Unclear { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use redline_model::{FaultTimes, OutcomeCounts, Rate, Recovery, RecoveryVerdict};

    use super::*;

    const SAVED: &str = include_str!("../tests/fixtures/single.json");

    /// What was broken for so long, with an outage of so long.
    fn failure(away: f64, outage: f64) -> FailureReport {
        let zero = Seconds(0.0);
        let cleared = Some(Seconds(away));
        FailureReport {
            fault: "restart mysql".parse().unwrap(),
            offered: Rate(20.0),
            of_sustainable: None,
            of_saturation: None,
            trial: 2,
            control: 1,
            window: FaultTimes { asked: zero, injected: zero, lifted: None, cleared, evidence: String::new() },
            outage: Outage::Ended { length: Seconds(outage), resolution: Seconds(0.01) },
            outage_began: None,
            first_failure: None,
            caught_under_way: 0,
            lost_service: zero,
            lost_service_error: zero,
            outcomes: OutcomeCounts::default(),
            slow: 0,
            requests: OutcomeCounts::default(),
            recovery: Recovery {
                verdict: RecoveryVerdict::Recovered,
                took: None,
                predicted: None,
                watched: None,
                after_half: None,
            },
            steps: Vec::new(),
            orders: None,
            broken: None,
            caveats: Vec::new(),
        }
    }

    fn repeated(times: &[(f64, f64)]) -> Vec<String> {
        let mut report: RunReport = serde_json::from_str(SAVED).unwrap();
        report.failures = times.iter().map(|(away, outage)| failure(*away, *outage)).collect();
        agreement(&report)
    }

    #[test]
    fn outages_that_differ_as_the_fault_did_are_told_as_that() {
        assert!(repeated(&[(3.0, 3.1)]).is_empty(), "nothing was repeated");
        let told = repeated(&[(3.0, 3.1), (3.0, 3.3)]);
        assert!(told[0].ends_with("200 ms apart, they agree."), "{told:?}");
        assert!(told[1].ends_with("1 of 1 rows agree within 10 % or 100 ms."), "{told:?}");
        let told = repeated(&[(4.4, 4.3), (6.1, 6.1)]);
        assert!(told[0].contains("NOT agree, for what was broken was away for 4.40 s, 6.10 s"), "{told:?}");
        assert!(told[1].contains("0 of 1 rows") && told[1].contains("Those of 1 more"), "{told:?}");
        let told = repeated(&[(3.0, 4.5), (3.0, 3.9)]);
        assert!(told[0].ends_with("they do NOT agree.") && !told[1].contains("more"), "{told:?}");
    }
}
