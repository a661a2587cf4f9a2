//! The trials that a browser visits: of their own, after everything that is measured.
//!
//! The browser shares the generator's CPUs. Beside a trial that decides something it would be a disturbance; here
//! nothing is concluded but what it saw itself.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use redline_model::{BrowsedAt, BrowsedLoad, BrowserReport, BrowserVisit, Mono, Purpose, Rate, Seconds, TrialSpec};

use super::{
    chromium::{Chromium, program},
    error::BrowserError,
    shopper::{Pictures, visit},
};
use crate::{
    driver::{Driver, Going},
    exit::Failure,
    live::Live,
};

/// Visits at each load: one tells what may happen, three whether it does again.
const VISITS: u32 = 3;
/// The load goes on for so long before the browser comes.
const SETTLE: Seconds = Seconds(3.0);
/// A trial is over when its visits are, and after this time whatever they do.
const LONGEST: Seconds = Seconds(40.0);
/// What one load usually takes: three visits and the time around them.
const USUAL: Seconds = Seconds(15.0);

/// About how long the visits take at so many loads.
pub(crate) fn expected_time(loads: usize) -> Seconds {
    Seconds(USUAL.0 * loads as f64 + 3.0)
}

/// Why there will be no visit, where that is known before anything starts.
pub(crate) fn absent() -> Option<String> {
    program().is_none().then(|| BrowserError::Absent.to_string())
}

/// The load as it is held while a browser visits.
pub(crate) fn at(offered: Rate) -> TrialSpec {
    TrialSpec { purpose: Purpose::Browse, offered, settle: SETTLE, hold: LONGEST, cap: None }
}

/// The same with further arrivals turned away, as the trial `driven` had it.
pub(crate) fn like(driven: &TrialSpec) -> TrialSpec {
    TrialSpec { cap: driven.cap, ..at(driven.offered) }
}

/// Visits the site at each load. What cannot be had is in the report; only an interruption or a broken generator is
/// a failure. What was seen so far is in `report` whatever happens.
pub(crate) async fn visits(
    driver: &mut Driver<'_>,
    loads: &[(BrowsedAt, TrialSpec)],
    live: &Live,
    report: &mut BrowserReport,
) -> Result<(), Failure> {
    live.phase("starting a browser");
    let mut chromium = match Chromium::start(driver.target()).await {
        Ok(chromium) => chromium,
        Err(why) => {
            live.say(&format!("  no browser: {why}"));
            report.missing.push(format!("No browser visited: {why}."));
            return Ok(());
        }
    };
    report.browser = Some(chromium.version.clone());
    report.names = chromium.names.clone();
    live.say(&format!("  {}: {}", chromium.version, chromium.names));
    let mut made = Ok(());
    for (at, spec) in loads {
        live.phase(&format!("a browser visits at {} sessions", spec.offered));
        made = at_load(driver, &mut chromium, *at, *spec, live, report).await;
        if made.is_err() {
            break;
        }
    }
    chromium.end().await;
    made
}

async fn at_load(
    driver: &mut Driver<'_>,
    chromium: &mut Chromium,
    at: BrowsedAt,
    spec: TrialSpec,
    live: &Live,
    report: &mut BrowserReport,
) -> Result<(), Failure> {
    let (seen, over) = (RefCell::new(Vec::new()), Cell::new(false));
    let base = driver.target().base_url.clone();
    let load = driver.constant(&spec);
    let (seen_by, over_by, base) = (&seen, &over, &base);
    let beside = move |start: Mono| async move {
        tokio::time::sleep(start.plus(SETTLE.to_duration()).since(Mono::now())).await;
        let ended = shop(chromium, base, seen_by).await;
        over_by.set(true);
        ended
    };
    let going = |_: &_| if over.get() { Going::Stop } else { Going::On };
    let (result, ended) = driver.trial_until(spec, load, beside, going).await?;
    let visits = seen.into_inner();
    live.say(&told(&visits));
    if let Some(Err(why)) = &ended {
        report.missing.push(format!("At {} sessions the browser's visits ended early: {why}.", spec.offered));
    } else if (visits.len() as u32) < VISITS {
        let n = visits.len();
        report
            .missing
            .push(format!("At {} sessions only {n} of {VISITS} visits were over in {LONGEST}.", spec.offered));
    }
    report.loads.push(BrowsedLoad {
        at,
        trial: result.number,
        offered: spec.offered,
        lag_p99: result.generator.lag_p99,
        generator_cpu: result.generator.cpu,
        visits,
    });
    Ok(())
}

async fn shop(chromium: &mut Chromium, base: &str, seen: &RefCell<Vec<BrowserVisit>>) -> Result<(), BrowserError> {
    for number in 0..VISITS {
        let pictures = if number == 0 { Pictures::Kept } else { Pictures::LeftOut };
        let visit = visit(&mut chromium.tools, base, number, pictures).await?;
        seen.borrow_mut().push(visit);
    }
    Ok(())
}

/// One line for the terminal.
fn told(visits: &[BrowserVisit]) -> String {
    let ordered = visits.iter().filter(|visit| visit.ended.is_none()).count();
    let mut loaded: Vec<Duration> =
        visits.iter().flat_map(|v| &v.pages).filter_map(|p| p.loaded).map(Seconds::to_duration).collect();
    loaded.sort_unstable();
    match loaded.get(loaded.len() / 2) {
        Some(median) => format!(
            "  {} visits, {ordered} to the order; the median of {} pages was loaded after {}",
            visits.len(),
            loaded.len(),
            Seconds::from(*median)
        ),
        None => "  no page was seen".to_owned(),
    }
}
