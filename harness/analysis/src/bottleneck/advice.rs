//! What follows from a conviction: one sentence with its expected gain.

use redline_model::{Bottleneck, BottleneckStatus, Interval, Intervention};

use super::{
    convict::{is_cpu, on, ruled_out},
    step::over_the_rules_step,
};

/// The gain is told for so much more, or for what was measured if that is less.
const MORE: f64 = 1.25;

/// The advice; absent where nothing was convicted.
///
/// A gain is X′ ÷ X = r^e (the elasticity's definition) with e between 0 and 1, for no larger a change r than
/// was measured in the other direction: a limit that does not bind at 0.8 of its size leaves room for 1.25.
pub(super) fn advice(found: &Bottleneck, interventions: &[Intervention]) -> Option<String> {
    let convicted = on(found, interventions)?;
    match found.status {
        BottleneckStatus::Confirmed => Some(single(found, convicted, interventions)),
        BottleneckStatus::Joint => Some(joint(found, convicted, interventions)),
        BottleneckStatus::Suspected | BottleneckStatus::Unknown => None,
    }
}

fn single(found: &Bottleneck, convicted: &Intervention, all: &[Intervention]) -> String {
    let more = reach(convicted.factor);
    let others: Vec<String> = all
        .iter()
        .filter(|i| !std::ptr::eq(*i, convicted) && ruled_out(i))
        .map(|i| format!("{} {}", larger(i), gained(gain(i, reach(i.factor)))))
        .collect();
    let others = if others.is_empty() { String::new() } else { format!("; {}", others.join(", ")) };
    format!(
        "{} {}: {} is worth about {} throughput{others}; {}.",
        found.component,
        bound(&found.resource),
        amount(convicted, more),
        gained(gain(convicted, more)),
        measured(convicted)
    )
}

fn joint(found: &Bottleneck, convicted: &Intervention, all: &[Intervention]) -> String {
    let with: Vec<String> = all
        .iter()
        .filter(|i| !std::ptr::eq(*i, convicted) && !ruled_out(i))
        .map(|i| format!("{} of {}", i.resource, i.component))
        .collect();
    format!(
        "{} {} together with {}: more of one alone gains little or nothing, raise them together; {}.",
        found.component,
        bound(&found.resource),
        with.join(" and "),
        measured(convicted)
    )
}

/// How much more may be told of, after a change by `factor`.
fn reach(factor: f64) -> f64 {
    factor.max(1.0 / factor).min(MORE)
}

/// Throughput gained by `more` of the resource, as a share, with its interval.
fn gain(i: &Intervention, more: f64) -> Interval {
    let at = |e: f64| more.powf(e.clamp(0.0, 1.0)) - 1.0;
    let e = over_the_rules_step(i);
    Interval { estimate: at(e.estimate), low: at(e.low), high: at(e.high) }
}

fn gained(g: Interval) -> String {
    let percent = |share: f64| (100.0 * share).round();
    match (percent(g.low), percent(g.estimate), percent(g.high)) {
        (0.0, 0.0, 0.0) => "0 %".into(),
        (low, estimate, high) => format!("+{estimate:.0} % ({low:.0} to {high:.0} %)"),
    }
}

fn bound(resource: &str) -> String {
    if is_cpu(resource) { "is CPU-bound".into() } else { format!("is limited by its {}", resource.replace('-', " ")) }
}

fn amount(i: &Intervention, more: f64) -> String {
    let percent = (100.0 * (more - 1.0)).round();
    if is_cpu(&i.resource) {
        format!("{percent:.0} % more CPU")
    } else {
        format!("a {} {percent:.0} % larger", words(i))
    }
}

fn larger(i: &Intervention) -> String {
    if is_cpu(&i.resource) { "more CPU".into() } else { format!("a bigger {}", words(i)) }
}

fn words(i: &Intervention) -> String {
    i.resource.replace('-', " ")
}

fn measured(i: &Intervention) -> String {
    let percent = (100.0 * (i.factor - 1.0).abs()).round();
    let what = if i.factor < 1.0 { "taking away" } else { "adding" };
    let x = i.throughput;
    format!(
        "measured was {what} {percent:.0} %, which made the throughput × {:.2} ({:.2} to {:.2})",
        x.estimate, x.low, x.high
    )
}
