//! Interventions: the stack is kept saturated while one resource after the other is made scarcer and given
//! back in turns. What the throughput does then is the proof that utilisation cannot give.

use std::time::Duration;

use redline_analysis::disturbed;
use redline_model::{InterventionPeriod, Mono, Purpose, Seconds, TrialClass, TrialSpec};

use crate::{driver::Driver, exit::Failure, live::Live, site::Lever};

/// As found and changed in turns, each turn beginning with what the last one ended with: a drift of the
/// machine takes from both alike.
const TURNS: [Level; 8] = {
    use Level::{AsFound, Changed};
    [AsFound, Changed, Changed, AsFound, AsFound, Changed, Changed, AsFound]
};
/// One turn; workers report in whole seconds.
const TURN: Duration = Duration::from_secs(3);
/// After a change the queues take this long to become those of the new state.
const SETTLES: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    AsFound,
    Changed,
}

/// One lever's trial.
pub(crate) struct Experiment {
    /// Whose resource it was.
    pub(crate) component: String,
    /// Which.
    pub(crate) resource: &'static str,
    /// What was done.
    pub(crate) done: String,
    /// The trial's number.
    pub(crate) trial: u32,
    /// When the resource was how scarce; empty where the trial was not fit or the lever failed.
    pub(crate) periods: Vec<InterventionPeriod>,
    /// Why there is nothing to conclude from.
    pub(crate) failed: Option<String>,
}

/// What all levers together take, where none is pulled twice.
pub(crate) fn expected_time(levers: usize) -> Seconds {
    let one = TURN.as_secs_f64() * TURNS.len() as f64 + 6.0;
    Seconds(one * levers as f64)
}

/// Pulls every lever of the site, each in a trial of its own like `driven`, the last one that saturated it. On a noisy
/// machine four pairs do not tell: then the lever of which least is known is pulled once more, `repeats` times at most.
pub(crate) async fn all(
    driver: &mut Driver<'_>,
    driven: &TrialSpec,
    repeats: u32,
    live: &Live,
    into: &mut Vec<Experiment>,
) -> Result<(), Failure> {
    for lever in driver.levers() {
        live.phase(&format!("intervention: is it the {} of {}?", lever.resource(), lever.component()));
        into.push(pulled(driver, driven, lever, live).await?);
    }
    for _ in 0..repeats {
        let Some((component, resource)) = driver.least_known(into) else { break };
        let of = |lever: &Lever| lever.component() == component && lever.resource() == resource;
        let Some(lever) = driver.levers().into_iter().find(of) else { break };
        live.longer(expected_time(1));
        live.phase(&format!("intervention: once more the {resource} of {component}"));
        live.say(&format!("  the {resource} of {component}: too noisy to tell, so once more"));
        into.push(pulled(driver, driven, lever, live).await?);
    }
    Ok(())
}

async fn pulled(
    driver: &mut Driver<'_>,
    driven: &TrialSpec,
    mut lever: Lever,
    live: &Live,
) -> Result<Experiment, Failure> {
    let experiment = one(driver, driven, &mut lever).await;
    // Whatever became of the trial, nothing stays scarce.
    let released = lever.release().await;
    let experiment = experiment?;
    released?;
    live.say(&match &experiment.failed {
        Some(why) => format!("  the {} of {}: {why}", experiment.resource, experiment.component),
        None => format!("  the {} of {}: {}", experiment.resource, experiment.component, experiment.done),
    });
    Ok(experiment)
}

async fn one(driver: &mut Driver<'_>, driven: &TrialSpec, lever: &mut Lever) -> Result<Experiment, Failure> {
    let hold = Seconds((TURN * TURNS.len() as u32).as_secs_f64());
    let spec = TrialSpec { purpose: Purpose::Intervene, hold, ..*driven };
    let (component, resource, done) = (lever.component().to_owned(), lever.resource(), lever.done());
    let first = Duration::from_secs_f64(spec.settle.0);
    let (result, periods) = driver.trial_beside(spec, |start| in_turns(lever, start.plus(first))).await?;
    // A disturbance goes on in all turns alike, and what it does to single ones is in the noise of the pairs.
    let unfit = result.class == TrialClass::GeneratorLimited && !disturbed(&result.checks);
    let (periods, failed) = match periods {
        _ if unfit => (Vec::new(), Some(result.reasons.join(" "))),
        Some(Ok(periods)) => (periods, None),
        Some(Err(error)) => (Vec::new(), Some(error.to_string())),
        None => (Vec::new(), Some("the trial ended before its last turn".to_owned())),
    };
    Ok(Experiment { component, resource, done, trial: result.number, periods, failed })
}

/// Pulls and releases the lever from `start` on; gives when it was how.
async fn in_turns(lever: &mut Lever, start: Mono) -> Result<Vec<InterventionPeriod>, Failure> {
    let mut periods: Vec<InterventionPeriod> = Vec::new();
    let mut level = Level::AsFound;
    let mut pulled_since = 0;
    for (turn, wanted) in (0..).zip(TURNS) {
        let (begins, ends) = (start.plus(TURN * turn), start.plus(TURN * (turn + 1)));
        until(begins).await;
        let mut from = begins;
        if wanted != level {
            match wanted {
                Level::Changed => {
                    lever.pull().await?;
                    pulled_since = periods.len();
                }
                Level::AsFound => {
                    let left = lever.release().await?;
                    periods.iter_mut().skip(pulled_since).for_each(|p| p.factor = left);
                }
            }
            level = wanted;
            from = begins.plus(SETTLES).max(whole_second(start, Mono::now()));
        }
        if from < ends {
            periods.push(InterventionPeriod { from, to: ends, factor: 1.0 });
        }
    }
    until(start.plus(TURN * TURNS.len() as u32)).await;
    Ok(periods)
}

/// The first whole second after `start` that is not before `moment`.
fn whole_second(start: Mono, moment: Mono) -> Mono {
    let passed = moment.since(start).as_secs_f64().ceil();
    start.plus(Duration::from_secs_f64(passed))
}

async fn until(moment: Mono) {
    tokio::time::sleep(moment.since(Mono::now())).await;
}
