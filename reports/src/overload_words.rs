//! What is said of an overload, wherever it is said.

use redline_model::{Behaviour, OrderBooks, OverloadReport, RunReport, Seconds};

use crate::{
    failure_words::{classes, load, told_orders},
    figure::count,
};

/// What the columns of [`row`] are.
pub(crate) const HEAD: [&str; 10] = [
    "overload",
    "offered",
    "then back to",
    "goodput",
    "of its peak",
    "called",
    "SLO holds after (backlog)",
    "failed",
    "slow",
    "in flight",
];

/// The orders of all overloads together.
pub(crate) fn all_orders(report: &RunReport) -> Option<String> {
    report.overloads.iter().filter_map(|o| o.orders).reduce(OrderBooks::plus).map(|books| told_orders(&books))
}

/// One overload in one line, as it is told while the run goes on.
#[must_use]
pub fn overload_line(made: &OverloadReport) -> String {
    format!(
        "{} at {}: goodput {} steps ({} of its peak), {}; the SLO holds again after {}",
        name(made),
        made.offered,
        made.goodput,
        share(made),
        called(made),
        again(made)
    )
}

/// One overload in a row of [`HEAD`].
pub(crate) fn row(made: &OverloadReport) -> Vec<String> {
    vec![
        name(made),
        made.offered.to_string(),
        load(made.around, made.of_sustainable),
        format!("{} steps", made.goodput),
        share(made),
        called(made).to_owned(),
        again(made),
        count(made.outcomes.errors()),
        count(made.slow),
        count(made.most_in_flight),
    ]
}

/// The same with the protection that was on.
pub(crate) fn protected_row(protection: &str, made: &OverloadReport) -> Vec<String> {
    std::iter::once(protection.to_owned()).chain(row(made)).collect()
}

/// What a row cannot hold.
pub(crate) fn remarks(made: &OverloadReport) -> Vec<String> {
    let mut all = Vec::new();
    let name = name(made);
    if made.outcomes.errors() > 0 {
        all.push(format!("{name}: failed by {}.", classes(&made.outcomes)));
    }
    if let Some(why) = &made.generator_limited {
        all.push(format!("{name}: {why}; what the server would have done with more is not known."));
    }
    if made.slo_again_after.is_none() {
        all.push(format!(
            "{name}: the SLO did not hold again within {}, at a load that the stack had carried before.",
            made.watched
        ));
    }
    all.extend(made.broken.iter().map(|why| format!("{name}: the stack was not whole afterwards: {why}")));
    all.extend(made.orders.filter(|books| !books.balanced()).map(|books| format!("{name}: {}", told_orders(&books))));
    all.extend(made.caveats.iter().map(|caveat| format!("{name}: {caveat}")));
    all
}

/// `overload 2 ×`.
fn name(made: &OverloadReport) -> String {
    format!("{} × for {}", made.times, Seconds(made.ended.0 - made.began.0))
}

fn share(made: &OverloadReport) -> String {
    if made.peak.0 > 0.0 { format!("{:.0} %", 100.0 * made.goodput.0 / made.peak.0) } else { "–".into() }
}

fn called(made: &OverloadReport) -> &'static str {
    match made.behaviour {
        Some(Behaviour::Graceful) => "graceful",
        Some(Behaviour::Degraded) => "degraded",
        Some(Behaviour::Collapse) => "collapsed",
        Some(Behaviour::Unclear) => "unclear",
        None if made.generator_limited.is_some() => "generator-limited",
        None if made.goodput.0 > made.peak.0 => "no overload",
        None => "–",
    }
}

fn again(made: &OverloadReport) -> String {
    let predicted = made.predicted.map_or(String::new(), |p| format!(" ({p})"));
    match made.slo_again_after {
        Some(after) => format!("{after}{predicted}"),
        None => format!("not within {}{predicted}", made.watched),
    }
}
