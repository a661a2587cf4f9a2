//! The stages as one state machine: what arrives, what is finished when.
//!
//! It has no clock of its own. Events are handled at the moments for which they were planned, however late
//! whoever drives it comes by: a stage that is busy all the time starts each service exactly where the one
//! before ended, so that late timers cost latency of some microseconds and no throughput at all.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
    time::Duration,
};

use rand::{SeedableRng, rngs::SmallRng};
use redline_model::{Mono, Seconds};
use serde::{Deserialize, Serialize};

use crate::{
    Demand, Model, StageName, Work,
    bucket::{Token, TokenBucket},
    stage::{Job, StageState},
};

/// Pools with fewer slots than this are changed by their speed: their slots could not follow a factor.
const LEAST_SLOTS: u32 = 4;

/// One move of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Take(StageName),
    Serve(StageName),
    GiveBack(StageName),
    Token,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It passed all stages.
    Served,
    /// The bucket had no token for it.
    Refused,
}

/// A request that is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The number that it came with.
    pub id: u64,
    /// When it came.
    pub arrived: Mono,
    /// When it got its first slot.
    pub started: Mono,
    /// When it was finished.
    pub ended: Mono,
    /// How it ended.
    pub fate: Fate,
}

/// CPU that is to be burnt for a request; whoever burns it calls [`Network::burnt`] then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Burn {
    pub(crate) job: Job,
    pub(crate) stage: StageName,
    pub(crate) demand: Seconds,
}

/// What was changed of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Its slots.
    Slots,
    /// How fast each slot is.
    Speed,
    /// Its tokens a second.
    Rate,
}

/// A change of a stage's limit as it was really made; slots come in whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// What was changed.
    pub what: What,
    /// As the model has it.
    pub before: f64,
    /// As it is now.
    pub after: f64,
}

impl Changed {
    /// After ÷ before.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.after / self.before
    }
}

#[derive(Debug, Clone)]
struct Request {
    id: u64,
    weight: f64,
    arrived: Mono,
    started: Option<Mono>,
    place: usize,
    fate: Fate,
}

/// The stages and the requests in them.
#[derive(Debug)]
pub struct Network {
    moves: Vec<Move>,
    stages: BTreeMap<StageName, StageState>,
    bucket: Option<TokenBucket>,
    requests: Vec<Request>,
    free: Vec<Job>,
    events: BinaryHeap<Reverse<(Mono, u64, Job)>>,
    planned: u64,
    clock: Mono,
    rng: SmallRng,
    departures: Vec<Departure>,
    burns: Vec<Burn>,
}

impl Network {
    /// The stages of a model, idle; service times follow from `seed`.
    #[must_use]
    pub fn new(model: &Model, seed: u64) -> Self {
        let (moves, stages) = layout(model);
        Self {
            moves,
            stages,
            bucket: model.bucket.map(TokenBucket::new),
            requests: Vec::new(),
            free: Vec::new(),
            events: BinaryHeap::new(),
            planned: 0,
            clock: Mono(0),
            rng: SmallRng::seed_from_u64(seed),
            departures: Vec::new(),
            burns: Vec::new(),
        }
    }

    /// A request arrives, with a weight. What is planned until then happens first.
    pub fn arrive(&mut self, at: Mono, id: u64, weight: f64) {
        self.advance(at);
        let at = at.max(self.clock);
        self.clock = at;
        let request = Request { id, weight, arrived: at, started: None, place: 0, fate: Fate::Served };
        let job = match self.free.pop() {
            Some(job) => {
                self.requests[job] = request;
                job
            }
            None => {
                self.requests.push(request);
                self.requests.len() - 1
            }
        };
        self.go_on(at, job);
    }

    /// When the next thing happens that was planned.
    #[must_use]
    pub fn next_event(&self) -> Option<Mono> {
        self.events.peek().map(|Reverse((at, ..))| *at)
    }

    /// Lets everything happen that is planned up to `to`.
    pub fn advance(&mut self, to: Mono) {
        while let Some(Reverse((at, _, job))) = self.events.peek().copied() {
            if at > to {
                break;
            }
            self.events.pop();
            self.clock = self.clock.max(at);
            self.go_on(at, job);
        }
        self.clock = self.clock.max(to);
    }

    /// CPU of [`Burn`] was burnt for this request, which goes on.
    pub(crate) fn burnt(&mut self, at: Mono, job: Job) {
        self.advance(at);
        self.go_on(at.max(self.clock), job);
    }

    /// The requests that are finished since the last time.
    pub fn take_departures(&mut self) -> Vec<Departure> {
        std::mem::take(&mut self.departures)
    }

    /// The CPU that is to be burnt since the last time.
    pub(crate) fn take_burns(&mut self) -> Vec<Burn> {
        std::mem::take(&mut self.burns)
    }

