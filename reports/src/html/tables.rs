//! The page's tables of figures.

use redline_model::{Bottleneck, Capacity, ComponentUsage, Interval, RunReport, Timeline, TrialResult};

use super::table::Table;
use crate::{
    cache_words,
    figure::{count, figure, interval},
    select::{at_saturation, at_sustainable, held},
    words::{class, purpose},
};

const NONE: &str = "–";

/// The capacities in every unit.
pub(super) fn capacity(report: &RunReport) -> Option<Table> {
    let verdict = &report.verdict;
    let loads = [
        ("sustainable load", &verdict.sustainable),
        ("saturation throughput", &verdict.saturation),
        ("knee", &verdict.knee),
    ];
    let row = |(name, capacity): (&str, &Option<Capacity>)| {
        let c = capacity.as_ref()?;
        let units = [c.sessions_per_second, c.requests_per_second, c.orders_per_second, c.shoppers];
        Some(std::iter::once(name.to_owned()).chain(units.iter().map(interval)).collect())
    };
    let rows: Vec<Vec<String>> = loads.into_iter().filter_map(row).collect();
    let head = ["load", "sessions/s", "requests/s", "orders/s", "shoppers at once"];
    (!rows.is_empty()).then(|| Table::of_figures("Capacity with 95 % intervals", &head, rows))
}

/// What was changed and what came of it.
pub(super) fn interventions(bottleneck: &Bottleneck) -> Table {
    let ratio = |i: &Interval| format!("{:.2} ({:.2} to {:.2})", i.estimate, i.low, i.high);
    let rows = bottleneck.interventions.iter().map(|i| {
        vec![
            format!("{} of {}", i.resource, i.component),
            i.done.clone(),
            format!("× {:.2}", i.factor),
            format!("× {}", ratio(&i.throughput)),
            ratio(&i.elasticity),
            i.pairs.to_string(),
        ]
    });
    let head = ["resource", "how it was changed", "to", "throughput", "elasticity", "pairs"];
    let caption = "What was changed at saturation, with 95 % intervals";
    Table { figures_from: 2, ..Table::of_figures(caption, &head, rows.collect()) }
}

/// Each step at the loads that stand for the run.
pub(super) fn steps(report: &RunReport) -> Vec<Table> {
    let loads = [
        ("at the sustainable load", at_sustainable(report)),
        ("at saturation", at_saturation(report)),
        ("at the load held", held(report)),
    ];
    loads.into_iter().filter_map(|(name, trial)| trial.map(|t| of_steps(name, t))).collect()
}

fn of_steps(name: &str, trial: &TrialResult) -> Table {
    let rows = trial.steps.iter().map(|s| {
        vec![
            s.step.clone(),
            count(s.outcomes.total()),
            s.response.p50.to_string(),
            s.response.p95.to_string(),
            s.response.p99.to_string(),
            s.response.max.to_string(),
            s.service.p50.to_string(),
            count(s.outcomes.errors()),
        ]
    });
    let head = ["step", "ended", "p50", "p95", "p99", "max", "page alone p50", "failed"];
    let caption = format!("Response times {name} (trial {}, {} sessions offered)", trial.number, trial.offered);
    Table::of_figures(caption, &head, rows.collect())
}

/// Every trial.
pub(super) fn trials(report: &RunReport) -> Table {
    let rows = report.trials.iter().map(|t| {
        let steps = t.steps_per_second.0;
        vec![
            t.number.to_string(),
            purpose(t.spec.purpose).to_owned(),
            class(t).to_owned(),
            figure(t.offered.0),
            figure(t.completed.0),
            figure(t.responses.0),
            if steps > 0.0 { format!("{:.1} %", 100.0 * t.good.0 / steps) } else { NONE.into() },
            t.response.p50.to_string(),
            t.response.p95.to_string(),
            t.response.p99.to_string(),
            count(t.requests.outcomes.errors()),
            format!("{:.0}–{:.0} s", t.from.0, t.to.0),
        ]
    });
    let head = [
        "trial",
        "made for",
        "found",
        "offered",
        "completed",
        "requests",
        "within the promise",
        "p50",
        "p95",
        "p99",
        "failed",
        "measured",
    ];
    let caption = "Trials; offered and completed in sessions a second, requests a second, response time of all steps";
    Table { figures_from: 3, ..Table::of_figures(caption, &head, rows.collect()) }
}

