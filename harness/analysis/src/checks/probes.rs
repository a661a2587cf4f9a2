//! Did the probes read all the time, and at the time that they say?

use std::collections::{BTreeMap, BTreeSet};

use redline_model::{Check, Mono, Purpose, Sample, Seconds, Share, TrialResult};

use crate::interval::mean;

/// So much of the window must be covered by each component's readings, and no more than so much beyond it.
const COVERED: f64 = 0.9;
/// Lags that are looked for, in seconds. One second is the phase between the probe's seconds and the trial's.
const LAGS: std::ops::RangeInclusive<usize> = 2..=6;
/// By so much another lag must fit better than none to be believed.
const BETTER: f64 = 0.3;
/// And so well must it fit: on a busy stack single seconds vary by themselves.
const CLEAR: f64 = 0.8;
/// A component with less CPU than this, in cores, does not tell when the load was on.
const LEAST_CPU: f64 = 0.02;

/// What the probes' readings are laid against.
pub(crate) struct Probed<'a> {
    /// The samples of the run.
    pub(crate) samples: &'a [Sample],
    /// When the trial began.
    pub(crate) start: Mono,
    /// When the measured window began and ended.
    pub(crate) window: (Mono, Mono),
    /// Responses in each second since the trial began, the drain included.
    pub(crate) responses: &'a [f64],
}

/// Both checks of the probes. Advice: they say nothing about a capacity, but about what it is put down to.
pub(crate) fn probes(trial: &TrialResult, probed: &Probed) -> Vec<Check> {
    if trial.spec.purpose == Purpose::Calibration {
        return Vec::new();
    }
    [coverage(probed), lag(probed)].into_iter().map(|c| c.of_trial(trial.number)).collect()
}

/// Every component that is probed in the run was read all through the window, by the run's clock.
fn coverage(probed: &Probed) -> Check {
    const NAME: &str = "probe-coverage";
    let limit = format!("{} to {} of the window", Share(COVERED), Share(2.0 - COVERED));
    let (from, to) = probed.window;
    let length = to.since(from).as_secs_f64();
    let names: BTreeSet<(&str, &str)> = probed.samples.iter().map(name).collect();
    if names.is_empty() || length < 5.0 {
        return Check::not_available(NAME, limit, "Nothing was probed, or the window is too short to tell.");
    }
    let covered = |of: (&str, &str)| -> f64 {
        let inside = probed.samples.iter().filter(|s| name(s) == of && from < s.at && s.at <= to);
        inside.map(|s| s.span.0).sum::<f64>() / length
    };
    let shares = names.iter().map(|n| (covered(*n), *n));
    let off = |share: f64| (share - 1.0).abs();
    let worst = shares.max_by(|a, b| off(a.0).total_cmp(&off(b.0))).unwrap_or((0.0, ("", "")));
    // One reading may lie on either edge.
    let allowed = (1.0 - COVERED).max(1.1 / length);
    Check::new(
        NAME,
        off(worst.0) <= allowed,
        format!("{} of {}", Share(worst.0), worst.1.1),
        limit,
        "A probe was silent in part of the window, or its clock is not that of the run, so its figures are of another time.",
    )
}

/// Each component's CPU follows the responses without delay: no shift of some seconds fits much better.
fn lag(probed: &Probed) -> Check {
    const NAME: &str = "probe-lag";
    const LIMIT: &str = "below 2 s";
    let mut cpu: BTreeMap<(&str, &str), BTreeMap<usize, f64>> = BTreeMap::new();
    for sample in probed.samples {
        let since = Seconds::from(sample.at.since(probed.start)).0 - 0.5 * sample.span.0;
        if let Some(used) = sample.cpu.filter(|_| since >= 0.0 && (since as usize) < probed.responses.len()) {
            cpu.entry(name(sample)).or_default().insert(since as usize, used.used.0 / sample.span.0.max(1e-9));
        }
    }
    let lagging = |series: &BTreeMap<usize, f64>| {
        let now = fit(series, probed.responses, 0)?;
        let shifted = LAGS.filter_map(|k| Some((fit(series, probed.responses, k)?, k)));
        shifted.filter(|(c, _)| *c > CLEAR && *c > now + BETTER).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let told: Vec<_> =
        cpu.iter().filter(|(_, s)| mean(&s.values().copied().collect::<Vec<_>>()) >= LEAST_CPU).collect();
    if told.is_empty() || probed.responses.len() < 2 * LAGS.end() {
        return Check::not_available(NAME, LIMIT, "No component's CPU was read for long enough.");
    }
    let worst = told.iter().find_map(|(name, series)| lagging(series).map(|(_, k)| (name.1, k)));
    let value = worst.map_or_else(|| "none seen".to_owned(), |(name, k)| format!("{k} s at {name}"));
    Check::new(
        NAME,
        worst.is_none(),
        value,
        LIMIT,
        "A component's CPU follows the load with a delay, so its readings are of an earlier time than they say.",
    )
}

fn name(sample: &Sample) -> (&str, &str) {
    (&sample.server, &sample.component)
}

/// Correlation of a component's CPU with the responses `k` seconds before; none came before the trial.
fn fit(cpu: &BTreeMap<usize, f64>, responses: &[f64], k: usize) -> Option<f64> {
    let before = |second: usize| second.checked_sub(k).map_or(0.0, |s| responses[s]);
    let (x, y): (Vec<f64>, Vec<f64>) = cpu.iter().map(|(second, used)| (before(*second), *used)).unzip();
    let (mx, my) = (mean(&x), mean(&y));
    let sum = |a: &[f64], ma: f64, b: &[f64], mb: f64| a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>();
    let (xx, yy) = (sum(&x, mx, &x, mx), sum(&y, my, &y, my));
    (xx > 0.0 && yy > 0.0).then(|| sum(&x, mx, &y, my) / (xx * yy).sqrt())
}
