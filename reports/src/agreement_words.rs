//! What is said of faults that were repeated: how far apart their outages are.

use std::collections::BTreeMap;

use redline_model::{Outage, RunReport, Seconds};

use crate::failure_words::load;

/// Outages agree when they are no further apart than this share of their mean, or this time.
const SHARE: f64 = 0.10;
const TIME: Seconds = Seconds(0.100);

/// One line for each fault that was made more than once at a load, then how many of them agree; nothing where none was.
pub(crate) fn agreement(report: &RunReport) -> Vec<String> {
    let mut rows: BTreeMap<String, Vec<Once>> = BTreeMap::new();
    for failure in &report.failures {
        let name = format!("{} at {}", failure.fault, load(failure.offered, failure.of_sustainable));
        let away = failure.window.cleared.map(|cleared| cleared - failure.window.injected);
        rows.entry(name).or_default().push(Once { outage: failure.outage, away });
    }
    of_rows(rows)
}

/// One time that a fault was made.
#[derive(Debug, Clone, Copy)]
struct Once {
    outage: Outage,
    /// How long what was broken was away.
    away: Option<Seconds>,
}

fn of_rows(mut rows: BTreeMap<String, Vec<Once>>) -> Vec<String> {
    rows.retain(|_, times| times.len() > 1);
    if rows.is_empty() {
        return Vec::new();
    }
    let judged: Vec<(String, Agreement)> = rows.iter().map(|(name, times)| told(name, times)).collect();
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

fn told(name: &str, times: &[Once]) -> (String, Agreement) {
    let lengths: Option<Vec<f64>> = times.iter().map(|t| length(t.outage)).collect();
    let each = list(times.iter().map(|t| crate::failure_words::outage(t.outage)));
    let Some(lengths) = lengths else {
        return (format!("Repeated: {name}: outages {each}; one did not end, or cannot be told."), Agreement::No);
    };
    let allowed = (SHARE * lengths.iter().sum::<f64>() / lengths.len() as f64).max(TIME.0);
    let away: Option<Vec<Seconds>> = times.iter().map(|t| t.away).collect();
    let away = away.unwrap_or_default();
    let beyond = (!away.is_empty()).then(|| apart(lengths.iter().zip(&away).map(|(outage, away)| outage - away.0)));
    let (agreement, verdict) = match (apart(lengths.iter().copied()), beyond) {
        (apart, _) if apart <= allowed => (Agreement::Yes, "they agree".to_owned()),
        (_, Some(beyond)) if beyond <= allowed => {
            let away = list(away.iter().map(ToString::to_string));
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
    use super::*;

    /// One fault, each time for how long it was away and its outage.
    fn repeated(times: &[(f64, f64)]) -> Vec<String> {
        let once = |&(away, outage): &(f64, f64)| Once {
            outage: Outage::Ended { length: Seconds(outage), resolution: Seconds(0.01) },
            away: Some(Seconds(away)),
        };
        of_rows(BTreeMap::from([("restart mysql at 20.0/s".to_owned(), times.iter().map(once).collect())]))
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
