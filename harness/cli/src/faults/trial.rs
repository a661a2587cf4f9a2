//! One trial with a fault in it, watched until visitors are served again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redline_analysis::{OUTAGE_ENDS, find_outage};
use redline_model::{
    Deploy, DeployWindow, FaultWindow, LoadModel, Mono, Purpose, Rate, Seconds, Share, Slo, Stage, StepTrace, Tick,
    Trace, TrialResult, TrialSpec,
};

use super::{FaultScript, Manners, Pace, PlannedFault};
use crate::{
    driver::{Driver, Going, Load},
    exit::Failure,
    interrupt::Interrupt,
    plan::RunPlan,
    site::Breaker,
};

/// A stack that has not recovered gets half the load for so long, and then the whole again.
const HALVED: Seconds = Seconds(10.0);
const WHOLE_AGAIN: Seconds = Seconds(12.0);

/// How the visitors come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visitors {
    pub(crate) offered: Rate,
    pub(crate) first_session: u64,
}

/// How long it lasts, and what the load is meanwhile, times the one around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disturbance {
    pub(crate) lasts: Seconds,
    pub(crate) factor: f64,
}

/// A trial in which something was done to the site.
pub(crate) struct Disturbed<W> {
    pub(crate) result: TrialResult,
    /// What was seen of it, or why it was not to be had.
    pub(crate) window: Result<W, Failure>,
    /// Up to here the load was the one that was asked for.
    pub(crate) until: Mono,
    /// The share of good steps once the load had been halved and was whole again; absent where it was not halved.
    pub(crate) after_half: Option<Share>,
}

/// When something was done to the site, and since when it should be well again.
#[derive(Debug, Clone, Copy)]
struct Seen {
    began: Mono,
    over: Option<Over>,
}

/// How it ended.
#[derive(Debug, Clone, Copy)]
enum Over {
    /// It has been well since then.
    Since(Mono),
    /// It does not become well.
    Never,
}

/// What is known so far of what is being done to the site.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Option<Seen>>>);

impl Notes {
    /// It began then.
    pub(crate) fn began(&self, began: Mono) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { began, over: None });
    }
    /// It is over since then.
    pub(crate) fn over(&self, at: Mono) {
        if let Some(seen) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            seen.over = Some(Over::Since(at));
        }
    }
    /// It could not be done, or not be undone: there is nothing to wait for.
    fn given_up(&self) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let began = seen.map_or_else(Mono::now, |seen| seen.began);
        *seen = Some(Seen { began, over: Some(Over::Never) });
    }
    fn seen(&self) -> Option<Seen> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same visitors, and nothing breaks.
pub(crate) async fn control(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    visitors: Visitors,
) -> Result<TrialResult, Failure> {
    let length = script.pace.control(script.longest());
    let (spec, load) = load(driver.plan(), script.manners, visitors, Purpose::Control, &[(1.0, length)]);
    driver.make(spec, load).await
}

/// Does something to the site while the load goes on: `act` is told when the trial begins, and notes what it does.
pub(crate) async fn disturbed<W, F>(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    disturbance: Disturbance,
    visitors: Visitors,
    needed: Share,
    act: impl FnOnce(Mono, Notes) -> F,
) -> Result<Disturbed<W>, Failure>
where
    F: Future<Output = Result<W, Failure>>,
{
    let (before, lasts) = (script.pace.before, disturbance.lasts);
    let asked_for = before + lasts + script.watch;
    // Where one looks for less than a minute, no longer afterwards either.
    let (halved, whole) = (Seconds(HALVED.0.min(script.watch.0)), Seconds(WHOLE_AGAIN.0.min(script.watch.0)));
    let watched = (1.0, script.watch);
    let pieces = [(1.0, before), (disturbance.factor, lasts), watched, (0.5, halved), (1.0, whole)];
    let (spec, load) = load(driver.plan(), script.manners, visitors, Purpose::Fault, &pieces);
    let notes = Notes::default();
    let patience = patience(&driver.plan().slo);
    let length = script.watch.to_duration();
    let mut watch = Watch { steps: Vec::new(), notes: notes.clone(), needed, patience, length };
    let (result, window) = driver.trial_until(spec, load, |start| act(start, notes), |tick| watch.going(tick)).await?;
    let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
    let steps = raw.steps();
    let start = raw.start();
    let until = start.plus(Seconds(result.spec.hold.0.min(asked_for.0)).to_duration());
    // The last half of it is judged: the sessions of the halved time are gone by then.
    let judged = start.plus((asked_for + halved + Seconds(whole.0 / 2.0)).to_duration());
    let after_half = share_good(&steps, judged);
    let late = || Err(anyhow::anyhow!("the load ended before what was done to the site was over").into());
    Ok(Disturbed { result, window: window.unwrap_or_else(late), until, after_half })
}

