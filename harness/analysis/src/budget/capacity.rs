//! Limits on the two capacities.

use redline_model::{GateOutcome, RunReport, VerdictKind};

use super::{
    judge::{Said, told},
    limit::{Load, LoadUnit},
};

pub(super) fn capacity(load: Load, unit: LoadUnit, bound: f64, run: &RunReport) -> Result<Said, String> {
    let (verdict, name) = (
        &run.verdict,
        match load {
            Load::Sustainable => "sustainable load",
            Load::Saturation => "saturation throughput",
        },
    );
    let found = match load {
        Load::Sustainable => verdict.sustainable,
        Load::Saturation => verdict.saturation,
    };
    let Some(found) = found else {
        return match verdict.kind {
            VerdictKind::Held => Err("it held a load; a capacity needs a search".into()),
            // The stack was searched and has no such figure: that is no pass, and no figure to be broken either.
            _ => Ok(Said::invalid(format!("the run gives no {name}: {}", verdict.sentence))),
        };
    };
    let (value, word) = match unit {
        LoadUnit::Sessions => (found.sessions_per_second, "sessions/s"),
        LoadUnit::Requests => (found.requests_per_second, "requests/s"),
        LoadUnit::Orders => (found.orders_per_second, "orders/s"),
        LoadUnit::Shoppers => (found.shoppers, "shoppers"),
    };
    let bounded = verdict.kind == VerdictKind::AtLeast;
    let outcome = match value {
        v if v.low > bound => GateOutcome::Pass,
        // Of "at least X" nothing is known above X.
        v if v.high <= bound && !bounded => GateOutcome::Fail,
        _ => GateOutcome::Inconclusive,
    };
    let (least, why) = if bounded { ("at least ", "; more could not be measured") } else { ("", "") };
    Ok(Said {
        outcome,
        found: format!("{least}{} {word}", told(&value)),
        detail: format!("the {name} with its 95 % interval{why}"),
        value: Some(value),
    })
}
