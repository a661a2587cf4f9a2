//! What each deployment did to the users.

use redline_model::{DeployReport, OrderBooks, RunReport, Seconds};

use super::{
    failures::{classes, load, lost, outage, told_orders},
    page::Layout,
};
use crate::figure::count;

/// The table of all deployments; nothing where none was made.
pub(super) fn section(report: &RunReport, layout: Layout) -> String {
    if report.deployments.is_empty() {
        return String::new();
    }
    let head =
        ["deployment", "load", "took", "downtime", "outage", "failed", "slow", "longest", "all new after", "saw both"];
    let rows = report.deployments.iter().map(row).collect();
    let mut lines =
        vec![layout.heading("Deployments (against the same visitors without one)"), layout.table(&head, rows)];
    for made in &report.deployments {
        lines.extend(remarks(made).iter().map(|text| layout.prose("  ", text)));
    }
    let orders = report.deployments.iter().filter_map(|d| d.orders).reduce(OrderBooks::plus);
    lines.extend(orders.map(|books| layout.prose("  ", &told_orders(&books))));
    lines.join("\n")
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

fn row(made: &DeployReport) -> Vec<String> {
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

fn remarks(made: &DeployReport) -> Vec<String> {
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
