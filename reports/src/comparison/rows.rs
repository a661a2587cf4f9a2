//! The one table: a column for each stack, in groups of rows. A row that no stack has is left out.

use redline_model::{
    Capacity, ComparedCache, ComparedStack, Comparison, Interval, SameLoad, Seconds, Share, VerdictKind,
};

use crate::{
    cache_words::percent,
    failure_words::{lost, outage},
    figure::{count, figure, interval},
};

const NONE: &str = "–";

/// Rows that belong together: each has its name and a cell for each stack.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) rows: Vec<Vec<String>>,
}

/// All groups that have a row.
pub(crate) fn groups(comparison: &Comparison) -> Vec<Group> {
    let stacks = &comparison.stacks;
    let all = [
        ("Capacity (95 % intervals)".to_owned(), capacity(stacks)),
        (latency_title(stacks), latency(stacks)),
        ("What gives out first, and what a session costs".to_owned(), cost(stacks)),
        ("What the caches answer themselves".to_owned(), caches(stacks)),
        ("When something breaks".to_owned(), faults(stacks)),
        ("When a new version comes".to_owned(), deploys(stacks)),
        ("What takes the whole site along".to_owned(), points(stacks)),
    ];
    all.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(title, rows)| Group { title, rows }).collect()
}

fn row(name: &str, stacks: &[ComparedStack], cell: impl Fn(&ComparedStack) -> Option<String>) -> Option<Vec<String>> {
    let cells: Vec<Option<String>> = stacks.iter().map(cell).collect();
    cells.iter().any(Option::is_some).then(|| {
        std::iter::once(name.to_owned()).chain(cells.into_iter().map(|c| c.unwrap_or_else(|| NONE.into()))).collect()
    })
}

fn capacity(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let told = |s: &ComparedStack, c: &Option<Capacity>, of: fn(&Capacity) -> Interval| {
        let at_least = if s.kind == VerdictKind::AtLeast { "≥ " } else { "" };
        c.as_ref().map(|c| format!("{at_least}{}", interval(&of(c))))
    };
    let per = |s: &ComparedStack, by: f64| {
        let of = s.saturation.or(s.sustainable).map(|c| c.requests_per_second.estimate)?;
        (by > 0.0).then(|| figure(of / by))
    };
    let size = |s: &ComparedStack| {
        let servers = if s.servers == 1 { "1 server".to_owned() } else { format!("{} servers", s.servers) };
        let cores = if s.cores == 1.0 { "1 core".to_owned() } else { format!("{} cores", trimmed(s.cores)) };
        format!("{servers}, {cores}, {}", s.memory)
    };
    let rows = [
        row("size", stacks, |s| Some(size(s))),
        row("saturation throughput, sessions/s", stacks, |s| told(s, &s.saturation, |c| c.sessions_per_second)),
        row("saturation throughput, requests/s", stacks, |s| told(s, &s.saturation, |c| c.requests_per_second)),
        row("… adjusted for the machine's speed", stacks, |s| s.adjusted.as_ref().map(interval)),
        row("sustainable load, sessions/s", stacks, |s| told(s, &s.sustainable, |c| c.sessions_per_second)),
        row("requests/s per core", stacks, |s| per(s, s.cores)),
        row("requests/s per GiB", stacks, |s| per(s, s.memory.0 as f64 / f64::from(1 << 30))),
    ];
    rows.into_iter().flatten().collect()
}

