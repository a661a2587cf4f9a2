//! What each step costs each component, and what that predicts.

use std::collections::BTreeSet;

use redline_model::{Demands, Prediction, PredictionCase, RunReport, Seconds, ServiceDemand};

use super::page::Layout;
use crate::figure::{figure, interval};

/// Both tables; empty where no CPU was read.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    let Some(demands) = &report.demands else { return String::new() };
    let tables = [costs(demands, layout), predictions(demands, layout)];
    let tables: Vec<String> = tables.into_iter().filter(|t| !t.is_empty()).collect();
    tables.join("\n\n")
}

fn costs(demands: &Demands, layout: Layout) -> String {
    if demands.demands.is_empty() {
        return String::new();
    }
    let known = demands.demands.iter().filter(|d| d.cpu.is_some()).count();
    if 2 * known < demands.demands.len() {
        return told_apart(demands, known, layout);
    }
    let of = |name: fn(&ServiceDemand) -> &str| demands.demands.iter().map(name).collect::<BTreeSet<&str>>();
    let (steps, components) = (of(|d| &d.step), of(|d| &d.component));
    let cell = |step: &str, component: &str| {
        let found = demands.demands.iter().find(|d| d.step == step && d.component == component);
        found.map_or_else(|| "–".into(), cost)
    };
    let row = |step: &&str| {
        std::iter::once((*step).to_owned()).chain(components.iter().map(|c| cell(step, c))).collect::<Vec<String>>()
    };
    let head: Vec<&str> = std::iter::once("CPU-ms a step").chain(components.iter().copied()).collect();
    let heading =
        layout.heading("What a step costs (± standard error; “not known” where the steps cannot be told apart)");
    let whole = demands.session.map(|s| layout.prose("  ", &format!("A session costs {} CPU-ms in all.", millis(s))));
    let parts = [Some(heading), Some(layout.table(&head, steps.iter().map(row).collect())), whole];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A table of gaps helps nobody: what is known is in the document, and the reason is told.
fn told_apart(demands: &Demands, known: usize, layout: Layout) -> String {
    let session = demands.session.map_or(String::new(), |s| format!("A session costs {} CPU-ms in all. ", millis(s)));
    let why = format!(
        "{session}What each step costs each component cannot be told apart in this run ({known} of {} known): steps mostly come together, and the machine's speed varies. A longer run (--thorough) tells more.",
        demands.demands.len()
    );
    [layout.heading("What a step costs"), layout.prose("  ", &why)].join("\n")
}

fn cost(demand: &ServiceDemand) -> String {
    match (demand.cpu, demand.error) {
        (Some(cpu), Some(error)) => format!("{} ± {}", millis(cpu), millis(error)),
        _ => "not known".into(),
    }
}

fn millis(time: Seconds) -> String {
    figure(1e3 * time.0)
}

fn predictions(demands: &Demands, layout: Layout) -> String {
    if demands.predictions.is_empty() {
        return String::new();
    }
    let head = ["predicted for", "shoppers", "cores", "sessions/s", "at most", "measured", "response", "measured"];
    let rows = demands.predictions.iter().map(prediction).collect();
    let why = "One queue for the CPU, everything else as at low load (mean value analysis); no other limit is in it, \
               and nothing beyond the measured rows was tried.";
    [layout.heading("What the service demands predict"), layout.table(&head, rows), layout.prose("  ", why)].join("\n")
}

fn prediction(p: &Prediction) -> Vec<String> {
    let case = match p.case {
        PredictionCase::AsMeasured => "the sustained load",
        PredictionCase::TwiceTheUsers => "twice the shoppers",
        PredictionCase::TwiceTheCpu => "twice the CPU",
    };
    vec![
        case.into(),
        figure(p.users),
        figure(p.cores),
        figure(p.throughput.0),
        figure(p.bound.0),
        p.measured_throughput.as_ref().map_or_else(|| "–".into(), interval),
        p.response.to_string(),
        p.measured_response.map_or_else(|| "–".into(), |r| r.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Colour;

    fn demand(step: &str, cpu: Option<f64>) -> ServiceDemand {
        let (step, component) = (step.to_owned(), "php-fpm".to_owned());
        ServiceDemand { step, component, cpu: cpu.map(Seconds), error: cpu.map(|c| Seconds(0.1 * c)), seconds: 60 }
    }

    #[test]
    fn what_is_not_known_is_said() {
        let demands = Demands {
            demands: vec![demand("home", Some(0.0125)), demand("login", None)],
            session: Some(Seconds(0.09)),
            predictions: Vec::new(),
        };
        let text = costs(&demands, Layout { width: 100, colour: Colour::Off });
        assert!(text.contains("12.5 ± 1.25") && text.contains("not known"), "{text}");
        assert!(text.contains("A session costs 90.0 CPU-ms"), "{text}");
        assert!(predictions(&demands, Layout { width: 100, colour: Colour::Off }).is_empty());
    }
}
