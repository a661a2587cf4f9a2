//! The queues, event by event.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use rand::{RngExt, rngs::SmallRng};
use redline_model::{Outcome, TrialSpec};

use super::{
    arrivals::service,
    server::SimServer,
    speed::SpeedPath,
    toggle::{Taken, factor, slowness},
    watch::Watch,
};

/// Seconds after the schedule's end in which sessions may still end; then they are cancelled, as by the command.
const DRAIN: f64 = 4.0;
/// Steps that a limiter lets in at once.
const BURST: f64 = 20.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrival(usize),
    Served { session: usize, stage: usize },
    Released(usize),
}

struct Session {
    step: usize,
    began: f64,
    step_began: f64,
}

/// One trial's queues under way. Times are in seconds from the trial's start; events are kept in
/// nanoseconds so that they have an order.
pub(super) struct Engine<'a, W> {
    server: &'a SimServer,
    rng: &'a mut SmallRng,
    speed: &'a mut SpeedPath,
    /// Seconds of the run before this trial.
    offset: f64,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    sessions: Vec<Session>,
    busy: Vec<u32>,
    queues: Vec<VecDeque<usize>>,
    watch: &'a mut W,
    in_flight: u64,
    /// Tokens of the limiter, and when they were counted.
    tokens: (f64, f64),
}

impl<'a, W: Watch> Engine<'a, W> {
    pub(super) fn new(
        server: &'a SimServer,
        rng: &'a mut SmallRng,
        speed: &'a mut SpeedPath,
        offset: f64,
        watch: &'a mut W,
    ) -> Self {
        let n = server.stages.len();
        let (busy, queues) = (vec![0; n], vec![VecDeque::new(); n]);
        let (events, sessions) = (BinaryHeap::new(), Vec::new());
        let tokens = (BURST, 0.0);
        Self { server, rng, speed, offset, events, sessions, busy, queues, watch, in_flight: 0, tokens }
    }

    /// Runs the schedule and drains, for so long as a worker would.
    pub(super) fn run(&mut self, spec: &TrialSpec, schedule: &[f64]) {
        let cut = spec.settle.0 + spec.hold.0 + DRAIN;
        if let Some(first) = schedule.first() {
            self.push(*first, Event::Arrival(0));
        }
        while let Some(Reverse((nanos, event))) = self.events.pop() {
            let now = nanos as f64 / 1e9;
            if now > cut {
                self.watch.advance(cut);
                self.watch.cancelled(self.in_flight);
                break;
            }
            self.watch.advance(now);
            match event {
                Event::Arrival(i) => {
                    if let Some(next) = schedule.get(i + 1) {
                        self.push(*next, Event::Arrival(i + 1));
                    }
                    self.arrive(now, spec.cap);
                }
                Event::Served { session, stage } => self.served(now, session, stage),
                Event::Released(session) => self.step_over(now, session, Outcome::Ok),
            }
        }
        self.watch.finish(spec.settle.0 + spec.hold.0);
    }

    fn push(&mut self, at: f64, event: Event) {
        self.events.push(Reverse(((at * 1e9) as u64, event)));
    }

    fn arrive(&mut self, now: f64, cap: Option<u32>) {
        let full = cap.is_some_and(|cap| self.in_flight >= u64::from(cap));
        self.watch.arrival(full);
        if full {
            return;
        }
        self.in_flight += 1;
        self.watch.in_flight(self.in_flight);
        self.sessions.push(Session { step: 0, began: now, step_began: now });
        self.next_step(now, self.sessions.len() - 1);
    }

    /// Begins the session's step, or the first after it that chance does not leave out.
    fn next_step(&mut self, now: f64, session: usize) {
        let steps = &self.server.steps;
        let mut step = self.sessions[session].step;
        while steps.get(step).is_some_and(|s| s.share < 1.0 && self.rng.random::<f64>() >= s.share) {
            step += 1;
        }
        self.sessions[session].step = step;
        if step < steps.len() {
            self.begin_step(now, session);
        } else {
            self.leave(now, session, Outcome::Ok);
        }
    }

    fn begin_step(&mut self, now: f64, session: usize) {
        self.sessions[session].step_began = now;
        let unlucky = self.server.errors > 0.0 && self.rng.random::<f64>() < self.server.errors;
        if unlucky || !self.let_in(now) {
            self.step_over(now, session, Outcome::ServerError);
        } else {
            self.enter(now, session, 0);
        }
    }

    /// Whether the limiter has a token for a step.
    fn let_in(&mut self, now: f64) -> bool {
        let Some(rate) = self.server.limiter else { return true };
        let (tokens, counted) = self.tokens;
        let tokens = (tokens + rate.0 * (now - counted)).min(BURST);
        let enough = tokens >= 1.0;
        self.tokens = (if enough { tokens - 1.0 } else { tokens }, now);
        enough
    }

    fn enter(&mut self, now: f64, session: usize, stage: usize) {
        self.queues[stage].push_back(session);
        self.fill(now, stage);
    }

    /// Lets those who wait go to the servers that are free.
    fn fill(&mut self, now: f64, stage: usize) {
        let servers = f64::from(self.server.stages[stage].servers);
        let factor = factor(&self.server.toggles, stage, Taken::Servers, self.offset + now);
        let limit = (servers * factor).round().max(1.0) as u32;
        while self.busy[stage] < limit {
            let Some(next) = self.queues[stage].pop_front() else { return };
            self.busy[stage] += 1;
            self.serve(now, next, stage);
        }
    }

    fn serve(&mut self, now: f64, session: usize, stage: usize) {
        let s = self.server.stages[stage];
        let change = self.server.change.filter(|c| self.offset + now >= c.at.0).map_or(1.0, |c| c.factor);
        let weight = self.server.steps[self.sessions[session].step].weight;
        let at = self.offset + now;
        let speed = factor(&self.server.toggles, stage, Taken::Speed, at) * self.speed.at(at);
        let slow = change * slowness(&self.server.slowness, at) / speed;
        let time = service(self.rng, s.demand.0 * weight * slow, s.variation);
        self.watch.busy(stage, now, time);
        self.push(now + time, Event::Served { session, stage });
    }

    fn served(&mut self, now: f64, session: usize, stage: usize) {
        self.busy[stage] -= 1;
        self.fill(now, stage);
        if stage + 1 < self.server.stages.len() {
            self.enter(now, session, stage + 1);
        } else if self.server.stalls > 0.0 && self.rng.random::<f64>() < self.server.stalls {
            self.push(now + self.server.stall.0, Event::Released(session));
        } else {
            self.step_over(now, session, Outcome::Ok);
        }
    }

    fn step_over(&mut self, now: f64, session: usize, outcome: Outcome) {
        let Session { step, step_began, .. } = self.sessions[session];
        self.watch.step(now, &self.server.steps[step], now - step_began, outcome);
        if outcome == Outcome::Ok {
            self.sessions[session].step += 1;
            self.next_step(now, session);
        } else {
            self.leave(now, session, outcome);
        }
    }

    fn leave(&mut self, now: f64, session: usize, outcome: Outcome) {
        self.in_flight -= 1;
        self.watch.in_flight(self.in_flight);
        self.watch.session(now - self.sessions[session].began, outcome == Outcome::Ok);
    }
}
