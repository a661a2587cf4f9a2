//! A timeline that grows while the run goes on.

use std::collections::BTreeMap;

use redline_model::{LatencyGrid, Rate, Timeline};

use super::grid;

/// Puts the seconds of `more` behind those of `all`.
pub fn append(all: &mut Timeline, more: Timeline) {
    let (before, added) = (all.len(), more.len());
    all.errors = errors(std::mem::take(&mut all.errors), more.errors, before, added);
    all.response_grid = joined(&all.response_grid, &more.response_grid, before, added);
    all.at.extend(more.at);
    all.trial.extend(more.trial);
    all.offered.extend(more.offered);
    all.started.extend(more.started);
    all.completed.extend(more.completed);
    all.responses.extend(more.responses);
    all.steps.extend(more.steps);
    all.good.extend(more.good);
    all.p50.extend(more.p50);
    all.p95.extend(more.p95);
    all.p99.extend(more.p99);
    all.in_flight.extend(more.in_flight);
    if !(all.server_cpus_busy.is_empty() && more.server_cpus_busy.is_empty()) {
        column(&mut all.server_cpus_busy, more.server_cpus_busy, before, added);
    }
    let at = |server: &str, component: &str| (server.to_owned(), component.to_owned());
    merge(
        &mut all.cpu,
        more.cpu,
        |c| at(&c.server, &c.component),
        |known, new| {
            column(&mut known.cores, new.map(|c| c.cores).unwrap_or_default(), before, added);
        },
    );
    merge(
        &mut all.pools,
        more.pools,
        |p| at(&p.server, &p.component),
        |known, new| {
            let new = new.unwrap_or_default();
            known.limit = known.limit.max(new.limit);
            column(&mut known.active, new.active, before, added);
            column(&mut known.queue, new.queue, before, added);
        },
    );
    merge(
        &mut all.databases,
        more.databases,
        |d| at(&d.server, &d.component),
        |known, new| {
            let new = new.unwrap_or_default();
            column(&mut known.running, new.running, before, added);
            column(&mut known.lock_waiting, new.lock_waiting, before, added);
        },
    );
}

/// What was not measured in some seconds is absent in them.
fn column<T: Clone>(all: &mut Vec<Option<T>>, more: Vec<Option<T>>, before: usize, added: usize) {
    all.resize(before, None);
    all.extend(more);
    all.resize(before + added, None);
}

/// Joins what is of the same component; `join` is called for every component that either has.
fn merge<T: Named>(
    all: &mut Vec<T>,
    more: Vec<T>,
    of: impl Fn(&T) -> (String, String),
    join: impl Fn(&mut T, Option<T>),
) {
    let mut more: BTreeMap<_, T> = more.into_iter().map(|column| (of(&column), column)).collect();
    for known in all.iter_mut() {
        let new = more.remove(&of(known));
        join(known, new);
    }
    for ((server, component), new) in more {
        let mut known = T::named(server, component);
        join(&mut known, Some(new));
        all.push(known);
    }
}

/// Columns of a component without a second.
trait Named {
    fn named(server: String, component: String) -> Self;
}

impl Named for redline_model::CpuColumn {
    fn named(server: String, component: String) -> Self {
        Self { server, component, ..Self::default() }
    }
}

impl Named for redline_model::PoolColumns {
    fn named(server: String, component: String) -> Self {
        Self { server, component, ..Self::default() }
    }
}

impl Named for redline_model::DatabaseColumns {
    fn named(server: String, component: String) -> Self {
        Self { server, component, ..Self::default() }
    }
}

type Errors = BTreeMap<redline_model::Outcome, Vec<Rate>>;

fn errors(mut all: Errors, mut more: Errors, before: usize, added: usize) -> Errors {
    for outcome in more.keys().copied().collect::<Vec<_>>() {
        all.entry(outcome).or_insert_with(|| vec![Rate(0.0); before]);
    }
    for (outcome, column) in &mut all {
        column.extend(more.remove(outcome).unwrap_or_else(|| vec![Rate(0.0); added]));
    }
    all
}

/// The grid over both: a class that one of them lacks has no step there.
fn joined(all: &LatencyGrid, more: &LatencyGrid, before: usize, added: usize) -> LatencyGrid {
    let [Some((first, last)), Some((low, high))] = [all, more].map(grid::reach) else {
        let (empty, other) = (|n| vec![0; n], if all.counts.is_empty() { more } else { all });
        let late = all.counts.is_empty();
        let pad =
            |c: &Vec<u64>| if late { [empty(before), c.clone()].concat() } else { [c.clone(), empty(added)].concat() };
        return LatencyGrid { edges: other.edges.clone(), counts: other.counts.iter().map(pad).collect() };
    };
    let of = |grid: &LatencyGrid, from: i32, class: i32, n: usize| {
        usize::try_from(class - from).ok().and_then(|at| grid.counts.get(at).cloned()).unwrap_or_else(|| vec![0; n])
    };
    let classes = first.min(low)..=last.max(high);
    let counts = classes.clone().map(|c| [of(all, first, c, before), of(more, low, c, added)].concat()).collect();
    LatencyGrid { edges: (*classes.start()..=*classes.end() + 1).map(grid::edge).collect(), counts }
}
