//! One stage's slots, its line, and what it has counted.

use std::collections::VecDeque;

use redline_model::{Mono, Seconds};

use crate::Demand;

/// A request's place in the network.
pub(crate) type Job = usize;

/// A stage under way.
#[derive(Debug, Clone)]
pub(crate) struct StageState {
    pub(crate) demand: Demand,
    /// As the model has it.
    pub(crate) written_slots: u32,
    pub(crate) slots: u32,
    /// Divides the demand.
    pub(crate) speed: f64,
    pub(crate) busy: u32,
    pub(crate) waiting: VecDeque<Job>,
    /// Requests that were given a slot.
    pub(crate) taken: u64,
    /// Requests that had to wait for one.
    pub(crate) had_to_wait: u64,
    /// ∫ waiting dt, up to `touched`.
    wait_area: f64,
    /// ∫ busy dt, up to `touched`.
    busy_area: f64,
    touched: Mono,
}

impl StageState {
    pub(crate) fn new(slots: u32, demand: Demand) -> Self {
        Self {
            demand,
            written_slots: slots,
            slots,
            speed: 1.0,
            busy: 0,
            waiting: VecDeque::new(),
            taken: 0,
            had_to_wait: 0,
            wait_area: 0.0,
            busy_area: 0.0,
            touched: Mono(0),
        }
    }
    /// Takes a slot, or a place in the line: whether it was a slot.
    pub(crate) fn take(&mut self, now: Mono, job: Job) -> bool {
        self.touch(now);
        if self.busy < self.slots {
            self.busy += 1;
            self.taken += 1;
            return true;
        }
        self.had_to_wait += 1;
        self.waiting.push_back(job);
        false
    }
    /// Gives a slot back.
    pub(crate) fn give_back(&mut self, now: Mono) {
        self.touch(now);
        self.busy -= 1;
    }
    /// The first in the line, if there is a slot for it.
    pub(crate) fn next(&mut self, now: Mono) -> Option<Job> {
        self.touch(now);
        if self.busy >= self.slots {
            return None;
        }
        let job = self.waiting.pop_front()?;
        self.busy += 1;
        self.taken += 1;
        Some(job)
    }
    /// Brings the areas up to `now`.
    pub(crate) fn touch(&mut self, now: Mono) {
        let span = now.since(self.touched).as_secs_f64();
        self.wait_area += span * self.waiting.len() as f64;
        self.busy_area += span * f64::from(self.busy);
        self.touched = self.touched.max(now);
    }
    /// Time waited by all together.
    pub(crate) fn waited(&self) -> Seconds {
        Seconds(self.wait_area)
    }
    /// Time that slots were taken, all together.
    pub(crate) fn held(&self) -> Seconds {
        Seconds(self.busy_area)
    }
}
