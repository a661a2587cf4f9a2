//! How hard the contenders are driven in a slice: all of them alike.

use redline_analysis::{Next, Precision, Search, SearchPlan};
use redline_model::{Purpose, Rate, Seconds, TrialClass, TrialSpec};

use crate::{driver::Driver, exit::Failure, live::Live, measure};

/// How long a slice is; whole seconds, because workers report once a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SliceLengths {
    /// Until the queues are those of the load, and the probes have their first readings.
    pub(crate) settle: Seconds,
    /// What is measured.
    pub(crate) hold: Seconds,
}

impl Default for SliceLengths {
    fn default() -> Self {
        Self { settle: Seconds(2.0), hold: Seconds(6.0) }
    }
}

/// So often it is looked for how to drive a site that the machine disturbs.
pub(crate) const ATTEMPTS: u32 = 3;

/// How a contender was driven to saturation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Driven {
    /// With what.
    pub(crate) spec: TrialSpec,
    /// What it then completed, in sessions per second.
    pub(crate) completed: Rate,
}

/// Looks for how a site is driven to saturation, as a search begins: warm-up, ramp, one slice of overdrive. Nothing
/// where it could not be driven there.
///
/// Where the machine disturbs that slice each time, what it shows of the site is used all the same: it only says how hard
/// to drive, and the slices that are driven so are judged one by one.
pub(crate) async fn drive(driver: &mut Driver<'_>, attempts: u32, live: &Live) -> Result<Option<Driven>, Failure> {
    for _ in 1..attempts {
        let driven = drive_once(driver, live).await?;
        if driven.is_some() {
            return Ok(driven);
        }
        live.say("  not driven to saturation: once more");
    }
    drive_once(driver, live).await
}

async fn drive_once(driver: &mut Driver<'_>, live: &Live) -> Result<Option<Driven>, Failure> {
    let mut search = Search::new(SearchPlan::new(Precision::Quick), None);
    let mut disturbed = None;
    loop {
        let Next::Trial(spec) = search.next() else { return Ok(disturbed) };
        let result = measure::told(driver, spec, live).await?;
        let fit = result.class != TrialClass::GeneratorLimited;
        search.record(&result);
        // The trial after the ramp; where it turned nobody away it is made once more, harder.
        let full = result.sessions.turned_away > 0;
        if spec.purpose == Purpose::Overdrive && full {
            let driven = Driven { spec: result.spec, completed: result.completed };
            if fit {
                return Ok(Some(driven));
            }
            disturbed = Some(driven);
        }
    }
}

/// One slice that drives all contenders beyond what they carry: with the arrivals of the fastest and the most sessions in
/// flight that any of them needs. Nothing where one of them was not driven so far.
pub(crate) fn overdriven(driven: &[Option<Driven>], lengths: SliceLengths) -> Option<TrialSpec> {
    let driven: Vec<Driven> = driven.iter().copied().collect::<Option<_>>()?;
    let offered = Rate(driven.iter().map(|d| d.spec.offered.0).fold(0.0, f64::max));
    let cap = driven.iter().filter_map(|d| d.spec.cap).max()?;
    // The queue of the slowest is full after this time, and full for as long again.
    let slowest = driven.iter().map(|d| d.completed.0).fold(f64::INFINITY, f64::min);
    let fills = 2.0 * f64::from(cap) / slowest.max(0.1);
    let settle = Seconds(fills.ceil().clamp(lengths.settle.0, 6.0));
    Some(TrialSpec { purpose: Purpose::Overdrive, offered, settle, hold: lengths.hold, cap: Some(cap) })
}

/// One slice at a load that is held, for its latencies.
pub(crate) fn held(offered: Rate, lengths: SliceLengths) -> TrialSpec {
    TrialSpec { purpose: Purpose::Hold, offered, settle: lengths.settle, hold: lengths.hold, cap: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driven(completed: f64, cap: u32) -> Option<Driven> {
        let (settle, hold, offered) = (Seconds(1.0), Seconds(5.0), Rate(1.5 * completed));
        let spec = TrialSpec { purpose: Purpose::Overdrive, offered, settle, hold, cap: Some(cap) };
        Some(Driven { spec, completed: Rate(completed) })
    }

    #[test]
    fn all_are_driven_as_the_fastest_and_until_the_slowest_is_full() {
        let spec = overdriven(&[driven(50.0, 40), driven(200.0, 100)], SliceLengths::default()).unwrap();
        assert_eq!((spec.offered, spec.cap, spec.hold), (Rate(300.0), Some(100), Seconds(6.0)));
        // 100 sessions at 50 a second take 2 s to be served, twice that to be surely full.
        assert_eq!(spec.settle, Seconds(4.0));
    }

    #[test]
    fn who_cannot_be_driven_cannot_be_paired() {
        assert!(overdriven(&[driven(50.0, 40), None], SliceLengths::default()).is_none());
    }
}
