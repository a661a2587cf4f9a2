//! What faults and deployments did to the users, as tables with what a row cannot hold.

use redline_model::RunReport;
use serde::Serialize;

use super::table::Table;
use crate::{agreement_words::agreement, deployment_words, failure_words, overload_words};

/// One part of the page.
#[derive(Debug, Serialize)]
pub(super) struct Disturbances {
    id: &'static str,
    title: &'static str,
    table: Table,
    remarks: Vec<String>,
}

/// Those that there are.
pub(super) fn disturbances(report: &RunReport) -> Vec<Disturbances> {
    let mut all = Vec::new();
    if !report.failures.is_empty() {
        let rows = report.failures.iter().map(failure_words::row).collect();
        let remarks = failure_words::all_remarks(&report.failures).into_iter().chain(agreement(report));
        let remarks = failure_words::single_points(report).into_iter().chain(remarks);
        all.push(Disturbances {
            id: "failures",
            title: "Failure behaviour",
            table: Table::of_figures("Each fault, against the same visitors without it", &failure_words::HEAD, rows),
            remarks: remarks.chain(failure_words::all_orders(report)).chain(failure_words::limits(report)).collect(),
        });
    }
    if !report.deployments.is_empty() {
        let rows = report.deployments.iter().map(deployment_words::row).collect();
        let remarks = report.deployments.iter().flat_map(deployment_words::remarks);
        all.push(Disturbances {
            id: "deployments",
            title: "Deployments",
            table: Table::of_figures(
                "Each deployment, against the same visitors without it",
                &deployment_words::HEAD,
                rows,
            ),
            remarks: remarks.chain(deployment_words::all_orders(report)).collect(),
        });
    }
    if !report.overloads.is_empty() {
        let rows = report.overloads.iter().map(overload_words::row).collect();
        let remarks = report.overloads.iter().flat_map(overload_words::remarks);
        all.push(Disturbances {
            id: "overloads",
            title: "Overload",
            table: Table::of_figures(
                "More than can be served for some seconds, then the load before",
                &overload_words::HEAD,
                rows,
            ),
            remarks: remarks.chain(overload_words::all_orders(report)).collect(),
        });
    }
    all
}