/// Breaks it after the quiet time, and mends it once the fault has lasted, or at once when the user wants to end: then
/// the orders can be counted. Gives also why it was not mended, where it was not.
pub(crate) async fn break_and_mend(
    start: Mono,
    notes: Notes,
    pace: Pace,
    planned: &PlannedFault,
    breaker: &Breaker,
    mut interrupt: Interrupt,
) -> Result<(FaultWindow, Option<String>), Failure> {
    tokio::select! {
        () = quiet_time(start, pace) => {}
        () = interrupt.wait() => return Err(Failure::Interrupted),
    }
    let broken = breaker.inject(&planned.fault).await.inspect_err(|_| notes.given_up())?;
    let window = broken.window().clone();
    notes.began(window.injected);
    tokio::select! {
        () = sleep_until(window.injected.plus(planned.lasts.to_duration())) => {}
        () = interrupt.wait() => {}
    }
    let lifted = window.lifted.or_else(|| Some(Mono::now()));
    match broken.clear().await {
        Ok(window) => {
            if let Some(cleared) = window.cleared {
                notes.over(cleared);
            }
            Ok((window, None))
        }
        Err(why) => {
            notes.given_up();
            Ok((FaultWindow { lifted, ..window }, Some(why.to_string())))
        }
    }
}

/// Only watches the clock: the schedule has the overload in it. Gives when it began and ended.
pub(crate) async fn overload(start: Mono, notes: Notes, pace: Pace, lasts: Seconds) -> Result<(Mono, Mono), Failure> {
    let began = start.plus(pace.before.to_duration());
    let ended = began.plus(lasts.to_duration());
    sleep_until(ended).await;
    notes.began(began);
    notes.over(ended);
    Ok((began, ended))
}

/// Brings a new version after the quiet time.
pub(crate) async fn deploy(
    start: Mono,
    notes: Notes,
    pace: Pace,
    how: Deploy,
    version: &str,
    breaker: &Breaker,
) -> Result<DeployWindow, Failure> {
    quiet_time(start, pace).await;
    notes.began(Mono::now());
    let window = breaker.deploy(how, version).await?;
    notes.over(window.done);
    Ok(window)
}

async fn quiet_time(start: Mono, pace: Pace) {
    sleep_until(start.plus(pace.before.to_duration())).await;
}

fn load(
    plan: &RunPlan,
    manners: Manners,
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
        retries: manners.retries,
        patience: manners.patience,
        trace: Trace::Steps,
        first_session: Some(visitors.first_session),
        ..Load::of(plan)
    };
    (spec, load)
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
    notes: Notes,
    needed: Share,
    patience: Duration,
    /// So long after the end of what was done it is given up.
    length: Duration,
}

impl Watch {
    fn going(&mut self, tick: &Tick) -> Going {
        self.steps.extend(tick.trace.iter().cloned());
        let (began, cleared) = match self.notes.seen() {
            None | Some(Seen { over: None, .. }) => return Going::On,
            Some(Seen { over: Some(Over::Never), .. }) => return Going::Stop,
            Some(Seen { began, over: Some(Over::Since(cleared)) }) => (began, cleared),
        };
        let spare = self.patience + Duration::from_secs(1);
        if tick.to < cleared.plus(OUTAGE_ENDS + spare) {
            return Going::On;
        }
        let watched = Mono(tick.to.0.saturating_sub(u64::try_from(spare.as_nanos()).unwrap_or(0)));
        let outage = find_outage(&self.steps, began, None, watched, self.needed);
        // What ended in the halved time shows nothing yet of the whole load.
        match outage {
            None => Going::Stop,
            Some(outage) if outage.ends.is_some_and(|ends| ends < cleared.plus(self.length)) => Going::Stop,
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
