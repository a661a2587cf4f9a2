//! The document of a regression gate: what the pairs say of each figure, and what the reader must know.

use redline_analysis::{GateRule, Judged, Role};
use redline_model::{Finding, GATE_SCHEMA_VERSION, GateKind, GateOutcome, GateReport, Seconds};

use super::{
    measured::Measured,
    slices::Plan,
    suspects::{finding, names_a_page},
};
use crate::args::Metric;

/// The answer and what it rests on; the rest of the document is left to the caller.
pub(super) fn answer(measured: &Measured, rule: &GateRule, what: &Plan, pairs: usize) -> GateReport {
    let judged = measured.judgement.as_ref();
    let outcome = match (&measured.invalid, judged) {
        (None, Some(judgement)) => judgement.outcome,
        _ => GateOutcome::Invalid,
    };
    let findings: Vec<Finding> = match judged {
        Some(judgement) => judgement.metrics.iter().filter(|m| told(m, what)).map(|m| finding(m, rule)).collect(),
        None => what.metrics.iter().map(|m| nothing(m.name())).collect(),
    };
    GateReport {
        schema_version: GATE_SCHEMA_VERSION,
        kind: GateKind::Regression,
        started: String::new(),
        took: Seconds(0.0),
        command: String::new(),
        seed: None,
        outcome,
        sentence: sentence(outcome, measured, pairs, rule),
        subject: String::new(),
        machine_class: String::new(),
        findings,
        suspects: Vec::new(),
        caveats: caveats(rule)
            .into_iter()
            .chain(measured.disturbed())
            .chain(judged.filter(|j| j.metrics.iter().any(|m| m.raw.is_some())).map(|_| MACHINE.to_owned()))
            .chain(measured.unnamed.as_deref().map(unnamed))
            .collect(),
    }
}

const MACHINE: &str = "The machine's part is taken out of each figure: by how much slower it was in the candidate's slice than in the base's, by what a response took of the generator's CPU, as far as the figure followed that over all pairs. *Raw* has it still in.";

fn unnamed(why: &str) -> String {
    format!("What got slower was not looked for to the end: {why}")
}

fn sentence(outcome: GateOutcome, measured: &Measured, pairs: usize, rule: &GateRule) -> String {
    let worst = measured.judgement.iter().flat_map(|j| &j.metrics).filter(|m| m.outcome == GateOutcome::Fail);
    let slower: Vec<String> =
        worst.filter_map(|m| Some(format!("{} by {:.1} %", m.name, 100.0 * m.slowdown?.estimate))).collect();
    let ruled = 100.0 * rule.ruled_out;
    match outcome {
        GateOutcome::Fail => format!("The candidate is worse: {}, from {pairs} pairs.", slower.join("; ")),
        GateOutcome::Pass => format!("A slowdown of {ruled:.0} % or more is ruled out, from {pairs} pairs."),
        GateOutcome::Inconclusive => {
            format!("{pairs} pairs show no slowdown that is sure, and cannot rule out one of {ruled:.0} %.")
        }
        GateOutcome::Invalid => {
            let why = measured.invalid.as_deref().unwrap_or("nothing was measured");
            format!("The measurement is not valid: {why}.")
        }
    }
}

/// The sentence, with the page that got slower most where it is known that something did.
pub(super) fn named_in(answer: &GateReport, slower: &[Finding]) -> String {
    let page = slower.iter().find(|f| names_a_page(f)).and_then(|f| Some((f, f.value?)));
    match (answer.outcome, page) {
        (GateOutcome::Fail, Some((page, by))) => {
            format!("{} Most of all the {} got slower, by {:.0} %.", answer.sentence, page.name, 100.0 * by.estimate)
        }
        (GateOutcome::Fail, None) => format!("{} No single page could be named.", answer.sentence),
        _ => answer.sentence.clone(),
    }
}

fn caveats(rule: &GateRule) -> Vec<String> {
    let looks: Vec<String> = rule.looks.iter().map(|l| format!("p < {} at {} pairs", l.fail_below, l.pairs)).collect();
    vec![
        format!(
            "Fail: one-sided Wilcoxon signed rank, Holm-corrected over the metrics, {}, and a Hodges-Lehmann slowdown above {:.0} %. Pass: {:.0} % ruled out with p < {} by every metric.",
            looks.join(", "),
            100.0 * rule.tolerated,
            100.0 * rule.ruled_out,
            rule.pass_below
        ),
        "Both sides ran at once on the same CPUs, in turns, with the same visitors; intervals are of 95 %.".into(),
    ]
}

/// A step that is no slower is not told, there are many; but where they are all that was asked for, each is.
fn told(metric: &Judged, what: &Plan) -> bool {
    let only_steps = what.metrics.iter().all(|m| *m == Metric::Steps);
    only_steps || metric.role == Role::Judged || metric.outcome == GateOutcome::Fail
}

fn nothing(name: &str) -> Finding {
    Finding {
        name: name.to_owned(),
        outcome: GateOutcome::Invalid,
        found: "nothing".into(),
        limit: String::new(),
        detail: "no pair was judged".into(),
        value: None,
        detectable: None,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Interval;

    use super::*;

    fn slower(name: &str, share: f64) -> Finding {
        Finding {
            name: name.into(),
            outcome: GateOutcome::Fail,
            value: Some(Interval { estimate: share, low: share, high: share }),
            ..nothing("")
        }
    }

    #[test]
    fn a_red_answer_names_the_page_or_says_that_it_cannot() {
        let plan = Plan { metrics: vec![Metric::Cpu] };
        let mut red = answer(&Measured::default(), &GateRule::default(), &plan, 0);
        assert_eq!((red.outcome, red.findings.len()), (GateOutcome::Invalid, 1));
        red.outcome = GateOutcome::Fail;
        let found = [slower("CPU of php", 0.3), slower("page of product", 0.114), slower("page of cart", 0.05)];
        let told = named_in(&red, &found);
        assert!(told.ends_with("Most of all the page of product got slower, by 11 %."), "{told}");
        assert!(named_in(&red, &found[..1]).ends_with("No single page could be named."));
        red.outcome = GateOutcome::Pass;
        assert_eq!(named_in(&red, &found), red.sentence, "nothing is named where nothing got worse");
    }

    #[test]
    fn a_gate_that_was_broken_off_says_nothing_of_the_candidate() {
        let plan = Plan { metrics: vec![Metric::Cpu] };
        let mut measured = Measured::default();
        measured.broken_off(&plan, Some(&crate::exit::Failure::Interrupted));
        let told = answer(&measured, &GateRule::default(), &plan, 0);
        assert_eq!(told.outcome, GateOutcome::Invalid);
        assert!(told.sentence.contains("broken off after 0 pairs (interrupted)"), "{}", told.sentence);
    }
}
