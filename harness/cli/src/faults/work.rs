//! All of a script, one thing after the other, each at each load.

use redline_analysis::{
    Evidence, LoadShares, Machine, Precision, SearchPlan, Watched, measure_deployment, measure_failure, needed_share,
};
use redline_model::{Deploy, DeployReport, FailureReport, Mono, OrderBooks, StepTrace};

use super::{
    FaultScript, Item, PlannedFault, WhenNotWhole,
    aftermath::{aftermath, last, unfit},
    control::{Control, is_bounded, shares},
    item::DEPLOYING,
    overload,
    trial::{self, Disturbance},
};
use crate::{
    conclude::Measured,
    driver::{Driver, Raw},
    exit::Failure,
    live::Live,
    measure,
    site::Breaker,
};

const BOUNDED: &str =
    "The sustainable load is not known: what broke broke at a share of the highest load that was seen to be carried.";

/// Measures the capacity where a load depends on it, then does everything that the script says. What was
/// measured so far is in `measured` whatever happens.
pub(crate) async fn all(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    live: &Live,
    measured: &mut Measured,
) -> Result<(), Failure> {
    if script.needs_capacity() {
        let plan = SearchPlan::new(Precision::Quick);
        let (outcome, _) = measure::search(driver, plan, measured.ceiling, live).await?;
        measured.outcome = Some(outcome);
    }
    part(driver, script, live, measured).await
}

/// Does everything that the script says, the capacity being known where that is needed.
pub(crate) async fn part(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    live: &Live,
    measured: &mut Measured,
) -> Result<(), Failure> {
    measured.notes.extend(script.notes.iter().cloned());
    match (each(driver, script, live, measured).await, script.when_not_whole) {
        (Ok(()), _) => Ok(()),
        (Err(Failure::Interrupted), _) => Err(Failure::Interrupted),
        (Err(failure), WhenNotWhole::EndRun) => Err(failure),
        (Err(failure), WhenNotWhole::Tell) => {
            live.say(&format!("  the failure part ends here: {failure}"));
            measured.notes.push(format!("The failure part ended early: {failure}."));
            Ok(())
        }
    }
}

async fn each(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    live: &Live,
    measured: &mut Measured,
) -> Result<(), Failure> {
    let Some(breaker) = driver.breaker() else {
        return Err(Failure::usage(
            "faults need a stack of our own; a target that somebody else runs cannot be broken",
        ));
    };
    let deadline = script.within.map(|within| Mono::now().plus(within.to_duration()));
    if script.needs_capacity() && is_bounded(measured) {
        measured.notes.push(BOUNDED.to_owned());
    }
    for at in &script.loads {
        let load = shares(*at, measured)?;
        let control = Control::make(driver, script, load.offered, live).await?;
        for item in (0..script.repeat).flat_map(|_| &script.items) {
            let ends = Mono::now().plus(item.expected(script.pace).to_duration());
            if deadline.is_some_and(|deadline| ends > deadline) {
                live.say(&format!("  {item}: left out, there is no time for it"));
                measured.left_out.push(item.to_string());
                continue;
            }
            one(driver, script, item, load, &control, &breaker, live, measured).await?;
        }
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "all that a trial depends on, handed on to one of three")]
async fn one(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    item: &Item,
    load: LoadShares,
    control: &Control,
    breaker: &Breaker,
    live: &Live,
    measured: &mut Measured,
) -> Result<(), Failure> {
    if let Item::Fault(planned) = item
        && let Some(why) = breaker.refuses(&planned.fault).await
    {
        live.say(&format!("  {} is not available here: {why}", planned.fault));
        let refused = (planned.fault.clone(), why);
        if !measured.not_available.contains(&refused) {
            measured.not_available.push(refused);
        }
        return Ok(());
    }
    live.phase(&format!("{item} at {}", load.offered));
    let (line, broken) = match item {
        Item::Fault(planned) => {
            let report = fault(driver, script, planned, load, control, breaker).await?;
            let told = (redline_reports::failure_line(&report), report.broken.clone());
            if let Some(board) = live.board() {
                board.failure(&report);
            }
            measured.failures.push(report);
            told
        }
        Item::Deploy(how) => {
            let version = format!("2.{}", measured.deployments.len());
            let report = deployment(driver, script, *how, &version, load, control, breaker).await?;
            let told = (redline_reports::deployment_line(&report), report.broken.clone());
            if let Some(board) = live.board() {
                board.deployment(&report);
            }
            measured.deployments.push(report);
            told
        }
        Item::Overload(planned) => {
            let report = overload::one(driver, script, *planned, load, control, measured, breaker).await?;
            let told = (redline_reports::overload_line(&report), report.broken.clone());
            if let Some(board) = live.board() {
                board.overload(&report);
            }
            measured.overloads.push(report);
            told
        }
    };
    live.say(&format!("  {line}"));
    whole_or_end(broken, &item.to_string())
}

