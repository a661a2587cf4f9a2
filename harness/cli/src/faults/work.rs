//! All faults of a script, one after the other, each at each load.

use redline_analysis::{
    DeployInput, FailureInput, LoadShares, Precision, SearchPlan, Watched, measure_deployment, measure_failure,
    needed_share, reconcile,
};
use redline_model::{
    Check, CheckStatus, Deploy, DeployReport, FailureReport, FaultWindow, Mono, OrderBooks, Rate, Seconds, Share,
    StepTrace, TrialResult,
};

use super::{
    At, FaultScript, PlannedFault,
    trial::{self, BEFORE, Disturbed, Visitors},
};
use crate::{conclude::Measured, driver::Driver, exit::Failure, live::Live, measure, site::Breaker};

/// What a fault takes besides its own length when all goes well.
const AROUND: Seconds = Seconds(8.0 + 12.0);
/// What a deployment takes itself, about.
const DEPLOYING: Seconds = Seconds(4.0);

/// About how long the whole takes, where everything recovers.
pub(crate) fn expected_time(script: &FaultScript) -> Seconds {
    let faults: f64 = script.faults.iter().map(|f| f.lasts.0 + AROUND.0).sum();
    let faults = faults + script.deploys.len() as f64 * (AROUND.0 + DEPLOYING.0);
    let control = BEFORE.0 + script.longest().0 + 15.0;
    let search = if script.needs_capacity() { SearchPlan::new(Precision::Quick).expected_time().0 } else { 0.0 };
    Seconds(search + script.loads.len() as f64 * (faults + control))
}

/// A trial without a fault, as its steps were.
struct Control {
    number: u32,
    start: Mono,
    until: Mono,
    steps: Vec<StepTrace>,
    visitors: Visitors,
}

impl Control {
    fn watched(&self) -> Watched<'_> {
        Watched { trial: self.number, start: self.start, until: self.until, steps: &self.steps }
    }
}

