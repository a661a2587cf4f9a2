//! A queue fitted to what the trials measured: the saturation throughput, the steps of a session and their
//! response times at low load, and, at the limit that was found, how much chance must be in the service times.

use redline_model::{Interval, Rate, Seconds, Slo, SloLimit, TrialClass, TrialResult};

use super::record::{Record, fell_behind};
use crate::simulator::{SimServer, Stage, Step, strain};

/// A server has at most so many parallel servers in the model; more behave alike.
const MOST_SERVERS: f64 = 64.0;
/// Coefficients of variation between which the one is looked for that explains the limit.
const VARIATIONS: (f64, f64) = (0.3, 4.5);
const HALVINGS: u32 = 6;
/// What is simulated to find the share of bad steps at one load: slow steps come in bursts, so it takes this many
/// sessions, and no more than so many steps.
const SESSIONS: f64 = 60_000.0;
const STEPS: f64 = 500_000.0;

/// A fitted queue with the SLO that it was fitted to.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) server: SimServer,
    pub(crate) slo: Slo,
    /// The load that just keeps the SLO in the long run, in sessions per second.
    pub(crate) limit: Rate,
}

/// Fits a queue whose long-run limit is `limit`; where no variation of the service times brings the limit there,
/// the nearest one. Absent where too little was measured.
pub(crate) fn fit(record: &Record, limit: Interval, seed: u64) -> Option<Fitted> {
    let saturation = record.saturation?;
    let low = lowest(record)?;
    let mut server = skeleton(record, low, saturation.estimate)?;
    let slo =
        Slo(low.slo.iter().map(|o| o.term.clone()).filter(|t| matches!(t.limit, SloLimit::Latency { .. })).collect());
    if slo.0.is_empty() {
        return None;
    }
    // A limit at or above the saturation throughput is one of chance: the queue has its limit below.
    let limit = Rate(limit.estimate.min(0.985 * saturation.estimate));
    let sessions = SESSIONS.min(STEPS / low.steps_per_session.max(1.0));
    let (mut least, mut most) = (VARIATIONS.0.ln(), VARIATIONS.1.ln());
    for _ in 0..HALVINGS {
        let middle = (least + most) / 2.0;
        server.stages[0].variation = middle.exp();
        if strain(&server, &slo, limit, sessions, seed) > 1.0 { most = middle } else { least = middle }
    }
    server.stages[0].variation = ((least + most) / 2.0).exp();
    Some(Fitted { server, slo, limit })
}

/// The trial at the lowest load that measured enough to tell the steps apart.
fn lowest(record: &Record) -> Option<&TrialResult> {
    let fit = |t: &&TrialResult| t.class != TrialClass::GeneratorLimited && !fell_behind(t) && t.spec.cap.is_some();
    let enough = |t: &&TrialResult| t.response.count >= 40;
    let by_load = |a: &&TrialResult, b: &&TrialResult| a.spec.offered.0.total_cmp(&b.spec.offered.0);
    record.trials.iter().filter(fit).filter(enough).min_by(by_load)
}

/// One stage that saturates at `saturation` sessions per second, with the steps that were seen: their mean response
/// times at low load (where they were seen there) and how many sessions made them.
fn skeleton(record: &Record, low: &TrialResult, saturation: f64) -> Option<SimServer> {
    let steps = steps(record, low);
    if steps.is_empty() || saturation <= 0.0 {
        return None;
    }
    let weight: f64 = steps.iter().map(|s| s.weight * s.share).sum();
    // Little's law at saturation without waiting: what a session takes at low load × the throughput.
    let servers = (saturation * weight).round().clamp(1.0, MOST_SERVERS);
    let demand = Seconds(servers / (saturation * weight));
    let stages = vec![Stage { servers: servers as u32, demand, variation: 1.0 }];
    Some(SimServer { stages, steps, ..SimServer::with_capacity(Rate(saturation), 1, 1, 1.0) })
}

fn steps(record: &Record, low: &TrialResult) -> Vec<Step> {
    let most = record.trials.iter().filter(|t| t.class != TrialClass::GeneratorLimited);
    let Some(most) = most.max_by_key(|t| t.response.count) else { return Vec::new() };
    let done: f64 = most.steps.iter().map(|s| s.outcomes.total() as f64).sum();
    let sessions = done / most.steps_per_session.max(1e-9);
    let slowdown = most.response.p50.0 / low.response.p50.0.max(1e-9);
    let mut all = Vec::new();
    for step in &most.steps {
        let seen = low.steps.iter().find(|s| s.step == step.step && s.response.count > 0);
        let mean = seen.map_or(step.response.mean.0 / slowdown.max(1.0), |s| s.response.mean.0);
        let mut times = step.outcomes.total() as f64 / sessions.max(1.0);
        while times > 0.005 && all.len() < 256 {
            // Within one in a hundred sessions of a whole number, chance would be noise of the count.
            let share = if (times - 1.0).abs() < 0.02 { 1.0 } else { times.min(1.0) };
            all.push(Step { name: step.step.clone(), weight: mean.max(1e-6), requests: 1, share });
            times -= 1.0;
        }
    }
    all
}
