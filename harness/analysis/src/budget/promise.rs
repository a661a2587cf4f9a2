//! Limits on response times and errors at the load that stands for a run.

use redline_model::{
    GateOutcome, Interval, LatencySummary, OutcomeCounts, Purpose, RunReport, SloLimit, SloOutcome, StepSummary,
    TrialClass, TrialResult,
};

use super::{
    judge::Said,
    limit::{Figure, Limit},
    windows::windows,
};
use crate::interval::wilson;

/// The trial that stands for a run: the load that was held, else the one at which the SLO was confirmed.
pub(super) fn stands_for(run: &RunReport) -> Option<&TrialResult> {
    let held = |t: &&TrialResult| matches!(t.spec.purpose, Purpose::Hold | Purpose::Control);
    let confirmed = |t: &&TrialResult| t.spec.purpose == Purpose::ConfirmHolds && t.class == TrialClass::Pass;
    run.trials.iter().rfind(held).or_else(|| run.trials.iter().rfind(confirmed))
}

pub(super) fn promise(limit: &Limit, run: &RunReport) -> Result<Said, String> {
    let trial = stands_for(run).ok_or("no load was held and none was confirmed to keep the SLO")?;
    let at = format!("trial {} at {} sessions", trial.number, trial.offered);
    if trial.class == TrialClass::GeneratorLimited {
        return Ok(Said::invalid(format!("{at} is not valid: {}", trial.reasons.join("; "))));
    }
    if let Some(length) = limit.over {
        return windows(limit, length, run, trial);
    }
    if let Some(judged) = trial.slo.iter().find(|outcome| is_about(limit, outcome)) {
        return by_share(judged, &at);
    }
    let step = step(limit, trial)?;
    match limit.figure {
        Figure::Latency(quantile) => {
            let summary = step.map_or(&trial.response, |s| &s.response);
            Ok(between_percentiles(quantile, limit.bound, summary, &at))
        }
        _ => {
            let mut all = OutcomeCounts::default();
            match step {
                Some(step) => all.merge(&step.outcomes),
                None => trial.steps.iter().for_each(|s| all.merge(&s.outcomes)),
            }
            Ok(errors(&all, limit.bound, &at))
        }
    }
}

fn is_about(limit: &Limit, outcome: &SloOutcome) -> bool {
    let same = match (&limit.figure, outcome.term.limit) {
        (Figure::Latency(q), SloLimit::Latency { quantile, below }) => {
            (q - quantile).abs() < 1e-9 && (limit.bound - below.0).abs() < 1e-9
        }
        (Figure::Errors, SloLimit::Errors { below }) => (limit.bound - below.0).abs() < 1e-12,
        _ => false,
    };
    same && outcome.term.step == limit.step
}

fn step<'a>(limit: &Limit, trial: &'a TrialResult) -> Result<Option<&'a StepSummary>, String> {
    let Some(name) = &limit.step else { return Ok(None) };
    let found = trial.steps.iter().find(|s| s.step == *name);
    found.map(Some).ok_or_else(|| {
        let there: Vec<&str> = trial.steps.iter().map(|s| s.step.as_str()).collect();
        format!("no visitor made the step `{name}`; there are {}", there.join(", "))
    })
}

/// The share that was slow or failed, against the share that may, with the interval that the trial gives it.
fn by_share(judged: &SloOutcome, at: &str) -> Result<Said, String> {
    if judged.count == 0 {
        return Err("no step that it is about was made".into());
    }
    let allowed = judged.term.allowed();
    let value = Interval { estimate: judged.bad.0, low: judged.low.0, high: judged.high.0 };
    let outcome = match value {
        v if v.high <= allowed.0 => GateOutcome::Pass,
        v if v.low > allowed.0 => GateOutcome::Fail,
        _ => GateOutcome::Inconclusive,
    };
    let what = match judged.term.limit {
        SloLimit::Latency { below, .. } => format!("took longer than {below}"),
        SloLimit::Errors { .. } => "failed".to_owned(),
    };
    Ok(Said {
        outcome,
        found: format!("{} ({} to {}) {what}", judged.bad, judged.low, judged.high),
        detail: format!("{allowed} may; {at}, {} steps", judged.count),
        value: Some(value),
    })
}

/// A percentile of which the run kept no share: its neighbours among those that were kept bracket it.
fn between_percentiles(quantile: f64, bound: f64, of: &LatencySummary, at: &str) -> Said {
    let kept = [(0.5, of.p50), (0.75, of.p75), (0.9, of.p90), (0.95, of.p95), (0.99, of.p99), (0.999, of.p999)];
    let below = kept.iter().rev().find(|(q, _)| *q < quantile - 1e-9).map_or(0.0, |(_, v)| v.0);
    let above = kept.iter().find(|(q, _)| *q > quantile + 1e-9).map_or(of.max.0, |(_, v)| v.0);
    let exact = kept.iter().find(|(q, _)| (*q - quantile).abs() < 1e-9).map(|(_, v)| v.0);
    let estimate = exact.unwrap_or(below);
    let value = Interval { estimate, low: below, high: above };
    let ms = |seconds: f64| redline_model::Seconds(seconds).to_string();
    let found = format!("{} (between {} and {})", ms(estimate), ms(below), ms(above));
    let how = "the run was not made for this limit, so its neighbouring percentiles stand for its interval";
    Said::below(value, bound, found, format!("{at}, {} steps; {how}", of.count))
}

fn errors(of: &OutcomeCounts, bound: f64, at: &str) -> Said {
    let n = of.total();
    let share = if n == 0 { 0.0 } else { of.errors() as f64 / n as f64 };
    let (low, high) = wilson(share, n as f64);
    let value = Interval { estimate: share, low, high };
    let percent = |s: f64| format!("{:.3} %", 100.0 * s);
    let found = format!("{} ({} to {}) failed", percent(share), percent(low), percent(high));
    Said::below(value, bound, found, format!("{at}: {} of {n} steps, taken as independent", of.errors()))
}
