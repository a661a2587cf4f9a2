//! More than can be served for some seconds, then the load before: what becomes of the visitors.

use redline_analysis::{LoadShares, OverloadInput, OverloadTimes, Peak, Watched, measure_overload, needed_share};
use redline_model::{Mono, OverloadReport, Rate, Seconds, TrialResult};

use super::{
    FaultScript, PlannedOverload,
    aftermath::{aftermath, last, unfit},
    control::Control,
    trial::{self, Disturbance},
};
use crate::{
    conclude::Measured,
    driver::{Driver, Raw},
    exit::Failure,
    site::Breaker,
};

/// As it is written in the place of a kind of fault.
pub(super) const NAME: &str = "overload";
/// A little more, twice, and far more than can be served.
pub(super) const USUAL: [f64; 3] = [1.5, 2.0, 5.0];
/// With a generator that is busier than this, it is not known whether the server or it was late.
const MOST_CPU: f64 = 0.95;
/// Sessions that start later than this share of the strictest promise change what their visitors have of it.
const LAG_OF_PROMISE: f64 = 0.05;

/// A multiple that makes sense.
pub(super) fn times(asked: f64) -> Result<f64, String> {
    if (1.0..=20.0).contains(&asked) {
        return Ok(asked);
    }
    Err(format!("times {asked} is out of range: an overload may be from 1 to 20 times what can be served"))
}

/// Makes one and measures it.
pub(super) async fn one(
    driver: &mut Driver<'_>,
    script: &FaultScript,
    planned: PlannedOverload,
    load: LoadShares,
    control: &Control,
    measured: &Measured,
    breaker: &Breaker,
) -> Result<OverloadReport, Failure> {
    let of = base(script, load)?;
    let offered = Rate(of.0 * planned.times);
    let disturbance = Disturbance { lasts: planned.lasts, factor: offered.0 / load.offered.0 };
    let needed = needed_share(&control.steps);
    let act = |start, notes| trial::overload(start, notes, script.pace, planned.lasts);
    let made = trial::disturbed(driver, script, disturbance, control.visitors, needed, act).await?;
    let after = aftermath(driver, breaker).await?;
    let (began, ended) = made.window?;
    let raw = last(driver)?;
    let steps = raw.steps();
    let mut report = measure_overload(&OverloadInput {
        overload: OverloadTimes { times: planned.times, of, began, ended },
        around: load,
        overloaded: Watched { trial: made.result.number, start: raw.start(), until: made.until, steps: &steps },
        control: control.watched(),
        peak: script.overload_peak.or_else(|| found(measured)),
        machine_speed: control.machine_speed,
        most_in_flight: raw.ticks().iter().map(|tick| tick.sessions.in_flight).max().unwrap_or(0),
        recovery_watched: script.watch,
        generator_limited: limit(&made.result, raw, began, ended, driver.plan().slo.strictest_latency()),
        requests: &raw.outcomes(),
        orders: after.orders,
    });
    report.broken = after.broken;
    report.caveats.extend(after.remarks);
    report.caveats.extend(unfit(&made.result).into_iter().filter(|text| !told_by_the_limit(text)));
    Ok(report)
}

/// The peak that the search found.
fn found(measured: &Measured) -> Option<Peak> {
    let after = measured.outcome.as_ref()?.after_peak.as_ref()?;
    Some(Peak { goodput: after.peak, machine_speed: after.machine_speed })
}

/// What it is a multiple of: the rate that was asked for, else what the stack completes at most.
fn base(script: &FaultScript, load: LoadShares) -> Result<Rate, Failure> {
    let saturation = load.of_saturation.filter(|share| share.0 > 0.0).map(|share| Rate(load.offered.0 / share.0));
    script.overload_of.or(saturation).ok_or_else(|| {
        Failure::environment(
            "no saturation throughput was found that an overload could be a multiple of; give a rate: --of 50/s",
        )
    })
}

/// Why the generator was not fit to offer so much, by the seconds of the overload alone.
fn limit(result: &TrialResult, raw: &Raw, began: Mono, ended: Mono, promise: Seconds) -> Option<String> {
    let meanwhile = || raw.ticks().iter().filter(|tick| tick.to > began && tick.from < ended);
    let cpu: f64 = meanwhile().map(|tick| tick.generator.cpu.0).sum();
    let there: f64 =
        meanwhile().map(|tick| tick.to.since(tick.from).as_secs_f64() * f64::from(tick.generator.cpus)).sum();
    let own: u64 = meanwhile().map(|tick| tick.requests.outcomes.get(redline_model::Outcome::Generator)).sum();
    let late = meanwhile().map(|tick| tick.lag.quantile(0.99).0).fold(0.0, f64::max);
    if result.sessions.waited > 0 {
        return Some(format!(
            "{} visitors found no free slot in the generator and came later than they were meant to",
            result.sessions.waited
        ));
    }
    if own > 0 {
        return Some(format!("{own} requests failed in the generator itself (ports, files or memory)"));
    }
    if cpu > MOST_CPU * there {
        return Some(format!("the generator's own CPU was {:.0} % busy meanwhile", 100.0 * cpu / there.max(1e-9)));
    }
    if late > LAG_OF_PROMISE * promise.0 {
        return Some(format!("1 % of the visitors of a second came {} later than they were meant to", Seconds(late)));
    }
    None
}

/// The overload has rules of its own for the generator.
fn told_by_the_limit(caveat: &str) -> bool {
    ["schedule-lag", "generator-cpu", "slots"].iter().any(|check| caveat.starts_with(check))
}