    /// Requests in the house, in line or in service.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.requests.len() - self.free.len()
    }

    /// A stage, its areas brought up to now.
    pub(crate) fn stage(&mut self, name: StageName) -> Option<&StageState> {
        let clock = self.clock;
        let stage = self.stages.get_mut(&name)?;
        stage.touch(clock);
        Some(stage)
    }

    /// Changes a stage's limit to `factor` times what the model has; `None` if it has no such stage.
    pub fn set(&mut self, at: Mono, name: StageName, factor: f64) -> Option<Changed> {
        self.advance(at);
        if name == StageName::Bucket {
            return self.bucket.as_mut().map(|bucket| bucket.set(at, factor));
        }
        let clock = self.clock;
        let stage = self.stages.get_mut(&name)?;
        stage.touch(clock);
        let written = stage.written_slots;
        let changed = if written >= LEAST_SLOTS || stage.demand.mean.0 == 0.0 {
            stage.slots = ((f64::from(written) * factor).round() as u32).max(1);
            Changed { what: What::Slots, before: f64::from(written), after: f64::from(stage.slots) }
        } else {
            stage.speed = factor;
            Changed { what: What::Speed, before: 1.0, after: factor }
        };
        let mut woken = VecDeque::new();
        self.wake(clock, name, &mut woken);
        self.run(clock, woken);
        Some(changed)
    }

    fn go_on(&mut self, now: Mono, job: Job) {
        self.run(now, VecDeque::from([job]));
    }

    /// Moves requests until each waits for something; whom a slot wakes up comes after those before it.
    fn run(&mut self, now: Mono, mut ready: VecDeque<Job>) {
        while let Some(job) = ready.pop_front() {
            loop {
                let Some(step) = self.moves.get(self.requests[job].place).copied() else {
                    self.depart(now, job);
                    break;
                };
                self.requests[job].place += 1;
                if !self.make(now, job, step, &mut ready) {
                    break;
                }
            }
        }
    }

    /// Makes one move; false: the request waits.
    fn make(&mut self, now: Mono, job: Job, step: Move, ready: &mut VecDeque<Job>) -> bool {
        match step {
            Move::Take(name) => {
                let Some(stage) = self.stages.get_mut(&name) else { return true };
                stage.take(now, job)
            }
            Move::Serve(name) => self.serve(now, job, name),
            Move::GiveBack(name) => {
                if let Some(stage) = self.stages.get_mut(&name) {
                    stage.give_back(now);
                }
                self.wake(now, name, ready);
                true
            }
            Move::Token => match self.bucket.as_mut().map(|b| b.take(now)) {
                Some(Token::At(at)) if at > now => {
                    self.plan(at, job);
                    false
                }
                Some(Token::None) => {
                    self.requests[job].fate = Fate::Refused;
                    true
                }
                Some(Token::At(_)) | None => true,
            },
        }
    }

    fn serve(&mut self, now: Mono, job: Job, name: StageName) -> bool {
        let Some(stage) = self.stages.get(&name) else { return true };
        let request = &mut self.requests[job];
        request.started.get_or_insert(now);
        if stage.demand.mean.0 == 0.0 || request.weight == 0.0 {
            return true;
        }
        let demand = Seconds(stage.demand.draw(&mut self.rng, request.weight).0 / stage.speed);
        match stage.demand.work {
            Work::Sleep => self.plan(now.plus(Duration::from_secs_f64(demand.0)), job),
            Work::Burn => self.burns.push(Burn { job, stage: name, demand }),
        }
        false
    }

    /// Gives free slots to those in line.
    fn wake(&mut self, now: Mono, name: StageName, ready: &mut VecDeque<Job>) {
        while let Some(job) = self.stages.get_mut(&name).and_then(|s| s.next(now)) {
            ready.push_back(job);
        }
    }

    fn plan(&mut self, at: Mono, job: Job) {
        self.planned += 1;
        self.events.push(Reverse((at, self.planned, job)));
    }

    fn depart(&mut self, now: Mono, job: Job) {
        let Request { id, arrived, started, fate, .. } = self.requests[job];
        self.departures.push(Departure { id, arrived, started: started.unwrap_or(now), ended: now, fate });
        self.free.push(job);
    }
}

/// A request's way through the stages that are there.
fn layout(model: &Model) -> (Vec<Move>, BTreeMap<StageName, StageState>) {
    let mut stages = BTreeMap::new();
    let mut own = Vec::new();
    let mut add = |name, slots, demand| {
        stages.insert(name, StageState::new(slots, demand));
    };
    if let Some(slots) = model.accept {
        add(StageName::Accept, slots, Demand::NONE);
        own.push(Move::Take(StageName::Accept));
    }
    let through = |name| [Move::Take(name), Move::Serve(name), Move::GiveBack(name)];
    if let Some(pool) = model.web {
        add(StageName::Web, pool.slots, pool.demand);
        own.extend(through(StageName::Web));
    }
    if let Some(pool) = model.application {
        add(StageName::Application, pool.slots, pool.demand);
        own.extend([Move::Take(StageName::Application), Move::Serve(StageName::Application)]);
    }
    if let Some(pool) = model.database {
        add(StageName::Database, pool.slots, pool.demand);
        own.extend(through(StageName::Database));
    }
    if let Some(demand) = model.lock {
        add(StageName::Lock, 1, demand);
        own.extend(through(StageName::Lock));
    }
    if model.application.is_some() {
        own.push(Move::GiveBack(StageName::Application));
    }
    if model.bucket.is_some() {
        own.push(Move::Token);
    }
    if model.accept.is_some() {
        own.push(Move::GiveBack(StageName::Accept));
    }
    (own, stages)
}

