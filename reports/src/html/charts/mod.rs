//! The charts of the page, one a file. A chart that the run has no figures for is left out.

mod busy;
mod elasticity;
mod heat;
mod load;
mod queues;
mod seconds;
mod steps;
mod through;
mod timeline;
mod waterfall;

use redline_model::RunReport;

use super::chart::Chart;

/// All charts, in the order in which they are read.
pub(super) fn all(report: &RunReport) -> Vec<Chart> {
    let charts = [
        through::chart(report),
        load::chart(report),
        timeline::chart(report),
        heat::chart(report),
        steps::chart(report),
        busy::chart(report),
        queues::chart(report),
        elasticity::chart(report),
    ];
    charts.into_iter().flatten().chain(waterfall::charts(report)).collect()
}
