//! CPU time for each step and component.

use std::collections::{BTreeMap, BTreeSet};

use redline_model::{Outcome, Sample, Seconds, ServiceDemand, Tick};

use super::least_squares::{Coefficient, non_negative};

/// A demand is known when its standard error is below this share of it …
const KNOWN: f64 = 0.5;
/// … or below this share of what the component's mean step costs, for steps that cost it next to nothing.
const NEGLIGIBLE: f64 = 0.1;
/// A reading counts if the ticks cover this much of its span.
const COVERED: f64 = 0.98;

/// The demands by regression of each component's CPU on the steps completed in the same seconds, with a
/// constant for what it uses without load (utilisation law, Denning and Buzen, 1978).
pub(super) fn table(ticks: &[&Tick], samples: &[&Sample]) -> Vec<ServiceDemand> {
    let steps: BTreeSet<&str> = ticks.iter().flat_map(|t| &t.steps).map(|s| s.step.as_str()).collect();
    let steps: Vec<&str> = steps.into_iter().collect();
    let mut sorted = ticks.to_vec();
    sorted.sort_by_key(|t| t.from);
    let mut readings: BTreeMap<&str, (Vec<Vec<f64>>, Vec<f64>)> = BTreeMap::new();
    for sample in samples {
        let Some(cpu) = sample.cpu else { continue };
        let Some(row) = completed(&sorted, sample, &steps) else { continue };
        let of = readings.entry(&sample.component).or_default();
        of.0.push(row);
        of.1.push(cpu.used.0);
    }
    readings.iter().flat_map(|(component, (rows, used))| of_component(component, &steps, rows, used)).collect()
}

fn of_component(component: &str, steps: &[&str], rows: &[Vec<f64>], used: &[f64]) -> Vec<ServiceDemand> {
    let coefficients = non_negative(rows, used);
    let completed: f64 = rows.iter().map(|r| r[..steps.len()].iter().sum::<f64>()).sum();
    let per_step = used.iter().sum::<f64>() / completed.max(1.0);
    let known = |c: &Coefficient| c.error.is_some_and(|e| e <= (KNOWN * c.value).max(NEGLIGIBLE * per_step));
    steps
        .iter()
        .zip(coefficients)
        .map(|(step, c)| ServiceDemand {
            step: (*step).to_owned(),
            component: component.to_owned(),
            cpu: Some(Seconds(c.value)).filter(|_| known(&c)),
            error: c.error.map(Seconds).filter(|_| known(&c)),
            seconds: rows.len() as u32,
        })
        .collect()
}

/// Steps completed in a reading's span, by name, and the span itself; absent where the ticks do not cover it.
/// A step that failed did an unknown part of its work: seconds with failures are left out.
fn completed(ticks: &[&Tick], sample: &Sample, steps: &[&str]) -> Option<Vec<f64>> {
    let to = sample.at.0 as f64;
    let from = to - sample.span.0 * 1e9;
    // Ticks are about a second long, so none that ends after `from` begins more than some seconds before it.
    let first = ticks.partition_point(|t| (t.from.0 as f64) < from - 5e9);
    let (mut covered, mut row) = (0.0f64, vec![0.0; steps.len() + 1]);
    let mut workers: BTreeMap<u64, f64> = BTreeMap::new();
    for tick in ticks[first..].iter().take_while(|t| (t.from.0 as f64) < to) {
        let overlap = (tick.to.0 as f64).min(to) - (tick.from.0 as f64).max(from);
        let length = tick.to.since(tick.from).as_nanos() as f64;
        if overlap <= 0.0 || length <= 0.0 {
            continue;
        }
        let longest = workers.entry(tick.from.0 / 500_000_000).or_default();
        covered += (overlap - *longest).max(0.0);
        *longest = longest.max(overlap);
        for of in &tick.steps {
            if of.outcomes.total() > of.outcomes.get(Outcome::Ok) {
                return None;
            }
            let column = steps.binary_search(&of.step.as_str()).ok()?;
            row[column] += of.outcomes.total() as f64 * overlap / length;
        }
    }
    row[steps.len()] = sample.span.0;
    (covered >= COVERED * sample.span.0 * 1e9).then_some(row)
}
