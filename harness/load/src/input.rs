//! A worker's standard input: the plan, then perhaps `stop`, then its end.

use std::{
    io::{self, BufRead},
    thread,
};

use redline_model::LoadPlan;
use tokio::sync::mpsc;

/// What a worker is told while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Start no more sessions; let those on their way end.
    Stop,
    /// End at once.
    Abort,
}

/// Reads the plan.
pub(crate) fn plan() -> Result<LoadPlan, String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|e| format!("the plan could not be read: {e}"))?;
    serde_json::from_str(&line).map_err(|e| format!("the first line of standard input is not a plan: {e}"))
}

/// Listens, on a thread of its own, to whoever started the worker. When that process goes away, the
/// input ends, and the worker must not go on sending load.
pub(crate) fn listen(orders: mpsc::Sender<Order>) -> io::Result<()> {
    thread::Builder::new().name("input".into()).spawn(move || {
        for line in io::stdin().lock().lines() {
            match line.as_deref().map(str::trim) {
                Ok("stop") => _ = orders.blocking_send(Order::Stop),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let _ = orders.blocking_send(Order::Abort);
    })?;
    Ok(())
}