/// Measures the capacity where a load depends on it, then breaks everything that the script says. What was
/// measured so far is in `measured` whatever happens.
pub(crate) async fn all(
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
    if script.needs_capacity() {
        let plan = SearchPlan::new(Precision::Quick);
        let (outcome, _) = measure::search(driver, plan, measured.ceiling, live).await?;
        measured.outcome = Some(outcome);
    }
    for at in &script.loads {
        let load = shares(*at, measured)?;
        let control = control(driver, script, load.offered, live).await?;
        for planned in &script.faults {
            if let Some(why) = breaker.refuses(&planned.fault).await {
                live.say(&format!("  {} is not available here: {why}", planned.fault));
                measured.not_available.push((planned.fault.clone(), why));
                continue;
            }
            live.phase(&format!("fault: {} for {} at {}", planned.fault, planned.lasts, load.offered));
            let report = one(driver, script, planned, load, &control, &breaker).await?;
            live.say(&format!("  {}", redline_reports::failure_line(&report)));
            let broken = report.broken.clone();
            if let Some(board) = live.board() {
                board.failure(&report);
            }
            measured.failures.push(report);
            whole_or_end(broken, &planned.fault.to_string())?;
        }
        for how in &script.deploys {
            live.phase(&format!("deployment: {how} at {}", load.offered));
            let version = format!("2.{}", measured.deployments.len());
            let report = deployment(driver, script, *how, &version, load, &control, &breaker).await?;
            live.say(&format!("  {}", redline_reports::deployment_line(&report)));
            let broken = report.broken.clone();
            if let Some(board) = live.board() {
                board.deployment(&report);
            }
            measured.deployments.push(report);
            whole_or_end(broken, how.as_str())?;
        }
    }
    Ok(())
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

/// How heavy a load is, in sessions per second and as shares of what was found.
fn shares(at: At, measured: &Measured) -> Result<LoadShares, Failure> {
    let outcome = measured.outcome.as_ref();
    let rate = |interval: Option<redline_model::Interval>| interval.map(|i| i.estimate);
    let sustainable = rate(outcome.and_then(|o| o.sustainable));
    let saturation = rate(outcome.and_then(|o| o.saturation));
    let share = |of: Option<f64>, offered: f64| of.filter(|of| *of > 0.0).map(|of| Share(offered / of));
    let offered = match at {
        At::Rate(rate) => rate.0,
        At::Sustainable(wanted) => match sustainable {
            Some(sustainable) => sustainable * wanted.0,
            None => {
                return Err(Failure::environment(
                    "no sustainable load was found, so that no share of it can be offered; give a rate: --at 20/s",
                ));
            }
        },
    };
    Ok(LoadShares {
        offered: Rate(offered),
        of_sustainable: share(sustainable, offered),
        of_saturation: share(saturation, offered),
    })
}

async fn control(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    offered: Rate,
    live: &Live,
) -> Result<Control, Failure> {
    live.phase(&format!("control: the same visitors at {offered} without a fault"));
    let visitors = Visitors { offered, first_session: driver.next_session() };
    let result = trial::control(driver, script.manners, script.longest(), visitors).await?;
    let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
    let (start, steps) = (raw.start(), raw.steps());
    let until = start.plus(result.spec.hold.to_duration());
    Ok(Control { number: result.number, start, until, steps, visitors })
}

async fn one(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    planned: &PlannedFault,
    load: LoadShares,
    control: &Control,
    breaker: &Breaker,
) -> Result<FailureReport, Failure> {
    let needed = needed_share(&control.steps);
    let act = |start, notes| trial::break_and_mend(start, notes, planned, breaker);
    let made = trial::disturbed(driver, script.manners, planned.lasts, control.visitors, needed, act).await?;
    let (broken, orders) = aftermath(driver, breaker).await?;
    let window = made.window.as_ref().map_err(|e| Failure::environment(format!("`{}`: {e}", planned.fault)))?;
    let mut report = report(driver, planned, load, control, &made, window, orders)?;
    report.recovery.after_half = made.after_half;
    report.broken = broken;
    report.caveats.extend(unfit(&made.result));
    Ok(report)
}

fn report(
    driver: &Driver<'_>,
    planned: &PlannedFault,
    load: LoadShares,
    control: &Control,
    made: &Disturbed<FaultWindow>,
    window: &FaultWindow,
    orders: Option<OrderBooks>,
) -> Result<FailureReport, Failure> {
    let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
    let steps = raw.steps();
    Ok(measure_failure(&FailureInput {
        fault: &planned.fault,
        window,
        load,
        faulted: Watched { trial: made.result.number, start: raw.start(), until: made.until, steps: &steps },
        control: control.watched(),
        requests: &raw.outcomes(),
        orders,
    }))
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
    let act = |start, notes| trial::deploy(start, notes, how, version, breaker);
    let made = trial::disturbed(driver, script.manners, DEPLOYING, control.visitors, needed, act).await?;
    let (broken, orders) = aftermath(driver, breaker).await?;
    let window = made.window.as_ref().map_err(|e| Failure::environment(format!("`{how}`: {e}")))?;
    let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
    let steps = raw.steps();
    let mut report = measure_deployment(&DeployInput {
        deploy: how,
        window,
        load,
        deployed: Watched { trial: made.result.number, start: raw.start(), until: made.until, steps: &steps },
        control: control.watched(),
        requests: &raw.outcomes(),
        orders,
    });
    report.broken = broken;
    report.caveats.extend(unfit(&made.result));
    Ok(report)
}

/// Why the stack is not whole, where it is not; else what became of the last trial's orders.
async fn aftermath(driver: &Driver<'_>, breaker: &Breaker) -> Result<(Option<String>, Option<OrderBooks>), Failure> {
    match breaker.whole_again().await {
        Ok(()) => Ok((None, Some(orders(driver).await?))),
        Err(why) => Ok((Some(why.to_string()), None)),
    }
}

/// The last trial's orders against what the site has now.
async fn orders(driver: &Driver<'_>) -> Result<OrderBooks, Failure> {
    let told = driver.last().map(crate::driver::Raw::orders).unwrap_or_default();
    let site = driver.site_orders().await?;
    Ok(reconcile(&told, &site.entries.unwrap_or_default(), site.oversold))
}

/// Checks of the generator and the machine that the trial failed: its figures are to be read with that in mind.
fn unfit(trial: &TrialResult) -> Vec<String> {
    let failed = trial.checks.iter().filter(|check| check.status == CheckStatus::Failed && check.check != "access-log");
    // What Docker does to end and start a container is no work of ours, and is meant.
    let meant = |check: &str| if check == "host-others" { "; Docker's own work for the fault is in it" } else { "" };
    let told =
        |check: &Check| format!("{}: {} (allowed: {}{}).", check.check, check.value, check.limit, meant(&check.check));
    failed.map(told).collect()
}