/// `1`, `0.4`: no zeros behind the point.
fn trimmed(value: f64) -> String {
    format!("{:.2}", value).trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn latency_title(stacks: &[ComparedStack]) -> String {
    let offered: Vec<String> =
        stacks.iter().filter_map(|s| s.same_load.as_ref()).map(|l| l.offered.to_string()).collect();
    match offered.as_slice() {
        [first, rest @ ..] if rest.iter().all(|o| o == first) => format!("Response times at {first} sessions offered"),
        _ => "Response times at about the same load".to_owned(),
    }
}

fn latency(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let time = |name: &str, of: fn(&SameLoad) -> Seconds| {
        row(name, stacks, |s| s.same_load.as_ref().map(|l| of(l).to_string()))
    };
    let rows = [
        row("sessions offered", stacks, |s| s.same_load.as_ref().map(|l| l.offered.to_string())),
        time("p50", |l| l.response.p50),
        time("p95", |l| l.response.p95),
        time("p99", |l| l.response.p99),
        row("steps that failed", stacks, |s| s.same_load.as_ref().map(|l| l.failed.to_string())),
        row("measured, times", stacks, |s| s.same_load.as_ref().map(|l| l.trials.to_string())),
    ];
    rows.into_iter().flatten().collect()
}

fn cost(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let milliseconds = |cpu: Seconds| figure(1e3 * cpu.0);
    let mut rows = vec![
        row("what gives out first", stacks, |s| s.bottleneck.clone()),
        row("CPU-ms a session", stacks, |s| s.cpu_per_session.map(milliseconds)),
    ];
    for name in distinct(stacks.iter().flat_map(|s| &s.components).map(|(name, _)| name)) {
        let of = |s: &ComparedStack| s.components.iter().find(|(n, _)| n == name).map(|(_, cpu)| milliseconds(*cpu));
        rows.push(row(&format!("… of {name}"), stacks, of));
    }
    rows.push(row("KiB a session", stacks, |s| s.bytes_per_session.map(|b| figure(b / 1024.0))));
    rows.into_iter().flatten().collect()
}

/// Each once, in the order in which they come first.
fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut known = Vec::new();
    for one in all {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    known
}

fn caches(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let names = distinct(stacks.iter().flat_map(|s| &s.caches).map(|cache| cache.cache.as_str()));
    let share = |s: &ComparedStack, name: &str, of: fn(&ComparedCache) -> Option<Share>| {
        s.caches.iter().find(|cache| cache.cache == name).and_then(of).map(percent)
    };
    let of = |name: &str| {
        [
            row(&format!("{name}, hit rate"), stacks, |s| share(s, name, |c| c.hit_rate)),
            row("… of all that it was asked", stacks, |s| share(s, name, |c| c.of_all)),
        ]
    };
    names.into_iter().flat_map(of).flatten().collect()
}

fn faults(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let load = |f: &redline_model::ComparedFault| match f.of_sustainable {
        Some(share) => format!("{} at {:.0} %", f.fault, 100.0 * share.0),
        None => format!("{} at {}", f.fault, f.offered),
    };
    let mut rows = Vec::new();
    for name in distinct(stacks.iter().flat_map(|s| s.faults.iter().map(load))) {
        let of = |s: &ComparedStack| s.faults.iter().find(|f| load(f) == name).cloned();
        rows.push(row(&format!("{name}: outage"), stacks, |s| of(s).map(|f| outage(f.outage))));
        rows.push(row("… lost service", stacks, |s| of(s).map(|f| lost(f.lost_service, f.lost_service_error))));
        rows.push(row("… orders lost", stacks, |s| {
            of(s).and_then(|f| f.orders_lost).map(|(lost, told)| format!("{} of {}", count(lost), count(told)))
        }));
    }
    rows.into_iter().flatten().collect()
}

fn deploys(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let names = distinct(stacks.iter().flat_map(|s| &s.deploys).map(|deploy| deploy.deploy.as_str()));
    let cell = |s: &ComparedStack, name: &str| {
        let of = s.deploys.iter().find(|d| d.deploy == name)?;
        Some(format!("{} ({} failed)", of.downtime, count(of.failed)))
    };
    names.into_iter().filter_map(|name| row(&format!("{name}: downtime"), stacks, |s| cell(s, name))).collect()
}

fn points(stacks: &[ComparedStack]) -> Vec<Vec<String>> {
    let mut names: Vec<&str> = Vec::new();
    for point in stacks.iter().flat_map(|s| &s.single_points) {
        if !names.contains(&point.what.as_str()) {
            names.push(&point.what);
        }
    }
    let cell = |s: &ComparedStack, name: &str| {
        let point = s.single_points.iter().find(|p| p.what == name);
        Some(match point {
            None => "no".to_owned(),
            Some(point) => point.outage.map_or("yes, by structure".to_owned(), |o| format!("yes: {}", outage(o))),
        })
    };
    names.into_iter().filter_map(|name| row(name, stacks, |s| cell(s, name))).collect()
}
