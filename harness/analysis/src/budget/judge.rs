//! What a run says of one limit. A figure is compared with its whole interval: a limit is kept where all of the interval
//! keeps it, broken where none of it does, and where the interval holds the bound it cannot be told.

use redline_model::{Baseline, Finding, GateOutcome, Interval, RunReport, VerdictKind};

use super::{
    baseline::against,
    capacity::capacity,
    cost::cost,
    failures::{downtime, lost_service, orders, outage},
    limit::{Against, Figure, Limit},
    promise::promise,
};

/// A run in which nothing was measured that the limit is about: the limit or the choice of the run is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limit `{limit}` matches nothing in the run {run}: {why}")]
pub struct Unmatched {
    /// The limit.
    pub limit: String,
    /// The run.
    pub run: String,
    /// What is missing.
    pub why: String,
}

/// What was found of one limit.
pub(super) struct Said {
    pub(super) outcome: GateOutcome,
    pub(super) found: String,
    pub(super) detail: String,
    pub(super) value: Option<Interval>,
}

impl Said {
    /// Where the run cannot be trusted to say it.
    pub(super) fn invalid(why: impl Into<String>) -> Self {
        Self { outcome: GateOutcome::Invalid, found: "not valid".into(), detail: why.into(), value: None }
    }

    /// By where all of `value` lies; `below` keeps the limit.
    pub(super) fn below(value: Interval, bound: f64, found: String, detail: impl Into<String>) -> Self {
        let outcome = match value {
            v if v.high < bound => GateOutcome::Pass,
            v if v.low >= bound => GateOutcome::Fail,
            _ => GateOutcome::Inconclusive,
        };
        Self { outcome, found, detail: detail.into(), value: Some(value) }
    }
}

/// What `run` says of `limit`, with the baseline that limits relative to one are held against.
///
/// # Errors
/// Where the run is valid and has nothing that the limit is about.
pub fn judge_budget(limit: &Limit, run: &RunReport, baseline: Option<&Baseline>) -> Result<Finding, Unmatched> {
    let said =
        said(limit, run, baseline).map_err(|why| Unmatched { limit: limit.text.clone(), run: run.run.clone(), why })?;
    Ok(Finding {
        name: limit.text.clone(),
        outcome: said.outcome,
        found: said.found,
        limit: limit.text.clone(),
        detail: said.detail,
        value: said.value,
        detectable: None,
        place: None,
    })
}

fn said(limit: &Limit, run: &RunReport, baseline: Option<&Baseline>) -> Result<Said, String> {
    if let Some(why) = &run.interrupted {
        return Ok(Said::invalid(format!("the run was ended early: {why}")));
    }
    if run.verdict.kind == VerdictKind::Invalid {
        return Ok(Said::invalid(run.verdict.sentence.clone()));
    }
    match &limit.figure {
        Figure::Latency(_) | Figure::Errors => promise(limit, run),
        Figure::Capacity(load, _) if limit.against == Against::Baseline => against(*load, limit.bound, run, baseline),
        Figure::Capacity(load, unit) => capacity(*load, *unit, limit.bound, run),
        Figure::CpuPerSession | Figure::CpuPerRequest => cost(limit, run),
        Figure::Outage(fault) => outage(fault, limit.bound, run),
        Figure::LostService(fault) => lost_service(fault, limit.bound, run),
        Figure::Downtime(deploy) => downtime(*deploy, limit.bound, run),
        Figure::OrdersLost => orders(run, "lost", |books| books.lost),
        Figure::OrdersDuplicated => orders(run, "there twice", |books| books.duplicated),
    }
}

/// `38.5 (37.9 to 39.2)`, three significant digits.
pub(super) fn told(value: &Interval) -> String {
    format!("{} ({} to {})", number(value.estimate), number(value.low), number(value.high))
}

pub(super) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}
