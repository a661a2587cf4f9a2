//! One trial's result from what the workers and the probes reported.

use std::collections::BTreeSet;

use redline_model::{
    Bytes, GeneratorHealth, Mono, OutcomeCounts, Purpose, RequestCounts, Sample, Seconds, SessionCounts, Share, Slo,
    StepSummary, Tick, TrialResult, TrialSpec,
};

use super::{
    flow::{changes, in_flight, rate},
    usage::{MemoryLimit, host, usage},
    window::{Batch, batches, merged, total, total_time, window},
};
use crate::{
    checks::{AccessLog, Limits, Measured, Probed, check_trial, judge, probes},
    classify::{Evidence, classify},
    slo::judge_promises,
};

/// With fewer responses than this, what the generator does besides them decides.
const LEAST_RESPONSES: u64 = 1000;

/// Everything that is known about one trial once it has drained.
#[derive(Debug, Clone)]
pub struct TrialInput<'a> {
    /// Its number in the run, from 1.
    pub number: u32,
    /// What was asked for.
    pub spec: TrialSpec,
    /// When the run started.
    pub run_start: Mono,
    /// When the trial's schedule began (`LoadPlan::start`).
    pub start: Mono,
    /// Every tick of every worker, those of the drain included.
    pub ticks: &'a [Tick],
    /// The probes' samples; those outside the measured window are left out here.
    pub samples: &'a [Sample],
    /// What memory each component may use.
    pub memory_limits: &'a [MemoryLimit],
    /// The access log's sums over the trial, where there is one.
    pub access_log: Option<AccessLog>,
    /// What the users are promised.
    pub slo: &'a Slo,
    /// What the validity checks allow.
    pub limits: Limits,
}

/// Measures, checks and classifies one trial.
#[must_use]
pub fn assemble(input: &TrialInput) -> TrialResult {
    let all = batches(input.start, input.ticks);
    let (before, inside) = window(input.start, &input.spec, &all);
    let measured = &all[before..before + inside];
    let from = measured.first().map_or(input.start, |b| b.from);
    let to = measured.last().map_or(from, |b| b.to);
    // A reading is of the time since the one before: what began before the trial is of another load.
    let of_this_load = |s: &&Sample| s.at.since(input.start) >= s.span.to_duration();
    let samples: Vec<&Sample> =
        input.samples.iter().filter(|s| from < s.at && s.at <= to).filter(of_this_load).collect();
    let at_start = before.checked_sub(1).map_or(0, |i| all[i].sum(|t| t.sessions.in_flight));

    let mut result = measure(input, &all, measured, at_start);
    result.from = from.since(input.run_start).into();
    result.to = to.since(input.run_start).into();
    result.components = usage(&samples, input.memory_limits, result.completed);
    result.host = host(&samples);

    result.checks = check_trial(
        &result,
        &Measured {
            in_flight_time: total_time(&all, |t| t.sessions.in_flight_time),
            durations: total_time(&all, |t| t.sessions.duration),
            service_sum: total_time(&all, |t| t.requests.service_sum),
            dropped_events: total(&all, |t| t.generator.dropped_events),
            seconds: inside,
            access_log: input.access_log,
        },
        &input.limits,
    );
    let responses: Vec<f64> = all.iter().map(|b| b.sum(|t| t.requests.outcomes.responses()) as f64).collect();
    let probed = Probed { samples: input.samples, start: input.start, window: (from, to), responses: &responses };
    result.checks.extend(probes(&result, &probed));
    let classification = classify(&Evidence {
        spec: &input.spec,
        fitness: &judge(&result.checks),
        slo: &result.slo,
        offered: result.offered,
        completed: result.completed,
        span: Seconds(result.to.0 - result.from.0),
        in_flight: &result.in_flight,
        changes: &changes(at_start, measured),
        turned_away: result.sessions.turned_away as f64 / result.sessions.planned.max(1) as f64,
    });
    result.class = classification.class;
    result.reasons = classification.reasons;
    result
}

