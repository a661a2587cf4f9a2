//! The measurement itself: calibrate the generator, warm up, then search for saturation or hold a load.

use redline_analysis::{Next, Search, SearchOutcome, SearchPlan, disturbed};
use redline_model::{
    JourneyOptions, LoadModel, Mono, Purpose, Rate, Seconds, ThinkScale, TrialClass, TrialResult, TrialSpec,
};

use crate::{
    driver::{Driver, Load},
    exit::Failure,
    live::Live,
    plan::{self, RunPlan},
};

/// How long the generator is measured against the trivial response.
const CALIBRATION: Seconds = Seconds(3.0);
/// What calibrating takes in all.
pub(crate) const CALIBRATION_TOTAL: Seconds = Seconds(5.0);
/// Users of the calibration: enough to keep one core busy, each with up to six connections.
const CALIBRATION_USERS: u32 = 8;
/// How often in a run a trial is made once more because the machine was disturbed: on a machine that always
/// is, the search must come to that conclusion.
const MOST_REPEATS: u32 = 4;
/// Requests of a calibrating session: about those of a shopper.
const CALIBRATION_REQUESTS: u32 = 30;

/// What the generator alone can do, and how that was found.
pub(crate) struct Calibrated {
    /// Requests per second.
    pub(crate) ceiling: Rate,
    /// The servers and components whose limits on CPU were lifted meanwhile.
    pub(crate) lifted: Vec<String>,
}

/// What the generator alone can do against the target's trivial response; absent where the target has none. Servers
/// with a part of a core have all of their CPUs meanwhile: through them it would be their part that is measured.
pub(crate) async fn calibrate(driver: &mut Driver<'_>, live: &Live) -> Result<Option<Calibrated>, Failure> {
    if !driver.can_calibrate() {
        return Ok(None);
    }
    live.phase("calibrating the generator against a trivial response");
    let made = match driver.lift_limits().await {
        Ok(lifted) => against_trivial(driver).await.map(|ceiling| Calibrated { ceiling, lifted }),
        Err(failure) => Err(failure),
    };
    // Also after an error: some may have been lifted. The first failure is the one to tell.
    let restored = driver.restore_limits().await;
    let calibrated = made?;
    restored?;
    if !calibrated.lifted.is_empty() {
        let of = calibrated.lifted.join(", ");
        live.say(&format!(
            "  generator alone: {} requests; meanwhile without the CPU limits of {of}",
            calibrated.ceiling
        ));
    }
    Ok(Some(calibrated))
}

async fn against_trivial(driver: &mut Driver<'_>) -> Result<Rate, Failure> {
    let spec = TrialSpec {
        purpose: Purpose::Calibration,
        offered: Rate(0.0),
        settle: Seconds(1.0),
        hold: CALIBRATION,
        cap: None,
    };
    let load = Load {
        scenario: "calibration",
        options: JourneyOptions { path: None, requests_per_session: Some(CALIBRATION_REQUESTS) },
        model: LoadModel::Closed { users: CALIBRATION_USERS, length: spec.settle + spec.hold },
        think: ThinkScale(0.0),
        ..Load::of(driver.plan())
    };
    Ok(driver.make(spec, load).await?.responses)
}

/// One trial, told on `live`.
pub(crate) async fn told(driver: &mut Driver<'_>, spec: TrialSpec, live: &Live) -> Result<TrialResult, Failure> {
    live.phase(&phase(&spec));
    let result = driver.trial(spec).await?;
    live.say(&found(&result));
    Ok(result)
}

/// Searches for saturation; every trial is told on `live`. Gives also the last trial that drove the stack to
/// saturation, where one did and was fit.
pub(crate) async fn search(
    driver: &mut Driver<'_>,
    plan: SearchPlan,
    ceiling: Option<Rate>,
    live: &Live,
) -> Result<(SearchOutcome, Option<TrialSpec>), Failure> {
    let (mut driven, mut repeats) = (None, 0);
    let mut search = Search::new(plan, ceiling);
    let began = Mono::now();
    loop {
        match search.next() {
            Next::Trial(spec) => {
                let mut result = told(driver, spec, live).await?;
                while disturbed(&result.checks) && repeats < MOST_REPEATS {
                    repeats += 1;
                    live.say("  the machine was busy with other things meanwhile: the same once more");
                    result = told(driver, spec, live).await?;
                }
                if result.spec.purpose == Purpose::Overdrive && result.class != TrialClass::GeneratorLimited {
                    driven = Some(result.spec);
                }
                search.record(&result);
                search.spent(Mono::now().since(began).into());
            }
            Next::Done(outcome) => return Ok((*outcome, driven)),
        }
    }
}

/// Holds the load that the user asked for.
pub(crate) async fn hold(
    driver: &mut Driver<'_>,
    run: &RunPlan,
    model: &LoadModel,
    live: &Live,
) -> Result<TrialResult, Failure> {
    live.phase("holding the load");
    let spec = TrialSpec {
        purpose: Purpose::Hold,
        offered: plan::peak(model),
        settle: Seconds(0.0),
        hold: plan::length(model),
        cap: None,
    };
    let load = Load { model: model.clone(), ..Load::of(run) };
    driver.make(spec, load).await
}

fn phase(spec: &TrialSpec) -> String {
    let what = match spec.purpose {
        Purpose::Calibration => "calibrating",
        Purpose::WarmUp => "warming up",
        Purpose::Ramp => "ramp: looking for the order of magnitude",
        Purpose::Overdrive => "overdrive: the most that is completed",
        Purpose::Intervene => "intervention: is this what limits it",
        Purpose::Overload => "overload: what becomes of the goodput",
        Purpose::Bisect => "search: the load that keeps the SLO",
        Purpose::ConfirmHolds => "confirming that the answer holds",
        Purpose::ConfirmFails => "confirming that a little more fails",
        Purpose::Hold => "holding the load",
        Purpose::Quiet => "little load: what each page takes by itself",
        Purpose::Control => "control: the same visitors without a fault",
        Purpose::Fault => "fault",
        Purpose::Browse => "a browser visits",
    };
    format!("{what}, {} sessions for {}", spec.offered, spec.settle + spec.hold)
}

fn found(result: &TrialResult) -> String {
    format!(
        "  trial {:>2}  offered {:>8} completed {:>8}  {:>8} requests  p95 {:>8}  {:?}",
        result.number,
        result.offered.to_string(),
        result.completed.to_string(),
        result.responses.to_string(),
        result.response.p95.to_string(),
        result.class
    )
}
