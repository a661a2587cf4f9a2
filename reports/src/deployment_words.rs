//! What is said of a deployment, wherever it is said.

use redline_model::{DeployReport, OrderBooks, RunReport, Seconds};

use crate::{
    failure_words::{classes, load, lost, outage, told_orders},
    figure::count,
};

/// What the columns of [`row`] are.
pub(crate) const HEAD: [&str; 10] =
    ["deployment", "load", "took", "downtime", "outage", "failed", "slow", "longest", "all new after", "saw both"];

/// The orders of all deployments together.
pub(crate) fn all_orders(report: &RunReport) -> Option<String> {
    report.deployments.iter().filter_map(|d| d.orders).reduce(OrderBooks::plus).map(|books| told_orders(&books))
}

/// One deployment in one line, as it is told while the run goes on.
#[must_use]
pub fn deployment_line(made: &DeployReport) -> String {
    format!(
        "{} at {}: downtime {}, {} failed ({}), {} slow, longest {}",
        made.deploy,
        made.offered,
        made.downtime,
        count(made.outcomes.errors()),
        classes(&made.outcomes),
        count(made.slow),
        made.longest
    )
}

/// One deployment in a row of [`HEAD`].
pub(crate) fn row(made: &DeployReport) -> Vec<String> {
    let code = |value: Option<String>| value.unwrap_or_else(|| "the code stays".into());
    vec![
        made.deploy.to_string(),
        load(made.offered, made.of_sustainable),
        Seconds(made.done.0 - made.asked.0).to_string(),
        made.downtime.to_string(),
        outage(made.outage),
        count(made.outcomes.errors()),
        count(made.slow),
        made.longest.to_string(),
        code(made.all_new_after.map(|after| after.to_string())),
        made.mixed_sessions.map_or("–".into(), count),
    ]
}

/// What a row cannot hold.
pub(crate) fn remarks(made: &DeployReport) -> Vec<String> {
    let mut all = Vec::new();
    let name = format!("{} at {}", made.deploy, made.offered);
    all.push(format!("{name}: {}.", made.evidence));
    if made.outcomes.errors() > 0 {
        let lost = lost(made.lost_service, made.lost_service_error);
        all.push(format!("{name}: failed by {}; {lost} of service were lost.", classes(&made.outcomes)));
    }
    all.extend(made.broken.iter().map(|why| format!("{name}: the stack was not whole afterwards: {why}")));
    all.extend(made.orders.filter(|books| !books.balanced()).map(|books| format!("{name}: {}", told_orders(&books))));
    all.extend(made.caveats.iter().map(|caveat| format!("{name}: {caveat}")));
    all
}
