//! Bytes that a slot and a session take.

use redline_model::{Arrivals, Bytes, LoadModel, Rate, Seconds, Stage};

use super::{plans, server::Trivial};
use crate::Failure;

/// Sessions a second that one core can start.
const ARRIVALS: f64 = 2_500.0;

/// Resident memory of workers with few and with many slots, idle and with a session in each.
pub async fn compare(server: &Trivial) -> Result<(), Failure> {
    println!("\nresident memory\n");
    println!("{:>8} {:>20} {:>26}", "slots", "an idle slot", "an active session more");
    let none = resident(server, 1, 0.0).await?;
    for slots in [1_000_u32, 10_000] {
        let idle = resident(server, slots, 0.0).await?;
        let active = resident(server, slots, ARRIVALS).await?;
        let each = |more: u64, than: u64| Bytes(more.saturating_sub(than) / u64::from(slots)).to_string();
        println!("{slots:>8} {:>20} {:>26}", each(idle, none), each(active, idle));
    }
    Ok(())
}

/// The most memory until all slots are taken; the sessions' requests are never answered.
async fn resident(server: &Trivial, slots: u32, rate: f64) -> Result<u64, Failure> {
    let seconds = if rate > 0.0 { (f64::from(slots) / rate).ceil() + 1.0 } else { 2.0 };
    let stage = Stage { from: Rate(rate), to: Rate(rate), length: Seconds(seconds) };
    let model = LoadModel::Open { arrivals: Arrivals::Constant, stages: vec![stage] };
    let mut plan = plans::plan("bench-fresh", &server.base_url, "/hold", model, slots);
    plan.when_full = redline_model::WhenFull::TurnAway;
    let ticks = plans::run(&plan, seconds as usize).await?;
    let in_flight = ticks.iter().map(|t| t.sessions.in_flight).max().unwrap_or_default();
    if rate > 0.0 && in_flight < u64::from(slots) {
        println!("only {in_flight} of {slots} sessions could be held");
    }
    Ok(ticks.iter().map(|t| t.generator.resident_bytes).max().unwrap_or_default())
}
