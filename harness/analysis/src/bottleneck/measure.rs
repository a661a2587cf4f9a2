//! What the throughput did while a resource was changed and given back, in turns.

use std::{collections::BTreeMap, time::Duration};

use redline_model::{Interval, Intervention, InterventionPeriod, Mono, Outcome, StepTick, Tick};

use crate::interval::{deviation, mean, slope, t_quantile};

/// By how much a tick may reach over a stretch's edge: workers cut their seconds with some jitter.
const JITTER: Duration = Duration::from_millis(50);
/// A factor nearer to 1 than this is the resource as it was found.
const AS_FOUND: f64 = 0.02;
/// Fewer pairs than this tell nothing about their own spread.
const LEAST_PAIRS: usize = 3;

/// Everything that was seen of one resource's change.
#[derive(Debug, Clone, Copy)]
pub struct InterventionInput<'a> {
    /// The component that the resource belongs to, or `server` for what all share.
    pub component: &'a str,
    /// The resource, in the words of [`redline_model::Bottleneck::resource`].
    pub resource: &'a str,
    /// What was done, in words with the figures.
    pub done: &'a str,
    /// The ticks of all workers, of one overdriven trial or of several.
    pub ticks: &'a [Tick],
    /// The stretches in which the resource was as found or as changed, without the seconds of changing.
    pub periods: &'a [InterventionPeriod],
    /// The work of each step relative to the others ([`super::step_weights`]); a step that is absent counts 1.
    pub weights: &'a BTreeMap<String, f64>,
}

/// One toggle: the stretch before it against the stretch after it.
#[derive(Debug, Clone, Copy)]
struct Pair {
    /// ln(throughput as changed ÷ as found).
    throughput: f64,
    /// ln(resource as changed ÷ as found).
    resource: f64,
    /// Seconds from the middle of the stretch as found to that of the stretch as changed; negative where the
    /// resource was given back.
    apart: f64,
}

/// Measures the elasticity of the throughput to one resource.
///
/// Each toggle makes one pair: the seconds just before it against those just after it; a stretch between two
/// toggles is halved, so that no second is in two pairs and the pairs are independent. Throughput is counted
/// in units of work (Σ steps completed × weight), so that the luck of the mix is no change. A drift of the
/// machine enters a pair that takes with one sign and a pair that gives back with the other, and is taken out
/// by their distance in time. The 95 % interval is Student's t over the pairs. Absent with fewer than three pairs,
/// or where a stretch completed nothing.
#[must_use]
pub fn measure_intervention(input: &InterventionInput) -> Option<Intervention> {
    let pairs: Vec<Pair> = toggles(input.periods).iter().map(|(a, b)| pair(input, a, b)).collect::<Option<_>>()?;
    if pairs.len() < LEAST_PAIRS {
        return None;
    }
    let throughput = estimate(&pairs, |p| p.throughput);
    let factor = estimate(&pairs, |p| p.resource).estimate.exp();
    Some(Intervention {
        component: input.component.to_owned(),
        resource: input.resource.to_owned(),
        done: input.done.to_owned(),
        factor,
        throughput: Interval {
            estimate: throughput.estimate.exp(),
            low: throughput.low.exp(),
            high: throughput.high.exp(),
        },
        elasticity: estimate(&pairs, |p| p.throughput / p.resource),
        pairs: pairs.len() as u32,
    })
}

/// Whether a resource was as it was found in this stretch.
pub(crate) fn is_as_found(period: &InterventionPeriod) -> bool {
    (period.factor - 1.0).abs() < AS_FOUND
}

/// For each toggle the stretch before and the stretch after it.
fn toggles(periods: &[InterventionPeriod]) -> Vec<(InterventionPeriod, InterventionPeriod)> {
    let mut sorted: Vec<InterventionPeriod> =
        periods.iter().copied().filter(|p| p.factor > 0.0 && p.from < p.to).collect();
    sorted.sort_by_key(|p| p.from);
    let toggle = |i: usize| sorted.get(i + 1).is_some_and(|next| is_as_found(&sorted[i]) != is_as_found(next));
    let between = |i: usize| i > 0 && toggle(i - 1) && toggle(i);
    (0..sorted.len())
        .filter(|i| toggle(*i))
        .map(|i| {
            let (before, after) = (sorted[i], sorted[i + 1]);
            let before = if between(i) { InterventionPeriod { from: middle(&before), ..before } } else { before };
            let after = if between(i + 1) { InterventionPeriod { to: middle(&after), ..after } } else { after };
            (before, after)
        })
        .collect()
}

fn middle(period: &InterventionPeriod) -> Mono {
    period.from.plus(period.to.since(period.from) / 2)
}

fn pair(input: &InterventionInput, before: &InterventionPeriod, after: &InterventionPeriod) -> Option<Pair> {
    let (found, changed) = if is_as_found(after) { (after, before) } else { (before, after) };
    let seconds = |at: Mono| at.since(before.from).as_secs_f64();
    let rate = |p: &InterventionPeriod| work_rate(input, p).filter(|rate| *rate > 0.0);
    Some(Pair {
        throughput: (rate(changed)? / rate(found)?).ln(),
        resource: (changed.factor / found.factor).ln(),
        apart: seconds(middle(changed)) - seconds(middle(found)),
    })
}

/// Work per second in the ticks that lie within a stretch; absent where there is none.
///
/// It is not adjusted for how fast the machine was by what a response costs the generator, as capacities are: that
/// falls where more responses come at a time, so it moves with the throughput itself, and two neighbouring stretches
/// have the same machine.
fn work_rate(input: &InterventionInput, period: &InterventionPeriod) -> Option<f64> {
    let inside = |t: &&Tick| t.from.plus(JITTER) >= period.from && t.to <= period.to.plus(JITTER);
    let work = |t: &Tick| -> f64 {
        let of = |s: &StepTick| s.outcomes.get(Outcome::Ok) as f64 * input.weights.get(&s.step).copied().unwrap_or(1.0);
        t.steps.iter().map(of).sum()
    };
    // Several workers report on the same second: their work adds up, their time does not.
    let mut seconds: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for tick in input.ticks.iter().filter(inside) {
        let second = (tick.from.0 + JITTER.as_nanos() as u64).saturating_sub(period.from.0) / 1_000_000_000;
        let (done, length) = seconds.entry(second).or_default();
        *done += work(tick);
        *length = length.max(tick.to.since(tick.from).as_secs_f64());
    }
    let (work, time) = seconds.values().fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    (time > 0.0).then(|| work / time)
}

/// The effect that the pairs tell with its 95 % interval: where some take and some give back, the intercept of
/// the least-squares line through effect against signed distance in time (a drift has no effect at distance
/// zero), else their mean. The pairs' deviation is taken with what drift it holds, so the interval is not
/// narrower for it.
fn estimate(pairs: &[Pair], of: impl Fn(&Pair) -> f64) -> Interval {
    let n = pairs.len() as f64;
    let values: Vec<f64> = pairs.iter().map(&of).collect();
    let apart: Vec<f64> = pairs.iter().map(|p| p.apart).collect();
    let (centre, spread) = (mean(&apart), deviation(&apart).powi(2) * (n - 1.0));
    let both = apart.iter().any(|s| *s > 0.0) && apart.iter().any(|s| *s < 0.0);
    let (drift, lever) = if both { (slope(&apart, &values) * centre, centre.powi(2) / spread) } else { (0.0, 0.0) };
    let estimate = mean(&values) - drift;
    let half = t_quantile(n - 1.0) * deviation(&values) * (1.0 / n + lever).sqrt();
    Interval { estimate, low: estimate - half, high: estimate + half }
}
