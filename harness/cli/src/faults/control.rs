//! A trial without a disturbance, as its steps were.

use redline_analysis::{Ending, LoadShares, Watched};
use redline_model::{Mono, Rate, Share, StepTrace};

use super::{
    At, FaultScript,
    trial::{self, Visitors},
};
use crate::{conclude::Measured, driver::Driver, exit::Failure, live::Live};

/// See the module.
pub(super) struct Control {
    number: u32,
    start: Mono,
    until: Mono,
    pub(super) steps: Vec<StepTrace>,
    pub(super) visitors: Visitors,
    /// How fast the machine was meanwhile.
    pub(super) machine_speed: Option<f64>,
}

impl Control {
    /// Makes it.
    pub(super) async fn make(
        driver: &mut Driver<'_>,
        script: &FaultScript,
        offered: Rate,
        live: &Live,
    ) -> Result<Self, Failure> {
        live.phase(&format!("control: the same visitors at {offered} without a fault"));
        let visitors = Visitors { offered, first_session: driver.next_session() };
        let result = trial::control(driver, script, visitors).await?;
        let Some(raw) = driver.last() else { return Err(anyhow::anyhow!("a trial left nothing behind").into()) };
        let (start, steps) = (raw.start(), raw.steps());
        let until = start.plus(result.spec.hold.to_duration());
        Ok(Self { number: result.number, start, until, steps, visitors, machine_speed: result.machine_speed })
    }
    /// Its steps.
    pub(super) fn watched(&self) -> Watched<'_> {
        Watched { trial: self.number, start: self.start, until: self.until, steps: &self.steps }
    }
}

/// How heavy a load is, in sessions per second and as shares of what was found.
pub(super) fn shares(at: At, measured: &Measured) -> Result<LoadShares, Failure> {
    let outcome = measured.outcome.as_ref();
    let rate = |interval: Option<redline_model::Interval>| interval.map(|i| i.estimate);
    let sustainable = rate(outcome.and_then(|o| o.sustainable));
    let saturation = rate(outcome.and_then(|o| o.saturation));
    // A lower bound is something to offer a share of, and the share says nothing.
    let known = !is_bounded(measured);
    let share = |of: Option<f64>, offered: f64| of.filter(|of| known && *of > 0.0).map(|of| Share(offered / of));
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

/// Whether only a lower bound of the capacity is known.
pub(super) fn is_bounded(measured: &Measured) -> bool {
    measured.outcome.as_ref().is_some_and(|outcome| matches!(outcome.ending, Ending::AtLeast(_)))
}
