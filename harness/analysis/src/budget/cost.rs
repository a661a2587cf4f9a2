//! Limits on the CPU time that a session or a request takes of all components together.

use redline_model::{GateOutcome, Interval, Purpose, RunReport, TrialClass, TrialResult};

use super::{
    judge::{Said, number, told},
    limit::{Figure, Limit},
    promise::stands_for,
};
use crate::interval::{ratio_error, t_quantile};

/// Fewer seconds than this have no interval that is worth anything.
const FEWEST_SECONDS: usize = 8;

pub(super) fn cost(limit: &Limit, run: &RunReport) -> Result<Said, String> {
    let driven = || run.trials.iter().rfind(|t| t.spec.purpose == Purpose::Overdrive);
    let trial = stands_for(run).or_else(driven).ok_or("there is no trial that stands for it")?;
    if trial.class == TrialClass::GeneratorLimited {
        return Ok(Said::invalid(format!("trial {} is not valid: {}", trial.number, trial.reasons.join("; "))));
    }
    let by_session = limit.figure == Figure::CpuPerSession;
    let (cpu, count) = columns(run, trial, &limit.figure);
    if cpu.is_empty() {
        return Err("the CPU of its components was not read".into());
    }
    let (all, each): (f64, f64) = (cpu.iter().sum(), count.iter().sum());
    let unit = if by_session { "session" } else { "request" };
    let at = format!("trial {}, {} sessions offered", trial.number, trial.offered);
    if cpu.len() < FEWEST_SECONDS || each <= 0.0 {
        return Ok(Said {
            outcome: GateOutcome::Inconclusive,
            found: if each > 0.0 { format!("{} ms", number(1e3 * all / each)) } else { "nothing was completed".into() },
            detail: format!("{at}: {} seconds are too few for an interval", cpu.len()),
            value: None,
        });
    }
    let estimate = all / each;
    let half = t_quantile(cpu.len() as f64 - 1.0) * ratio_error(&cpu, &count);
    let value = Interval { estimate, low: (estimate - half).max(0.0), high: estimate + half };
    let shown = format!("{} ms of CPU a {unit}", told(&value.scaled(1e3)));
    Ok(Said::below(value, limit.bound, shown, format!("{at}, with its 95 % interval over {} seconds", cpu.len())))
}

/// CPU seconds of all components, and sessions or responses, in each second of the trial's window with all readings.
fn columns(run: &RunReport, trial: &TrialResult, figure: &Figure) -> (Vec<f64>, Vec<f64>) {
    let line = &run.timeline;
    let within = |row: &usize| {
        line.trial[*row] == trial.number && line.at[*row].0 >= trial.from.0 - 0.5 && line.at[*row].0 < trial.to.0 - 0.5
    };
    let of = |row: usize| {
        let cores: Option<f64> = line.cpu.iter().map(|c| c.cores.get(row).copied().flatten()).sum();
        let count = if *figure == Figure::CpuPerSession { &line.completed } else { &line.responses };
        Some((cores.filter(|_| !line.cpu.is_empty())?, count.get(row)?.0))
    };
    (0..line.len()).filter(within).filter_map(of).unzip()
}
