//! Limits on what faults and deployments do to visitors and their orders.

use redline_model::{Deploy, Fault, GateOutcome, Interval, OrderBooks, Outage, RunReport, Seconds};

use super::judge::Said;

/// Two standard errors, nearly.
const Z: f64 = 1.96;

/// What every one of these figures has in common.
const ONCE: &str = "seen once; another time may differ by more than its resolution";

/// The worst of the fault's outages against the bound, in seconds.
pub(super) fn outage(fault: &Fault, bound: f64, run: &RunReport) -> Result<Said, String> {
    worst(fault, run, |report| match report.outage {
        Outage::None => {
            let none = Interval::default();
            Said::below(none, bound, "no outage".into(), ONCE)
        }
        Outage::Ended { length, resolution } => {
            let half = resolution.0;
            let value = Interval { estimate: length.0, low: (length.0 - half).max(0.0), high: length.0 + half };
            Said::below(value, bound, format!("{length} ± {resolution}"), ONCE)
        }
        Outage::NotEnded { at_least } => Said {
            outcome: if at_least.0 >= bound { GateOutcome::Fail } else { GateOutcome::Inconclusive },
            found: format!("{at_least} and no end seen"),
            detail: "the trial ended before the outage did".into(),
            value: None,
        },
        Outage::Unclear { bad } => Said {
            outcome: GateOutcome::Inconclusive,
            found: format!("unclear, with {bad} of the time bad"),
            detail: "too little of it was bad to tell it from what is bad anyway; see the run's remarks".into(),
            value: None,
        },
    })
}

/// The worst of the fault's lost service against the bound, in seconds.
pub(super) fn lost_service(fault: &Fault, bound: f64, run: &RunReport) -> Result<Said, String> {
    worst(fault, run, |report| {
        let (lost, half) = (report.lost_service.0, Z * report.lost_service_error.0);
        let value = Interval { estimate: lost, low: lost - half, high: lost + half };
        Said::below(value, bound, format!("{lost:.2} s ± {half:.2}"), ONCE)
    })
}

fn worst(fault: &Fault, run: &RunReport, said: impl Fn(&redline_model::FailureReport) -> Said) -> Result<Said, String> {
    let weight = |outcome: GateOutcome| GateOutcome::of_all([GateOutcome::Pass, outcome]);
    let of: Vec<Said> = run
        .failures
        .iter()
        .filter(|report| report.fault == *fault)
        .map(|report| {
            let mut said = said(report);
            said.detail = format!("at {} sessions: {}", report.offered, said.detail);
            if let Some(broken) = &report.broken {
                said = Said::invalid(format!("the stack was not whole again afterwards: {broken}"));
            }
            said
        })
        .collect();
    let unavailable =
        || run.verdict.caveats.iter().find(|c| c.starts_with(&format!("The fault `{fault}` is not available")));
    of.into_iter()
        .reduce(|a, b| if GateOutcome::of_all([weight(a.outcome), b.outcome]) == a.outcome { a } else { b })
        .or_else(|| unavailable().map(Said::invalid))
        .ok_or_else(|| format!("the fault `{fault}` was not injected"))
}

/// The worst of the deployment's downtimes against the bound, in seconds.
pub(super) fn downtime(deploy: Deploy, bound: f64, run: &RunReport) -> Result<Said, String> {
    let of = run.deployments.iter().filter(|report| report.deploy == deploy);
    let worst = of.max_by(|a, b| a.downtime.0.total_cmp(&b.downtime.0));
    let report = worst.ok_or_else(|| format!("nothing was deployed by {deploy}"))?;
    let Seconds(seconds) = report.downtime;
    let value = Interval { estimate: seconds, low: seconds, high: seconds };
    Ok(Said::below(value, bound, report.downtime.to_string(), format!("at {} sessions: seen once", report.offered)))
}

/// No order may be what `wrong` counts.
pub(super) fn orders(run: &RunReport, what: &str, wrong: fn(&OrderBooks) -> u64) -> Result<Said, String> {
    let kept = run.failures.iter().map(|f| f.orders).chain(run.deployments.iter().map(|d| d.orders));
    let all: Vec<Option<OrderBooks>> = kept.collect();
    if all.is_empty() {
        return Err("orders are counted where something is broken or deployed, and nothing was".into());
    }
    let books = all.iter().flatten().fold(OrderBooks::default(), |sum, books| sum.plus(*books));
    let n = wrong(&books);
    let missing = all.iter().filter(|books| books.is_none()).count();
    let (outcome, detail) = match books {
        _ if n > 0 => (GateOutcome::Fail, format!("of {} acknowledged", books.acknowledged)),
        _ if missing > 0 => (GateOutcome::Inconclusive, format!("the books of {missing} trials could not be read")),
        OrderBooks { acknowledged: 0, .. } => return Ok(Said::invalid("no order was acknowledged")),
        _ => {
            let most = 100.0 * 3.0 / books.acknowledged as f64;
            (
                GateOutcome::Pass,
                format!("of {} acknowledged: at most {most:.2} % of all, with 95 % confidence", books.acknowledged),
            )
        }
    };
    let n = n as f64;
    Ok(Said { outcome, found: format!("{n} {what}"), detail, value: Some(Interval { estimate: n, low: n, high: n }) })
}
