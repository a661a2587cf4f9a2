//! What a worker arranges with its process and its machine before it starts.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use redline_model::Mono;
use tokio::sync::mpsc;

use crate::input::Order;

/// Keeps the whole process, its later threads included, on these CPUs; an empty list changes nothing.
#[cfg(target_os = "linux")]
pub(crate) fn pin(cpus: &[usize]) -> nix::Result<()> {
    use nix::{
        sched::{CpuSet, sched_setaffinity},
        unistd::Pid,
    };
    if cpus.is_empty() {
        return Ok(());
    }
    let mut set = CpuSet::new();
    cpus.iter().try_for_each(|cpu| set.set(*cpu))?;
    sched_setaffinity(Pid::from_raw(0), &set)
}
/// Other systems have no such call: the plan's CPUs are a wish there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn pin(_cpus: &[usize]) -> nix::Result<()> {
    Ok(())
}

/// This thread works only when no other wants its CPU, and makes way at once for one that wakes up. An
/// ordinary thread would keep it for up to 3 ms, and a session that is to start would be late by that.
pub fn yield_to_all() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        // Where it is refused, the schedule lag shows what it costs.
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
    }
}

/// This thread goes before all others of its CPU, where the system allows it (root, or a limit for it).
/// It is for the pacer, which works some microseconds at a time: an ordinary thread that wakes up waits
/// until the one that runs has had its slice, up to 3 ms on a generator that has one CPU only.
pub(crate) fn go_first() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let realtime = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
        // Where it is refused, the schedule lag shows what it costs.
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, realtime);
    }
}

/// Lets the process open as many files as the system allows: each session may hold six connections, and
/// the usual limit of 1 024 is for programs that use `select`.
pub(crate) fn raise_file_limit() {
    // Where it cannot be raised, the connections that fail say so.
    let _ = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
}

/// How many CPUs the process may use.
pub(crate) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A logger that says nothing: without one goose installs its own, which writes to standard output.
struct Silence;

impl log::Log for Silence {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }
    fn log(&self, _: &log::Record<'_>) {}
    fn flush(&self) {}
}

pub(crate) fn silence() {
    static SILENCE: Silence = Silence;
    // A logger that is there already serves as well.
    let _ = log::set_logger(&SILENCE);
    log::set_max_level(log::LevelFilter::Off);
}

/// A first Ctrl-C (which a terminal sends to the whole group of processes) stops, a second one ends at
/// once. Set before goose starts, which would take the handler for itself.
pub(crate) fn on_interrupt(orders: mpsc::Sender<Order>) {
    let mut first: Option<Mono> = None;
    // Without a handler the default one ends the process, which is no harm.
    let _ = ctrlc::set_handler(move || {
        let order = if first.replace(Mono::now()).is_none() { Order::Stop } else { Order::Abort };
        let _ = orders.try_send(order);
    });
}
