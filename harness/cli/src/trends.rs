//! What the stored runs of each stack carried, and when that changed. Runs are in one series where they have the same
//! scenario and topology and are from one class of machine.

use redline_analysis::{Changed, FEWEST_FOR_TREND, change_points};
use redline_model::{Interval, RunReport, VerdictKind};

/// Permutations are random; the same runs give the same answer.
const SEED: u64 = 1;

/// A figure that is followed, and how a run has it.
type Followed = (&'static str, fn(&RunReport) -> Option<Interval>);

/// In this order; the adjusted figure says most where the machine's speed varies.
const FIGURES: [Followed; 3] = [
    ("saturation, adjusted for the machine's speed", |r| r.verdict.saturation_adjusted.map(|a| a.requests_per_second)),
    ("saturation", |r| r.verdict.saturation.map(|c| c.requests_per_second)),
    ("sustainable load", |r| r.verdict.sustainable.map(|c| c.requests_per_second)),
];

/// Runs that can be compared, in the order of their start.
pub(crate) struct Trend<'a> {
    /// Scenario, topology and class of machine.
    pub(crate) key: String,
    /// Those that found a capacity.
    pub(crate) runs: Vec<&'a RunReport>,
    /// The figures that enough of them have; empty where there are too few runs to tell.
    pub(crate) figures: Vec<FigureTrend<'a>>,
}

/// One figure over the runs that have it.
pub(crate) struct FigureTrend<'a> {
    pub(crate) name: &'static str,
    /// How many have it.
    pub(crate) runs: usize,
    /// In the last of them.
    pub(crate) last: f64,
    pub(crate) changes: Vec<Change<'a>>,
}

/// A change of a figure.
pub(crate) struct Change<'a> {
    /// The last run before it.
    pub(crate) before: &'a RunReport,
    /// The first run after it.
    pub(crate) after: &'a RunReport,
    /// By how much, and how sure.
    pub(crate) found: Changed,
}

/// The trends in these runs, of which the newest `most` of each series are looked at.
pub(crate) fn trends<'a>(all: impl Iterator<Item = &'a RunReport>, most: usize) -> Vec<Trend<'a>> {
    let found = |run: &&RunReport| run.verdict.kind == VerdictKind::Saturated && run.interrupted.is_none();
    let mut runs: Vec<&RunReport> = all.filter(found).collect();
    runs.sort_by(|a, b| a.started.cmp(&b.started));
    let mut series: Vec<(String, Vec<&RunReport>)> = Vec::new();
    for run in runs {
        let print = &run.fingerprint;
        let key = format!("{} on {} · {}", print.scenario, print.topology, print.environment.class());
        match series.iter_mut().find(|(known, _)| *known == key) {
            Some((_, of)) => of.push(run),
            None => series.push((key, vec![run])),
        }
    }
    series.sort_by(|a, b| a.0.cmp(&b.0));
    let trend = |(key, runs): (String, Vec<&'a RunReport>)| {
        let runs = runs[runs.len().saturating_sub(most)..].to_vec();
        let figures = FIGURES.iter().filter_map(|followed| figure(followed, &runs)).collect();
        Trend { key, runs, figures }
    };
    series.into_iter().map(trend).collect()
}

fn figure<'a>((name, value): &Followed, runs: &[&'a RunReport]) -> Option<FigureTrend<'a>> {
    let (have, values): (Vec<&'a RunReport>, Vec<f64>) =
        runs.iter().filter_map(|run| Some((*run, value(run)?.estimate))).unzip();
    if values.len() < FEWEST_FOR_TREND {
        return None;
    }
    let change = |found: Changed| {
        Some(Change { before: *have.get(found.at.checked_sub(1)?)?, after: *have.get(found.at)?, found })
    };
    let changes = change_points(&values, SEED).into_iter().filter_map(change).collect();
    Some(FigureTrend { name, runs: values.len(), last: values.last().copied().unwrap_or_default(), changes })
}

/// What else is different between two runs: a cause, perhaps.
pub(crate) fn changed_with_it(before: &RunReport, after: &RunReport) -> Vec<&'static str> {
    let (a, b) = (&before.fingerprint, &after.fingerprint);
    let differs = [
        ("the shop", a.data_set != b.data_set),
        ("the servers", a.servers != b.servers),
        ("the promise", a.slo != b.slo),
        ("redline", a.environment.redline != b.environment.redline),
        ("the kernel", a.environment.kernel != b.environment.kernel),
    ];
    differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = include_str!("../../../reports/tests/fixtures/single.json");

    /// Twelve runs, hour by hour; from the seventh on they carry a tenth less.
    fn runs() -> Vec<RunReport> {
        let of = |hour: usize| {
            let mut run = redline_reports::read(STORED).unwrap();
            run.started = format!("2026-11-24T{hour:02}:00:00Z");
            let value = (if hour < 6 { 2000.0 } else { 1800.0 }) + (hour % 3) as f64;
            let capacity = run.verdict.saturation.as_mut().unwrap();
            capacity.requests_per_second = Interval { estimate: value, low: value - 50.0, high: value + 50.0 };
            run
        };
        (0..12).map(of).collect()
    }

    #[test]
    fn a_change_lies_between_two_runs() {
        let runs = runs();
        let found = trends(runs.iter().rev(), usize::MAX);
        assert_eq!((found.len(), found[0].runs.len()), (1, 12));
        let saturation = found[0].figures.iter().find(|f| f.name == "saturation").unwrap();
        let [change] = saturation.changes.as_slice() else { panic!("{}", saturation.changes.len()) };
        assert_eq!(
            (change.before.started.as_str(), change.after.started.as_str()),
            ("2026-11-24T05:00:00Z", "2026-11-24T06:00:00Z")
        );
        assert!((change.found.by.estimate + 0.1).abs() < 0.01, "{:?}", change.found);
        assert!(found[0].figures.iter().filter(|f| f.name != "saturation").all(|f| f.changes.is_empty()));
    }

    #[test]
    fn another_class_of_machine_is_another_series() {
        let mut runs = runs();
        runs[6..].iter_mut().for_each(|run| run.fingerprint.environment.cpus = 64);
        let found = trends(runs.iter(), usize::MAX);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|trend| trend.figures.is_empty()), "six runs are too few to tell");
        assert_eq!(changed_with_it(&runs[0], &runs[0]), Vec::<&str>::new());
    }

    #[test]
    fn only_the_newest_are_looked_at_where_that_is_asked_for() {
        let runs = runs();
        let found = trends(runs.iter(), 8);
        assert_eq!((found[0].runs.len(), found[0].runs[0].started.as_str()), (8, "2026-11-24T04:00:00Z"));
    }
}