fn measure(input: &TrialInput, all: &[Batch], window: &[Batch], at_start: u64) -> TrialResult {
    let sessions = sessions(all);
    let requests = requests(all, input.access_log);
    let ended = (sessions.finished + sessions.failed + sessions.cancelled).max(1) as f64;
    let steps: u64 = all.iter().flat_map(Batch::steps).map(|s| s.outcomes.total()).sum();
    let (completed, completed_error) = rate(window, |t| t.sessions.finished + t.sessions.failed);
    let (responses, responses_error) = rate(window, |t| t.requests.outcomes.responses());
    let step_rate = |of: fn(&redline_model::StepTick) -> u64| rate(window, |t| t.steps.iter().map(of).sum()).0;
    TrialResult {
        number: input.number,
        spec: input.spec,
        from: Seconds(0.0),
        to: Seconds(0.0),
        offered: rate(window, |t| t.arrivals.planned).0,
        completed,
        completed_error,
        responses,
        responses_error,
        steps_per_second: step_rate(|s| s.outcomes.total()),
        good: step_rate(|s| s.good),
        orders: rate(window, |t| t.orders.iter().filter(|o| o.acknowledged.is_some()).count() as u64).0,
        requests_per_session: requests.sent as f64 / ended,
        steps_per_session: steps as f64 / ended,
        bytes_per_session: requests.body_bytes as f64 / ended,
        session_duration: session_mean(window, all, |t| t.sessions.duration),
        nominal_think: Seconds(total_time(all, |t| t.sessions.nominal_think).0 / ended),
        response: merged(window.iter().flat_map(Batch::steps).map(|s| &s.response)).summary(),
        service: merged(window.iter().flat_map(Batch::ticks).map(|t| &t.requests.service)).summary(),
        steps: step_summaries(window),
        in_flight: in_flight(at_start, window),
        slo: judge_promises(input.slo, window),
        generator: generator(window, input.spec.purpose, &input.limits),
        host: None,
        machine_speed: machine_speed(window),
        components: Vec::new(),
        class: redline_model::TrialClass::Undecided,
        reasons: Vec::new(),
        checks: Vec::new(),
        sessions,
        requests,
    }
}

/// The mean over the sessions that ended in the window; of the whole trial where none did.
fn session_mean(window: &[Batch], all: &[Batch], of: impl Fn(&Tick) -> Seconds + Copy) -> Seconds {
    let ended = |t: &Tick| t.sessions.finished + t.sessions.failed;
    let of_batches = |b: &[Batch]| (total(b, ended), total_time(b, of));
    let (n, time) = match of_batches(window) {
        (0, _) => of_batches(all),
        some => some,
    };
    Seconds(time.0 / n.max(1) as f64)
}

fn sessions(all: &[Batch]) -> SessionCounts {
    SessionCounts {
        planned: total(all, |t| t.arrivals.planned),
        started: total(all, |t| t.arrivals.started),
        turned_away: total(all, |t| t.arrivals.turned_away),
        waited: total(all, |t| t.arrivals.waited),
        finished: total(all, |t| t.sessions.finished),
        failed: total(all, |t| t.sessions.failed),
        cancelled: total(all, |t| t.sessions.cancelled),
    }
}

fn requests(all: &[Batch], log: Option<AccessLog>) -> RequestCounts {
    let mut outcomes = OutcomeCounts::default();
    all.iter().flat_map(Batch::ticks).for_each(|t| outcomes.merge(&t.requests.outcomes));
    RequestCounts {
        sent: total(all, |t| t.requests.sent),
        outcomes,
        maybe_seen: total(all, |t| t.requests.maybe_seen),
        logged: log.map(|l| l.lines),
        limited: log.map(|l| l.limited),
        body_bytes: total(all, |t| t.requests.body_bytes),
        connections: total(all, |t| t.requests.connections),
        dns_queries: total(all, |t| t.requests.dns_queries),
    }
}

fn step_summaries(window: &[Batch]) -> Vec<StepSummary> {
    let names: BTreeSet<&str> = window.iter().flat_map(Batch::steps).map(|s| s.step.as_str()).collect();
    names
        .into_iter()
        .map(|name| {
            let of = || window.iter().flat_map(Batch::steps).filter(move |s| s.step == name);
            let mut outcomes = OutcomeCounts::default();
            of().for_each(|s| outcomes.merge(&s.outcomes));
            StepSummary {
                step: name.to_owned(),
                response: merged(of().map(|s| &s.response)).summary(),
                service: merged(of().map(|s| &s.service)).summary(),
                outcomes,
                good: of().map(|s| s.good).sum(),
            }
        })
        .collect()
}

/// Responses for each second of the generator's own CPU time; absent where too little was done to tell.
pub(crate) fn machine_speed(window: &[Batch]) -> Option<f64> {
    let responses = total(window, |t| t.requests.outcomes.responses());
    let cpu = total_time(window, |t| t.generator.cpu);
    (responses >= LEAST_RESPONSES && cpu.0 > 0.0).then(|| responses as f64 / cpu.0)
}

fn generator(window: &[Batch], purpose: Purpose, limits: &Limits) -> GeneratorHealth {
    let lag = merged(window.iter().flat_map(Batch::ticks).map(|t| &t.lag));
    let ticks = || window.iter().flat_map(Batch::ticks);
    let cpu: f64 = ticks().map(|t| t.generator.cpu.0).sum();
    let available: f64 = ticks().map(|t| t.to.since(t.from).as_secs_f64() * f64::from(t.generator.cpus)).sum();
    GeneratorHealth {
        lag_p99: lag.quantile(0.99),
        lag_max: lag.max(),
        starts: lag.count(),
        late_starts: lag.slower_than(limits.lag_of(purpose)),
        cpu: Share(if available > 0.0 { cpu / available } else { 0.0 }),
        dropped_events: total(window, |t| t.generator.dropped_events),
        memory: Bytes(window.iter().map(|b| b.sum(|t| t.generator.resident_bytes)).max().unwrap_or_default()),
    }
}
