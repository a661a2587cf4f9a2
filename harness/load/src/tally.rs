//! One shard of the recorder: what a thread has counted since the last second.

use std::time::Duration;

use redline_model::{
    Latencies, Mono, OrderEvent, Outcome, OutcomeCounts, SessionTrace, Slo, StepTick, StepTrace, Trace,
};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Finished,
    Failed,
    Cancelled,
}

/// How a step ended.
#[derive(Debug, Clone)]
pub(crate) struct StepEnd {
    pub(crate) outcome: Outcome,
    /// When it was meant to begin.
    pub(crate) intended: Mono,
    /// When the last byte of the last asset had arrived.
    pub(crate) ended: Mono,
    /// From the page's send to its last byte.
    pub(crate) service: Duration,
    pub(crate) requests: u64,
    /// The visitor's number.
    pub(crate) session: u64,
    /// The version of the site that the page was made by.
    pub(crate) version: Option<String>,
}

/// Counts and sums; the sums of moments are in nanoseconds of the machine's monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) started: u64,
    pub(crate) turned_away: u64,
    pub(crate) waited: u64,
    pub(crate) start_sum: i128,
    pub(crate) end_sum: i128,
    pub(crate) finished: u64,
    pub(crate) failed: u64,
    pub(crate) cancelled: u64,
    pub(crate) duration: Duration,
    pub(crate) nominal_think: Duration,
    pub(crate) sent: u64,
    pub(crate) outcomes: OutcomeCounts,
    pub(crate) maybe_seen: u64,
    pub(crate) body_bytes: u64,
    pub(crate) service: Latencies,
    pub(crate) service_sum: Duration,
    pub(crate) connections: u64,
    pub(crate) dns_queries: u64,
    /// By name and limit; a scenario has a handful, so a list is faster than a map.
    pub(crate) steps: Vec<(Duration, StepTick)>,
    pub(crate) lag: Latencies,
    pub(crate) orders: Vec<OrderEvent>,
    pub(crate) trace: Vec<StepTrace>,
    pub(crate) watched: Vec<SessionTrace>,
    pub(crate) dropped_events: u64,
}

impl Tally {
    pub(crate) fn ended(&self) -> u64 {
        self.finished + self.failed + self.cancelled
    }

    pub(crate) fn step(&mut self, name: &str, slo: &Slo, trace: Trace, end: StepEnd) {
        let known = self.steps.iter().position(|(_, step)| step.step == name);
        let at = known.unwrap_or_else(|| {
            let step = StepTick { step: name.to_owned(), ..StepTick::default() };
            self.steps.push((slo.latency_limit(name).to_duration(), step));
            self.steps.len() - 1
        });
        let (limit, step) = &mut self.steps[at];
        let response = end.ended.since(end.intended);
        let good = end.outcome == Outcome::Ok && response <= *limit;
        step.outcomes.add(end.outcome);
        step.requests += end.requests;
        step.good += u64::from(good);
        if end.outcome == Outcome::Ok {
            step.response.record(response);
            step.service.record(end.service);
        }
        if trace == Trace::Steps {
            let StepEnd { outcome, intended, ended, session, version, .. } = end;
            self.trace.push(StepTrace { intended, ended, step: name.to_owned(), outcome, good, session, version });
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.started += other.started;
        self.turned_away += other.turned_away;
        self.waited += other.waited;
        self.start_sum += other.start_sum;
        self.end_sum += other.end_sum;
        self.finished += other.finished;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.duration += other.duration;
        self.nominal_think += other.nominal_think;
        self.sent += other.sent;
        self.outcomes.merge(&other.outcomes);
        self.maybe_seen += other.maybe_seen;
        self.body_bytes += other.body_bytes;
        merge_latencies(&mut self.service, other.service);
        self.service_sum += other.service_sum;
        self.connections += other.connections;
        self.dns_queries += other.dns_queries;
        self.dropped_events += other.dropped_events;
        merge_latencies(&mut self.lag, other.lag);
        self.orders.extend(other.orders);
        self.trace.extend(other.trace);
        self.watched.extend(other.watched);
        for (limit, step) in other.steps {
            self.merge_step(limit, step);
        }
    }

    fn merge_step(&mut self, limit: Duration, step: StepTick) {
        let Some((_, known)) = self.steps.iter_mut().find(|(_, known)| known.step == step.step) else {
            self.steps.push((limit, step));
            return;
        };
        merge_latencies(&mut known.response, step.response);
        merge_latencies(&mut known.service, step.service);
        known.good += step.good;
        known.outcomes.merge(&step.outcomes);
        known.requests += step.requests;
    }
}

/// Adding histograms walks all their buckets; an empty one is replaced instead.
fn merge_latencies(into: &mut Latencies, from: Latencies) {
    if into.count() == 0 {
        *into = from;
    } else if from.count() > 0 {
        into.merge(&from);
    }
}
