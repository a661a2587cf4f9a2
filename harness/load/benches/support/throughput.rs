//! Requests a second and schedule lag.

use std::time::Duration;

use redline_model::{Arrivals, Latencies, LoadModel, Rate, Seconds, Stage};

use super::{peers, plans, server::Trivial};
use crate::Failure;

const ROUNDS: usize = 3;
const LENGTH: Duration = Duration::from_secs(3);
/// Users, and so connections, of each contender.
pub const USERS: u32 = 32;

/// Each contender's requests a second, in turn.
pub async fn compare(server: &Trivial) -> Result<(), Failure> {
    println!("requests a second on one core, {USERS} connections, {ROUNDS} rounds of {LENGTH:?}, in turn\n");
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    for _ in 0..ROUNDS {
        for contender in ["redline, kept connections", "redline, calibration", "goose as it comes", "oha"] {
            let Some(rate) = rate(contender, server).await? else { continue };
            match rows.iter_mut().find(|(name, _)| *name == contender) {
                Some((_, rates)) => rates.push(rate),
                None => rows.push((contender, vec![rate])),
            }
        }
    }
    let median = |rates: &[f64]| {
        let mut sorted = rates.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    let own = rows.first().map_or(1.0, |(_, rates)| median(rates));
    println!("{:<28} {:>10} {:>8}   each round", "", "median", "ratio");
    for (name, rates) in &rows {
        let each = rates.iter().map(|r| format!("{r:.0}")).collect::<Vec<_>>().join("  ");
        println!("{name:<28} {:>10.0} {:>8.2}   {each}", median(rates), median(rates) / own);
    }
    if !rows.iter().any(|(name, _)| *name == "oha") {
        println!("oha is not on the PATH: cargo install --locked oha");
    }
    Ok(())
}

async fn rate(contender: &str, server: &Trivial) -> Result<Option<f64>, Failure> {
    let own = async |scenario| {
        let model = LoadModel::Closed { users: USERS, length: LENGTH.into() };
        let ticks = plans::run(&plans::plan(scenario, &server.base_url, "/", model, USERS), usize::MAX).await?;
        let requests: u64 = ticks.iter().map(|t| t.requests.outcomes.responses()).sum();
        Ok::<_, Failure>(Some(requests as f64 / LENGTH.as_secs_f64()))
    };
    match contender {
        "redline, kept connections" => own("bench-kept").await,
        "redline, calibration" => own("calibration").await,
        "goose as it comes" => peers::goose_rate(&server.base_url, LENGTH).map(Some),
        _ => peers::oha_rate(&server.base_url, LENGTH),
    }
}

/// How late sessions start.
pub async fn lag(server: &Trivial) -> Result<(), Failure> {
    println!("\nschedule lag, generator on one core, a request a session, Poisson arrivals for {LENGTH:?}\n");
    let columns = ["connections", "arrivals/s", "p50", "p99", "p99.9", "max"].map(|c| format!("{c:>11}")).join(" ");
    println!("{columns} {:>8}", "CPU");
    let cases = [("bench-kept", "kept"), ("bench-fresh", "fresh")];
    for ((scenario, name), rate) in cases.iter().flat_map(|case| [500.0, 2000.0, 5000.0].map(|rate| (*case, rate))) {
        let stage = Stage { from: Rate(rate), to: Rate(rate), length: Seconds(3.0) };
        let model = LoadModel::Open { arrivals: Arrivals::Poisson, stages: vec![stage] };
        let ticks = plans::run(&plans::plan(scenario, &server.base_url, "/", model, 2000), usize::MAX).await?;
        let mut lag = Latencies::default();
        ticks.iter().for_each(|tick| lag.merge(&tick.lag));
        let summary = lag.summary();
        let cpu = ticks.iter().map(|t| t.generator.cpu.0).sum::<f64>() / 3.0;
        let shown = [summary.p50, summary.p99, summary.p999, summary.max].map(|s| format!("{s:>11}")).join(" ");
        println!("{name:>11} {rate:>11.0} {shown} {:>7.0}%", cpu * 100.0);
    }
    Ok(())
}
