//! Takes a part of the servers' CPU time: one thread a CPU works a little in each short period.
//!
//! A quota would do the same through a cgroup that all components are in; the thread needs no cgroup, no
//! privilege and no clean-up, and what it took is measured by its own CPU clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use redline_model::{Mono, thread_cpu_time};

use crate::StackError;

/// What a lever takes: × 0.75, where DESIGN.md has × 0.8, because on a shared host the noise decides.
const SHARE: f64 = 0.25;
/// Short, so that requests of some milliseconds see an even slowness and no stalls.
const PERIOD: Duration = Duration::from_millis(5);

/// Takes a share of each of these CPUs' time.
#[derive(Debug)]
pub struct Thief {
    cpus: Vec<usize>,
    /// What is taken of each CPU.
    share: f64,
    at_work: Option<AtWork>,
}

#[derive(Debug)]
struct AtWork {
    since: Mono,
    stop: Arc<AtomicBool>,
    /// CPU time that was taken, in nanoseconds, over all threads.
    taken: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Thief {
    /// One that takes a quarter.
    pub(super) fn of(cpus: Vec<usize>) -> Self {
        Self::taking(SHARE, cpus)
    }
    /// One that takes `share` of each of these CPUs, from 0 to 1.
    pub(crate) fn taking(share: f64, cpus: Vec<usize>) -> Self {
        Self { cpus, share, at_work: None }
    }
    pub(super) fn done(&self) -> String {
        format!("{:.0} % of the servers' CPU time was taken by threads of redline", 100.0 * self.share)
    }
    pub(crate) fn pull(&mut self) -> Result<(), StackError> {
        let (stop, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut threads = Vec::new();
        for cpu in &self.cpus {
            let (cpu, share, stop, taken) = (*cpu, self.share, stop.clone(), taken.clone());
            let thread =
                thread::Builder::new().name("cpu-thief".into()).spawn(move || steal(cpu, share, &stop, &taken));
            threads.push(thread.map_err(|source| StackError::Thread { what: "taking CPU time", source })?);
        }
        self.at_work = Some(AtWork { since: Mono::now(), stop, taken, threads });
        Ok(())
    }
    /// What was left of the CPU time.
    pub(crate) fn release(&mut self) -> f64 {
        let Some(work) = self.at_work.take() else { return 1.0 };
        let there_was = Mono::now().since(work.since).as_secs_f64() * self.cpus.len() as f64;
        work.stop.store(true, Ordering::SeqCst);
        for thread in work.threads {
            // A thread that panicked took nothing more.
            let _ = thread.join();
        }
        let taken = work.taken.load(Ordering::SeqCst) as f64 / 1e9;
        1.0 - (taken / there_was.max(1e-9)).clamp(0.0, 0.99)
    }
}

impl Drop for Thief {
    fn drop(&mut self) {
        self.release();
    }
}

fn steal(cpu: usize, share: f64, stop: &AtomicBool, taken: &AtomicU64) {
    if !pin(cpu) {
        return;
    }
    go_first();
    let mut next = Mono::now();
    let mut counted = thread_cpu_time();
    while !stop.load(Ordering::Relaxed) {
        work(PERIOD.mul_f64(share));
        let now = thread_cpu_time();
        taken.fetch_add(nanos(now.saturating_sub(counted)), Ordering::SeqCst);
        counted = now;
        next = next.plus(PERIOD);
        thread::sleep(next.since(Mono::now()));
        // What could not be had in time is not made up for: two periods' work at once would be a stall.
        next = next.max(Mono::now());
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Uses as much CPU time of this thread.
fn work(amount: Duration) {
    let enough = thread_cpu_time() + amount;
    while thread_cpu_time() < enough {
        for _ in 0..200 {
            std::hint::spin_loop();
        }
    }
}

#[cfg(target_os = "linux")]
fn pin(cpu: usize) -> bool {
    use nix::{
        sched::{CpuSet, sched_setaffinity},
        unistd::Pid,
    };
    let mut set = CpuSet::new();
    // An exact timer, so that the periods are as short as they are meant to be.
    let _ = nix::sys::prctl::set_timerslack(1);
    set.set(cpu).is_ok() && sched_setaffinity(Pid::from_raw(0), &set).is_ok()
}
#[cfg(not(target_os = "linux"))]
fn pin(_cpu: usize) -> bool {
    false
}

/// Before the components, where the system allows it; else as one among them, and the CPU clock tells how
/// much that was.
fn go_first() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let realtime = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, realtime);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_measured_and_ends() {
        let mut thief = Thief::of(vec![0]);
        assert!((thief.release() - 1.0).abs() < 1e-9, "nothing was taken yet");
        thief.pull().unwrap();
        let threads = || {
            let names = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            names
                .filter(|t| std::fs::read_to_string(t.path().join("comm")).is_ok_and(|n| n.trim() == "cpu-thief"))
                .count()
        };
        // Some work is done whatever else the machine does; how much is measured, not asserted.
        while thief.at_work.as_ref().unwrap().taken.load(Ordering::SeqCst) < 3_000_000 {
            thread::yield_now();
        }
        assert_eq!(threads(), 1);
        let left = thief.release();
        assert!((0.01..1.0).contains(&left), "{left}");
        assert_eq!(threads(), 0);
    }
}
