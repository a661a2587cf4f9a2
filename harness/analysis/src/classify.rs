//! Pass, fail, undecided or generator-limited: what one trial says (DESIGN.md, rules 2 and 5).

use redline_model::{InFlight, Rate, Seconds, SloLimit, SloOutcome, TrialClass, TrialSpec};

use crate::{checks::Fitness, interval::t_quantile};

/// A share of arrivals turned away beyond which a capped trial counts as more than the stack carries.
pub(crate) const TURNED_AWAY: f64 = 0.02;

/// What a trial was classified as, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// The class.
    pub class: TrialClass,
    /// Each reason in one sentence.
    pub reasons: Vec<String>,
}

/// What a classification is made from.
pub(crate) struct Evidence<'a> {
    pub(crate) spec: &'a TrialSpec,
    pub(crate) fitness: &'a Fitness,
    pub(crate) slo: &'a [SloOutcome],
    pub(crate) offered: Rate,
    pub(crate) completed: Rate,
    pub(crate) span: Seconds,
    pub(crate) in_flight: &'a InFlight,
    /// Change of the sessions in flight in each second of the window.
    pub(crate) changes: &'a [f64],
    /// Turned away ÷ planned.
    pub(crate) turned_away: f64,
}

/// Classifies a trial: unfit first, then what certainly fails, then what cannot be told.
pub(crate) fn classify(evidence: &Evidence) -> Classification {
    if let Fitness::Limited(reasons) | Fitness::Invalid(reasons) = evidence.fitness {
        return Classification { class: TrialClass::GeneratorLimited, reasons: reasons.clone() };
    }
    let mut fails = backlog(evidence);
    let mut doubts = Vec::new();
    for outcome in evidence.slo {
        match promise(outcome) {
            TrialClass::Fail => fails.push(told(outcome, "is broken")),
            TrialClass::Undecided => doubts.push(told(outcome, "cannot be told")),
            _ => {}
        }
    }
    if !fails.is_empty() {
        Classification { class: TrialClass::Fail, reasons: fails }
    } else if !doubts.is_empty() {
        Classification { class: TrialClass::Undecided, reasons: doubts }
    } else {
        let kept = "every promise was kept and the backlog did not grow".to_owned();
        Classification { class: TrialClass::Pass, reasons: vec![kept] }
    }
}

/// One promise. It is kept when the whole interval is within what is allowed, or when the estimate is
/// and the interval is narrow against it; broken likewise; between them it cannot be told. Errors are
/// too rare for an interval to fit under 0.1 % in seconds, so there the estimate within it is enough.
pub(crate) fn promise(outcome: &SloOutcome) -> TrialClass {
    let allowed = outcome.term.allowed().0;
    let narrow = (outcome.high.0 - outcome.low.0) / 2.0 <= allowed / 2.0;
    if outcome.count == 0 {
        // A step that nobody took says nothing; where nothing was done at all the throughput says it.
        return TrialClass::Pass;
    }
    if outcome.low.0 > allowed || (outcome.bad.0 > allowed && narrow) {
        return TrialClass::Fail;
    }
    let within = outcome.bad.0 <= allowed;
    match outcome.term.limit {
        SloLimit::Errors { .. } if within => TrialClass::Pass,
        SloLimit::Latency { .. } if outcome.high.0 <= allowed || (within && narrow) => TrialClass::Pass,
        _ => TrialClass::Undecided,
    }
}

fn told(outcome: &SloOutcome, what: &str) -> String {
    let SloOutcome { term, bad, low, high, .. } = outcome;
    format!(
        "{term} {what}: {bad} of the steps were bad (95 % interval {low} to {high}), {} are allowed",
        term.allowed()
    )
}

/// Does the backlog grow? By completions that fall behind (`completed < offered − 5√offered − 2c`,
/// c by Little's law from what is in flight at the start), by the trend of the sessions in flight
/// (their changes a second by Student's t, and more than 2√offered over the window), or by arrivals
/// turned away at the cap.
fn backlog(e: &Evidence) -> Vec<String> {
    let (offered, completed) = (e.offered.times(e.span), e.completed.times(e.span));
    let mut reasons = Vec::new();
    if e.spec.cap.is_some() && e.turned_away > TURNED_AWAY {
        let percent = 100.0 * e.turned_away;
        reasons.push(format!("{percent:.0} % of the arrivals were turned away with the allowed sessions in flight"));
    }
    if completed < offered - 5.0 * offered.sqrt() - 2.0 * e.in_flight.at_start as f64 {
        reasons.push(format!("completions fell behind: {} of {} offered", e.completed, e.offered));
    }
    if grows(e.changes, e.in_flight.growth * e.span.0, offered) {
        reasons.push(format!("the backlog grew by {:.1} sessions a second", e.in_flight.growth));
    }
    reasons
}

fn grows(changes: &[f64], gained: f64, offered: f64) -> bool {
    let n = changes.len() as f64;
    if changes.len() < 3 || gained <= 2.0 * offered.sqrt() {
        return false;
    }
    let error = crate::interval::deviation(changes) / n.sqrt();
    crate::interval::mean(changes) > 1.2 * t_quantile(n - 1.0) * error
}

#[cfg(test)]
mod tests {
    use redline_model::{Share, SloTerm};
    use rstest::rstest;

    use super::*;

    fn outcome(term: &str, bad: f64, low: f64, high: f64) -> SloOutcome {
        let term: SloTerm = term.parse().unwrap();
        SloOutcome { term, bad: Share(bad), low: Share(low), high: Share(high), count: 1000, effective: 100.0 }
    }

    #[rstest]
    #[case::clearly_kept("p95<1s", 0.01, 0.005, 0.02, TrialClass::Pass)]
    #[case::kept_narrowly("p95<1s", 0.04, 0.03, 0.055, TrialClass::Pass)]
    #[case::straddles("p95<1s", 0.04, 0.01, 0.12, TrialClass::Undecided)]
    #[case::straddles_above("p95<1s", 0.06, 0.01, 0.12, TrialClass::Undecided)]
    #[case::broken_narrowly("p95<1s", 0.06, 0.04, 0.08, TrialClass::Fail)]
    #[case::clearly_broken("p95<1s", 0.3, 0.2, 0.4, TrialClass::Fail)]
    #[case::no_errors_seen("errors<0.1%", 0.0, 0.0, 0.01, TrialClass::Pass)]
    #[case::some_errors("errors<0.1%", 0.002, 0.0005, 0.01, TrialClass::Undecided)]
    #[case::many_errors("errors<0.1%", 0.02, 0.01, 0.03, TrialClass::Fail)]
    fn a_promise_is_judged(
        #[case] term: &str,
        #[case] bad: f64,
        #[case] low: f64,
        #[case] high: f64,
        #[case] class: TrialClass,
    ) {
        assert_eq!(promise(&outcome(term, bad, low, high)), class);
    }

    #[rstest]
    #[case::steady(&[3.0, -3.0, 1.0, -1.0, 2.0], 1.0, 1000.0, false)]
    #[case::growing(&[20.0, 18.0, 22.0, 19.0, 21.0], 100.0, 1000.0, true)]
    #[case::growing_but_immaterial(&[1.0, 1.0, 1.1, 1.0, 1.0], 5.0, 1000.0, false)]
    fn a_backlog_is_seen(#[case] changes: &[f64], #[case] gained: f64, #[case] offered: f64, #[case] expected: bool) {
        assert_eq!(grows(changes, gained, offered), expected);
    }
}
