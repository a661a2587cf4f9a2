//! One trial with a fault in it, watched until visitors are served again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redline_analysis::{OUTAGE_ENDS, RECOVERY_WATCHED, find_outage};
use redline_model::{
    FaultWindow, LoadModel, Mono, Purpose, Rate, Seconds, Share, Slo, Stage, StepTrace, Tick, Trace, TrialResult,
    TrialSpec,
};

use super::{FaultScript, PlannedFault};
use crate::{
    driver::{Driver, Going, Load},
    exit::Failure,
    plan::RunPlan,
    site::Breaker,
};

/// The load goes on for so long before anything breaks: what is lost is compared with this time.
pub(crate) const BEFORE: Seconds = Seconds(8.0);
/// A control goes on for so long after the time of the fault.
const CONTROL_AFTER: Seconds = Seconds(10.0);
/// A stack that has not recovered gets half the load for so long, and then the whole again.
const HALVED: Seconds = Seconds(10.0);
const WHOLE_AGAIN: Seconds = Seconds(12.0);
/// The end of that is judged: the sessions of the halved time are gone by then.
const JUDGED: Seconds = Seconds(6.0);

/// How the visitors come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visitors {
    pub(crate) offered: Rate,
    pub(crate) first_session: u64,
}

/// A trial with a fault.
pub(crate) struct FaultTrial {
    pub(crate) result: TrialResult,
    /// What was seen of the fault, or why it was not to be had.
    pub(crate) window: Result<FaultWindow, Failure>,
    /// Up to here the load was the one that was asked for.
    pub(crate) until: Mono,
    /// The share of good steps once the load had been halved and was whole again; absent where it was not halved.
    pub(crate) after_half: Option<Share>,
}

/// The same visitors, and nothing breaks.
pub(crate) async fn control(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    visitors: Visitors,
) -> Result<TrialResult, Failure> {
    let length = BEFORE + script.longest() + CONTROL_AFTER;
    let (spec, load) = load(driver.plan(), script, visitors, Purpose::Control, &[(1.0, length)]);
    driver.make(spec, load).await
}

/// Breaks and mends while the load goes on.
pub(crate) async fn broken(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    planned: &PlannedFault,
    visitors: Visitors,
    breaker: &Breaker,
    needed: Share,
) -> Result<FaultTrial, Failure> {
    let asked_for = BEFORE + planned.lasts + RECOVERY_WATCHED.into();
    let pieces = [(1.0, asked_for), (0.5, HALVED), (1.0, WHOLE_AGAIN)];
    let (spec, load) = load(driver.plan(), script, visitors, Purpose::Fault, &pieces);
    let seen: Arc<Mutex<Option<FaultWindow>>> = Arc::default();
    let mut watch = Watch { steps: Vec::new(), seen: seen.clone(), needed, patience: patience(&driver.plan().slo) };
    let (result, window) = driver
        .trial_until(spec, load, |start| in_turn(start, planned, breaker, seen), |tick| watch.going(tick))
        .await?;
    let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
    let steps = raw.steps();
    let start = raw.start();
    let until = start.plus(Seconds(result.spec.hold.0.min(asked_for.0)).to_duration());
    let whole_again = start.plus((asked_for + HALVED).to_duration());
    let judged = whole_again.plus((WHOLE_AGAIN - JUDGED).to_duration());
    let after_half = share_good(&steps, judged);
    let late = || Err(anyhow::anyhow!("the load ended before the fault was over").into());
    Ok(FaultTrial { result, window: window.unwrap_or_else(late), until, after_half })
}

fn load(
    plan: &RunPlan,
    script: &FaultScript,
    visitors: Visitors,
    purpose: Purpose,
    pieces: &[(f64, Seconds)],
) -> (TrialSpec, Load) {
    let stage = |(factor, length): &(f64, Seconds)| {
        let rate = Rate(visitors.offered.0 * factor);
        Stage { from: rate, to: rate, length: *length }
    };
    let hold = pieces.iter().fold(Seconds(0.0), |sum, (_, length)| sum + *length);
    let spec = TrialSpec { purpose, offered: visitors.offered, settle: Seconds(0.0), hold, cap: None };
    let load = Load {
        model: LoadModel::Open { arrivals: plan.arrivals, stages: pieces.iter().map(stage).collect() },
        retries: script.retries,
        patience: script.patience,
        trace: Trace::Steps,
        first_session: Some(visitors.first_session),
        ..Load::of(plan)
    };
    (spec, load)
}

/// Breaks it after the quiet time, and mends it once the fault has lasted.
async fn in_turn(
    start: Mono,
    planned: &PlannedFault,
    breaker: &Breaker,
    seen: Arc<Mutex<Option<FaultWindow>>>,
) -> Result<FaultWindow, Failure> {
    let note = |window: &FaultWindow| {
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(window.clone());
    };
    sleep_until(start.plus(BEFORE.to_duration())).await;
    let broken = breaker.inject(&planned.fault).await?;
    note(broken.window());
    sleep_until(broken.window().injected.plus(planned.lasts.to_duration())).await;
    let window = broken.clear().await?;
    note(&window);
    Ok(window)
}

async fn sleep_until(moment: Mono) {
    tokio::time::sleep(moment.since(Mono::now())).await;
}

/// A step that takes so long is not yet in the trace.
fn patience(slo: &Slo) -> Duration {
    slo.strictest_latency().to_duration().min(Duration::from_secs(5))
}

/// Follows a trial to see when it has shown enough.
struct Watch {
    steps: Vec<StepTrace>,
    seen: Arc<Mutex<Option<FaultWindow>>>,
    needed: Share,
    patience: Duration,
}

impl Watch {
    fn going(&mut self, tick: &Tick) -> Going {
        self.steps.extend(tick.trace.iter().cloned());
        let window = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some((window, cleared)) = window.and_then(|w| w.cleared.map(|c| (w, c))) else { return Going::On };
        let spare = self.patience + Duration::from_secs(1);
        if tick.to < cleared.plus(OUTAGE_ENDS + spare) {
            return Going::On;
        }
        let watched = Mono(tick.to.0.saturating_sub(u64::try_from(spare.as_nanos()).unwrap_or(0)));
        let outage = find_outage(&self.steps, window.injected, watched, self.needed);
        // What ended in the halved time shows nothing yet of the whole load.
        match outage {
            None => Going::Stop,
            Some(outage) if outage.ends.is_some_and(|ends| ends < cleared.plus(RECOVERY_WATCHED)) => Going::Stop,
            Some(_) => Going::On,
        }
    }
}

/// The share of good steps from `from` on; nothing where there are none.
fn share_good(steps: &[StepTrace], from: Mono) -> Option<Share> {
    let late: Vec<bool> = steps.iter().filter(|step| step.intended >= from).map(|step| step.good).collect();
    let good = late.iter().filter(|good| **good).count();
    (!late.is_empty()).then(|| Share(good as f64 / late.len() as f64))
}
