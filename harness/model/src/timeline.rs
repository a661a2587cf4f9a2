//! Every second of the run, column by column: what the reports draw.
//!
//! Columns and not rows, because a run of an hour has 3 600 of them and the names would weigh more than
//! the figures.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Outcome, Rate, Seconds, Share};

/// Every second in which a trial was under way. All columns are equally long, but for `started`, `steps` and
/// `server_cpus_busy`, which are empty where they are not known. What is absent in a second was not measured in
/// it. The pauses between trials are not in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// When the second began, from the start of the run.
    pub at: Vec<Seconds>,
    /// The trial that it belongs to.
    pub trial: Vec<u32>,
    /// Sessions meant to start, per second.
    pub offered: Vec<Rate>,
    /// Sessions that started, per second.
    pub started: Vec<Rate>,
    /// Sessions that ended, per second.
    pub completed: Vec<Rate>,
    /// Responses per second.
    pub responses: Vec<Rate>,
    /// Steps that ended, per second.
    pub steps: Vec<Rate>,
    /// Steps that were correct and within the SLO, per second.
    pub good: Vec<Rate>,
    /// Requests that failed, per second, by what became of them; classes that never occurred are left out.
    pub errors: BTreeMap<Outcome, Vec<Rate>>,
    /// Median response time of the steps that succeeded; absent where none ended.
    pub p50: Vec<Option<Seconds>>,
    /// 95th percentile of the same.
    pub p95: Vec<Option<Seconds>>,
    /// 99th percentile of the same.
    pub p99: Vec<Option<Seconds>>,
    /// How many steps that succeeded took how long.
    #[serde(default)]
    pub response_grid: LatencyGrid,
    /// Sessions in flight at the end of the second.
    pub in_flight: Vec<u64>,
    /// Busy share of the CPUs that the servers use; empty where the machine was not probed.
    pub server_cpus_busy: Vec<Option<Share>>,
    /// CPU of each component whose CPU could be read.
    pub cpu: Vec<CpuColumn>,
    /// Each PHP-FPM pool.
    pub pools: Vec<PoolColumns>,
    /// Each MySQL or MariaDB.
    pub databases: Vec<DatabaseColumns>,
}

/// Response times by class: coarse enough to store every second, fine enough to see that there are two kinds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LatencyGrid {
    /// The edges of the classes, ascending; one more than there are classes.
    pub edges: Vec<Seconds>,
    /// For each class, the steps in it in each second.
    pub counts: Vec<Vec<u64>>,
}

/// CPU of one component.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CpuColumn {
    /// Its server.
    pub server: String,
    /// Its name.
    pub component: String,
    /// CPU time per second, in cores.
    pub cores: Vec<Option<f64>>,
}

/// One PHP-FPM pool.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PoolColumns {
    /// Its server.
    pub server: String,
    /// Its name.
    pub component: String,
    /// The most children that it may have, as last read.
    pub limit: u64,
    /// Children that were working on a request.
    pub active: Vec<Option<u64>>,
    /// Requests that waited in the listen queue.
    pub queue: Vec<Option<u64>>,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseColumns {
    /// Its server.
    pub server: String,
    /// Its name.
    pub component: String,
    /// Threads that were executing.
    pub running: Vec<Option<u64>>,
    /// Row locks that were being waited for.
    pub lock_waiting: Vec<Option<u64>>,
}

impl Timeline {
    /// Seconds in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }
    /// Whether there is no second in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }
    /// Requests that failed in second `row`, per second, of all classes together.
    #[must_use]
    pub fn errors_at(&self, row: usize) -> Rate {
        Rate(self.errors.values().filter_map(|column| column.get(row)).map(|rate| rate.0).sum())
    }
    /// The first column that is not as long as `at`, by its name: a document that was tampered with.
    #[must_use]
    pub fn uneven(&self) -> Option<&'static str> {
        let n = self.len();
        let plain = [
            ("trial", self.trial.len()),
            ("offered", self.offered.len()),
            ("completed", self.completed.len()),
            ("responses", self.responses.len()),
            ("good", self.good.len()),
            ("p50", self.p50.len()),
            ("p95", self.p95.len()),
            ("p99", self.p99.len()),
            ("in_flight", self.in_flight.len()),
        ];
        let may_be_empty = [
            ("started", self.started.len()),
            ("steps", self.steps.len()),
            ("server_cpus_busy", self.server_cpus_busy.len()),
        ];
        let errors = self.errors.values().map(|c| ("errors", c.len()));
        let cpu = self.cpu.iter().map(|c| ("cpu", c.cores.len()));
        let pools = self.pools.iter().flat_map(|p| [("pools", p.active.len()), ("pools", p.queue.len())]);
        let databases =
            self.databases.iter().flat_map(|d| [("databases", d.running.len()), ("databases", d.lock_waiting.len())]);
        let grid = self.response_grid.counts.iter().map(|c| ("response_grid", c.len()));
        plain
            .into_iter()
            .chain(may_be_empty.into_iter().filter(|(_, length)| *length > 0))
            .chain(errors)
            .chain(cpu)
            .chain(pools)
            .chain(databases)
            .chain(grid)
            .find(|(_, length)| *length != n)
            .map(|(name, _)| name)
    }
}
