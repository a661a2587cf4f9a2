//! A capacity against that of a baseline from the same class of machine.

use redline_model::{Baseline, GateOutcome, Interval, RunReport, VerdictKind};

use super::{
    judge::{Said, number, told},
    limit::Load,
};

/// By the share of the baseline's figure. Where both have the saturation throughput adjusted for the machine's speed,
/// that is what is compared: the machine's luck at two moments is not the stack's doing.
pub(super) fn against(load: Load, share: f64, run: &RunReport, baseline: Option<&Baseline>) -> Result<Said, String> {
    let baseline = baseline.ok_or("there is no baseline; make one with `redline baseline RUN`")?;
    let class = run.fingerprint.environment.class();
    if baseline.machine_class != class {
        return Err(format!(
            "the baseline holds for another class of machine ({}), and this is {class}",
            baseline.machine_class
        ));
    }
    let verdict = &run.verdict;
    if verdict.kind == VerdictKind::Held {
        return Err("it held a load; a capacity needs a search".into());
    }
    let plain = |c: Option<redline_model::Capacity>| c.map(|c| c.requests_per_second);
    let adjusted = verdict.saturation_adjusted.map(|a| a.requests_per_second).zip(baseline.saturation_adjusted);
    let (pair, name) = match load {
        Load::Saturation if adjusted.is_some() => (adjusted, "saturation throughput, adjusted for the machine's speed"),
        Load::Saturation => (plain(verdict.saturation).zip(baseline.saturation), "saturation throughput"),
        Load::Sustainable => (plain(verdict.sustainable).zip(baseline.sustainable), "sustainable load"),
    };
    let Some((now, before)) = pair else {
        return Ok(Said::invalid(format!("the run or the baseline gives no {name}: {}", verdict.sentence)));
    };
    let value = ratio(now, before);
    let bounded = verdict.kind == VerdictKind::AtLeast;
    let outcome = match value {
        v if v.low > share => GateOutcome::Pass,
        v if v.high <= share && !bounded => GateOutcome::Fail,
        _ => GateOutcome::Inconclusive,
    };
    Ok(Said {
        outcome,
        found: format!("{} % of the baseline", told(&value.scaled(100.0))),
        detail: format!(
            "{name}: {} requests/s now, {} in {}",
            number(now.estimate),
            number(before.estimate),
            baseline.run
        ),
        value: Some(value),
    })
}

/// now ÷ before, their relative errors added in squares.
fn ratio(now: Interval, before: Interval) -> Interval {
    let estimate = now.estimate / before.estimate;
    let part = |i: Interval, end: f64| (end / i.estimate - 1.0).powi(2);
    let below = (part(now, now.low) + part(before, before.high)).sqrt();
    let above = (part(now, now.high) + part(before, before.low)).sqrt();
    Interval { estimate, low: estimate * (1.0 - below).max(0.0), high: estimate * (1.0 + above) }
}