#[cfg(test)]
mod tests {
    use redline_model::Rate;

    use super::*;
    use crate::{Bucket, Distribution, Pool, WhenEmpty};

    fn constant(ms: f64) -> Demand {
        Demand { mean: Seconds(ms / 1e3), distribution: Distribution::Constant, work: Work::Sleep }
    }
    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }
    /// Ends in milliseconds by id.
    fn ends(network: &mut Network) -> Vec<(u64, u64)> {
        network.take_departures().iter().map(|d| (d.id, d.ended.0 / 1_000_000)).collect()
    }

    #[test]
    fn a_late_driver_changes_no_moment() {
        let model = Model { application: Some(Pool { slots: 2, demand: constant(10.0) }), ..Model::empty("m") };
        let mut network = Network::new(&model, 1);
        for id in 0..5 {
            network.arrive(at(0), id, 1.0);
        }
        network.advance(at(1_000));
        assert_eq!(ends(&mut network), [(0, 10), (1, 10), (2, 20), (3, 20), (4, 30)]);
    }

    #[test]
    fn the_application_is_held_through_database_and_lock() {
        let model = Model {
            application: Some(Pool { slots: 1, demand: constant(10.0) }),
            database: Some(Pool { slots: 9, demand: constant(20.0) }),
            lock: Some(constant(5.0)),
            ..Model::empty("m")
        };
        let mut network = Network::new(&model, 1);
        network.arrive(at(0), 0, 1.0);
        network.arrive(at(0), 1, 2.0);
        network.advance(at(1_000));
        assert_eq!(ends(&mut network), [(0, 35), (1, 105)]);
        assert!((network.stage(StageName::Application).unwrap().held().0 - 0.105).abs() < 1e-9);
        assert!((network.stage(StageName::Application).unwrap().waited().0 - 0.035).abs() < 1e-9);
        assert_eq!(network.in_flight(), 0);
    }

    #[test]
    fn a_lock_lets_one_in_at_a_time_while_the_others_hold_the_pool() {
        let model = Model {
            application: Some(Pool { slots: 2, demand: constant(10.0) }),
            lock: Some(constant(10.0)),
            ..Model::empty("m")
        };
        let mut network = Network::new(&model, 1);
        for id in 0..3 {
            network.arrive(at(0), id, 1.0);
        }
        network.advance(at(1_000));
        assert_eq!(ends(&mut network), [(0, 20), (1, 30), (2, 40)]);
    }

    #[test]
    fn the_bucket_makes_wait_or_refuses() {
        let bucket = |when_empty| Bucket { rate: Rate(100.0), burst: 2.0, when_empty };
        for (when_empty, expected) in [
            (WhenEmpty::Wait, vec![(0, 0), (1, 0), (2, 10), (3, 20)]),
            (WhenEmpty::Refuse, vec![(0, 0), (1, 0), (2, 0), (3, 0)]),
        ] {
            let model = Model { bucket: Some(bucket(when_empty)), ..Model::empty("m") };
            let mut network = Network::new(&model, 1);
            for id in 0..4 {
                network.arrive(at(0), id, 1.0);
            }
            network.advance(at(1_000));
            let refused = network.departures.iter().filter(|d| d.fate == Fate::Refused).count();
            assert_eq!(ends(&mut network), expected);
            assert_eq!(refused, if when_empty == WhenEmpty::Wait { 0 } else { 2 });
        }
    }

    #[test]
    fn a_limit_is_changed_live_and_put_back() {
        let model = Model {
            application: Some(Pool { slots: 8, demand: constant(10.0) }),
            lock: Some(constant(1.0)),
            ..Model::empty("m")
        };
        let mut network = Network::new(&model, 1);
        let change = network.set(at(0), StageName::Application, 0.8).unwrap();
        assert_eq!((change.what, change.after, change.ratio()), (What::Slots, 6.0, 0.75));
        for id in 0..8 {
            network.arrive(at(0), id, 1.0);
        }
        assert_eq!(network.stage(StageName::Application).unwrap().busy, 6);
        network.set(at(5), StageName::Application, 1.0).unwrap();
        assert_eq!(network.stage(StageName::Application).unwrap().busy, 8);
        assert_eq!(network.set(at(5), StageName::Lock, 0.5).unwrap().what, What::Speed);
        assert!(network.set(at(5), StageName::Web, 0.5).is_none());
    }

    #[test]
    fn an_accept_limit_keeps_the_rest_outside() {
        let model =
            Model { accept: Some(2), web: Some(Pool { slots: 9, demand: constant(10.0) }), ..Model::empty("m") };
        let mut network = Network::new(&model, 1);
        for id in 0..3 {
            network.arrive(at(0), id, 1.0);
        }
        network.advance(at(1_000));
        assert_eq!(ends(&mut network), [(0, 10), (1, 10), (2, 20)]);
    }
}
