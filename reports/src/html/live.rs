//! The page of a run that is going on: the charts of the report, which are told anew every second.

use redline_model::RunReport;
use serde::Serialize;

use super::{charts, page};
use crate::RenderError;

/// What the page says before anything was told.
#[derive(Serialize)]
struct Waiting<'a> {
    scenario: &'a str,
    topology: &'a str,
}

/// The page of a run of `scenario` on `topology`. It asks for `events` beside its own address, server-sent events:
/// `now` is an object with `phase`, `clock`, `load` and `said`, `charts` is what [`live_charts`] gives, and `end` is an
/// object with `sentence` and `saved`.
///
/// # Errors
/// Where the page cannot be written.
pub fn live_page(scenario: &str, topology: &str) -> Result<String, RenderError> {
    page::live("live.html", Waiting { scenario, topology })
}

/// The charts of a run as far as it has come, as JSON for the page.
///
/// # Errors
/// Where a figure cannot be written.
pub fn live_charts(report: &RunReport) -> Result<String, RenderError> {
    Ok(serde_json::to_string(&charts::all(report))?)
}