/// The components at saturation, or at the load held.
pub(super) fn components(report: &RunReport) -> Option<Table> {
    let (name, trial) = match (at_saturation(report), held(report)) {
        (Some(trial), _) => ("at saturation", trial),
        (None, trial) => ("at the load held", trial?),
    };
    let row = |c: &ComponentUsage| {
        let memory = c.memory_limit.map_or_else(|| c.memory.to_string(), |limit| format!("{} of {limit}", c.memory));
        let figures: Vec<String> = c.figures.iter().map(|(what, value)| format!("{what} {value}")).collect();
        vec![
            format!("{} / {}", c.server, c.component),
            c.cpu.map_or_else(|| NONE.into(), |cores| format!("{} cores", figure(cores))),
            c.cpu_per_session.map_or_else(|| NONE.into(), |s| s.to_string()),
            memory,
            figures.join(", "),
        ]
    };
    let head = ["component", "CPU", "CPU a session", "memory", "its own figures"];
    let rows: Vec<Vec<String>> = trial.components.iter().map(row).collect();
    (!rows.is_empty()).then(|| Table::of_text(format!("Components {name} (trial {})", trial.number), &head, rows))
}

/// What each cache answered; nothing where the stack has none.
pub(super) fn caches(report: &RunReport) -> Option<Table> {
    let rows: Vec<Vec<String>> = report.caches.iter().map(cache_words::row).collect();
    let table = || Table { figures_from: 2, ..Table::of_figures("What each cache answered", &cache_words::HEAD, rows) };
    (!report.caches.is_empty()).then(table)
}

/// Mean and most CPU of each component in each trial.
pub(super) fn busy(report: &RunReport) -> Table {
    let t = &report.timeline;
    let names = t.cpu.iter().map(|c| format!("{} / {}", c.server, c.component));
    let head: Vec<String> = std::iter::once("trial".to_owned()).chain(names).collect();
    let columns: Vec<&[Option<f64>]> = t.cpu.iter().map(|c| c.cores.as_slice()).collect();
    by_trial("CPU of each component in cores: mean, and most in any second", head, report, &columns)
}

/// Mean and most of what queues, in each trial.
pub(super) fn queues(report: &RunReport) -> Table {
    let t = &report.timeline;
    let number = |column: &[Option<u64>]| column.iter().map(|v| v.map(|n| n as f64)).collect::<Vec<_>>();
    let mut head = vec!["trial".to_owned()];
    let mut columns = Vec::new();
    for p in &t.pools {
        let name = format!("{} / {}", p.server, p.component);
        head.extend([format!("{name} working"), format!("{name} queued")]);
        columns.extend([number(&p.active), number(&p.queue)]);
    }
    for d in &t.databases {
        let name = format!("{} / {}", d.server, d.component);
        head.extend([format!("{name} running"), format!("{name} waiting for a lock")]);
        columns.extend([number(&d.running), number(&d.lock_waiting)]);
    }
    let columns: Vec<&[Option<f64>]> = columns.iter().map(Vec::as_slice).collect();
    by_trial("Pools and databases: mean, and most in any reading", head, report, &columns)
}

fn by_trial(caption: &str, head: Vec<String>, report: &RunReport, columns: &[&[Option<f64>]]) -> Table {
    let rows = report
        .trials
        .iter()
        .map(|trial| {
            let cells = columns.iter().map(|column| mean_and_most(&report.timeline, trial.number, column));
            std::iter::once(format!("{} {}", trial.number, purpose(trial.spec.purpose))).chain(cells).collect()
        })
        .collect();
    Table { caption: caption.to_owned(), head, rows, figures_from: 1 }
}

fn mean_and_most(t: &Timeline, trial: u32, column: &[Option<f64>]) -> String {
    let of: Vec<f64> = t.trial.iter().zip(column).filter(|(n, _)| **n == trial).filter_map(|(_, v)| *v).collect();
    match of.iter().copied().reduce(f64::max) {
        Some(most) => format!("{}; {}", figure(of.iter().sum::<f64>() / of.len() as f64), figure(most)),
        None => NONE.into(),
    }
}
