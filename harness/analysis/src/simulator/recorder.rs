//! Counts events into ticks and samples, as a worker and the probes do.

use std::time::Duration;

use redline_model::{
    Bytes, CpuSample, GeneratorTick, HostSample, Mono, Outcome, PhpFpmSample, ProbeReading, Sample, Seconds, Share,
    Slo, StepTick, Tick,
};

use super::{
    server::{SimServer, Step},
    watch::Watch,
};

/// Makes ticks and samples.
pub(super) struct Recorder {
    start: Mono,
    slo: Slo,
    now: f64,
    second: u64,
    in_flight: u64,
    tick: Tick,
    busy: Vec<Vec<f64>>,
    servers: Vec<u32>,
    lag: Duration,
    pub(super) ticks: Vec<Tick>,
}

impl Recorder {
    pub(super) fn new(start: Mono, slo: &Slo, server: &SimServer, lag: Duration) -> Self {
        let n = server.stages.len();
        Self {
            start,
            slo: slo.clone(),
            now: 0.0,
            second: 0,
            in_flight: 0,
            tick: Tick::default(),
            busy: vec![Vec::new(); n],
            servers: server.stages.iter().map(|s| s.servers).collect(),
            lag,
            ticks: Vec::new(),
        }
    }

    fn to(&mut self, now: f64) {
        self.tick.sessions.in_flight_time.0 += self.in_flight as f64 * (now - self.now);
        self.now = now;
    }

    fn close(&mut self) {
        let at = |second: u64| self.start.plus(Duration::from_secs(second));
        let mut tick = std::mem::take(&mut self.tick);
        (tick.from, tick.to) = (at(self.second), at(self.second + 1));
        tick.sessions.in_flight = self.in_flight;
        let cpu = Seconds(tick.requests.sent as f64 * 15e-6);
        tick.generator = GeneratorTick { cpu, cpus: 1, resident_bytes: 50_000_000, dropped_events: 0 };
        self.ticks.push(tick);
        self.second += 1;
    }

    /// The probes' samples: stage `i` is component `stage-i` with its busy servers as CPU; the first is a pool.
    pub(super) fn samples(&self) -> Vec<Sample> {
        (0..self.ticks.len()).flat_map(|second| self.samples_of(second)).collect()
    }

    fn samples_of(&self, second: usize) -> Vec<Sample> {
        let at = self.start.plus(Duration::from_secs(second as u64 + 1));
        let sample = |server: &str, component: String, cpu, reading| {
            let (server, span) = (server.to_owned(), Seconds(1.0));
            Sample { at, span, server, component, cpu, reading }
        };
        let used = |stage: usize| self.busy[stage].get(second).copied().unwrap_or_default();
        let mut all: Vec<Sample> = (0..self.busy.len())
            .map(|i| {
                let limit = u64::from(self.servers[i]);
                let busy = used(i).round() as u64;
                let fpm = PhpFpmSample { busy, idle: limit - busy.min(limit), limit, ..PhpFpmSample::default() };
                let cpu = CpuSample { used: Seconds(used(i)), memory: Bytes(1 << 20), ..CpuSample::default() };
                sample("www", format!("stage-{i}"), Some(cpu), ProbeReading::PhpFpm(fpm))
            })
            .collect();
        let busiest = (0..self.busy.len()).map(|i| used(i) / f64::from(self.servers[i])).fold(0.0, f64::max);
        let host = HostSample { server_cpus_busy: Share(busiest), idle: Share(0.5), ..HostSample::default() };
        all.push(sample("host", "host".into(), None, ProbeReading::Host(host)));
        all
    }
}

impl Watch for Recorder {
    fn advance(&mut self, now: f64) {
        while now >= (self.second + 1) as f64 {
            self.to((self.second + 1) as f64);
            self.close();
        }
        self.to(now);
    }

    fn cancelled(&mut self, n: u64) {
        self.tick.sessions.cancelled += n;
        self.in_flight = 0;
    }

    fn finish(&mut self, end: f64) {
        let end = end.max(self.now);
        // What is cancelled at the end of a second is in a second of its own.
        self.advance(if self.tick.sessions.cancelled > 0 { end.floor() + 1.0 } else { end.ceil() });
    }

    fn arrival(&mut self, turned_away: bool) {
        self.tick.arrivals.planned += 1;
        if turned_away {
            self.tick.arrivals.turned_away += 1;
        } else {
            self.tick.arrivals.started += 1;
            self.tick.lag.record(self.lag);
        }
    }

    fn in_flight(&mut self, n: u64) {
        self.in_flight = n;
    }

    fn busy(&mut self, stage: usize, from: f64, length: f64) {
        let seconds = &mut self.busy[stage];
        let (mut at, end) = (from, from + length);
        while at < end {
            let second = at.floor() as usize;
            let until = end.min(second as f64 + 1.0);
            if seconds.len() <= second {
                seconds.resize(second + 1, 0.0);
            }
            seconds[second] += until - at;
            at = until;
        }
    }

    fn step(&mut self, _now: f64, step: &Step, took: f64, outcome: Outcome) {
        let took = Duration::from_secs_f64(took.max(0.0));
        let good = outcome == Outcome::Ok && took <= self.slo.latency_limit(&step.name).to_duration();
        let requests = if outcome == Outcome::Ok { step.requests } else { 1 };
        let tick = &mut self.tick;
        for _ in 0..requests {
            tick.requests.outcomes.add(outcome);
        }
        tick.requests.sent += requests;
        tick.requests.service.record(took);
        tick.requests.service_sum.0 += took.as_secs_f64() * requests as f64;
        let of = match tick.steps.iter_mut().position(|s| s.step == step.name) {
            Some(i) => &mut tick.steps[i],
            None => {
                tick.steps.push(StepTick { step: step.name.clone(), ..StepTick::default() });
                let last = tick.steps.len() - 1;
                &mut tick.steps[last]
            }
        };
        of.outcomes.add(outcome);
        of.requests += requests;
        of.good += u64::from(good);
        if outcome == Outcome::Ok {
            of.response.record(took);
            of.service.record(took);
        }
    }

    fn session(&mut self, took: f64, finished: bool) {
        let sessions = &mut self.tick.sessions;
        sessions.duration.0 += took;
        sessions.nominal_think.0 += 20.0;
        if finished {
            sessions.finished += 1;
        } else {
            sessions.failed += 1;
        }
    }
}