/// A stack that is not whole again would only show what broke it.
fn whole_or_end(broken: Option<String>, after: &str) -> Result<(), Failure> {
    match broken {
        None => Ok(()),
        Some(why) => Err(Failure::environment(format!(
            "the stack is not whole after `{after}`, so nothing more can be measured: {why}"
        ))),
    }
}

async fn fault(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    planned: &PlannedFault,
    load: LoadShares,
    control: &Control,
    breaker: &Breaker,
) -> Result<FailureReport, Failure> {
    let needed = needed_share(&control.steps);
    let interrupt = driver.interrupt();
    let act = |start, notes| trial::break_and_mend(start, notes, script.pace, planned, breaker, interrupt);
    let disturbance = Disturbance { lasts: planned.lasts, factor: 1.0 };
    let made = trial::disturbed(driver, script, disturbance, control.visitors, needed, act).await?;
    let after = aftermath(driver, breaker).await?;
    let (window, not_mended) = made.window.map_err(|e| match e {
        Failure::Interrupted => Failure::Interrupted,
        e => Failure::environment(format!("`{}`: {e}", planned.fault)),
    })?;
    let raw = last(driver)?;
    let steps = raw.steps();
    let mut report =
        measure_failure(&planned.fault, &window, evidence(raw, &steps, made.until, load, control, after.orders));
    report.recovery.after_half = made.after_half;
    report.recovery.watched = Some(script.watch);
    report.broken = after.broken;
    report.caveats.extend(not_mended.map(|why| format!("it was not back in time: {why}.")));
    report.caveats.extend(after.remarks);
    report.caveats.extend(unfit(&made.result));
    Ok(report)
}

async fn deployment(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    how: Deploy,
    version: &str,
    load: LoadShares,
    control: &Control,
    breaker: &Breaker,
) -> Result<DeployReport, Failure> {
    let needed = needed_share(&control.steps);
    let act = |start, notes| trial::deploy(start, notes, script.pace, how, version, breaker);
    let disturbance = Disturbance { lasts: DEPLOYING, factor: 1.0 };
    let made = trial::disturbed(driver, script, disturbance, control.visitors, needed, act).await?;
    let after = aftermath(driver, breaker).await?;
    let window = made.window.map_err(|e| Failure::environment(format!("`{how}`: {e}")))?;
    let raw = last(driver)?;
    let steps = raw.steps();
    let mut report = measure_deployment(how, &window, evidence(raw, &steps, made.until, load, control, after.orders));
    report.broken = after.broken;
    report.caveats.extend(after.remarks);
    report.caveats.extend(unfit(&made.result));
    Ok(report)
}

/// What the trial and its control tell; up to `until` the load was the one that was asked for.
fn evidence<'a>(
    raw: &'a Raw,
    steps: &'a [StepTrace],
    until: Mono,
    load: LoadShares,
    control: &'a Control,
    orders: Option<OrderBooks>,
) -> Evidence<'a> {
    Evidence {
        load,
        watched: Watched { trial: raw.number(), start: raw.start(), until, steps },
        control: control.watched(),
        machine: Machine { control: control.machine_speed, ticks: raw.ticks() },
        requests: raw.outcomes(),
        orders,
    }
}
