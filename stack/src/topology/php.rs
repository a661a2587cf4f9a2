//! How PHP-FPM is set.

use redline_model::{Bytes, Seconds};
use serde::Deserialize;

use super::{Handicap, TopologyError, check::Checker, written};

/// How the pool's size follows the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessManager {
    /// Always `max_children`.
    Static,
    /// Between the spare limits.
    Dynamic,
    /// A child is made when a request comes.
    Ondemand,
}

impl ProcessManager {
    /// As PHP-FPM calls it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::Ondemand => "ondemand",
        }
    }
}

/// Where PHP keeps the visitors' sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionStore {
    /// In files of its own container: no other application server sees them.
    Files,
    /// In a table of the database: all application servers share them.
    Database,
    /// In Valkey: all application servers share them.
    Valkey,
}

impl SessionStore {
    /// As the image is told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Database => "database",
            Self::Valkey => "valkey",
        }
    }
}

/// PHP-FPM, its pool and the opcode cache.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhpSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// CPU time that it may use, in cores; absent: all that its server has.
    pub cpu_quota: Option<f64>,
    /// Where it keeps the visitors' sessions.
    pub sessions: SessionStore,
    /// `pm`.
    pub pm: ProcessManager,
    /// `pm.max_children`.
    pub max_children: u32,
    /// `pm.start_servers` (dynamic only).
    pub start_servers: u32,
    /// `pm.min_spare_servers` (dynamic only).
    pub min_spare_servers: u32,
    /// `pm.max_spare_servers` (dynamic only).
    pub max_spare_servers: u32,
    /// `pm.max_requests`; 0: a child lives as long as the pool.
    pub max_requests: u32,
    /// `listen.backlog`.
    pub backlog: u32,
    /// `request_terminate_timeout`; whole seconds, 0 for never.
    #[serde(deserialize_with = "written::text")]
    pub request_terminate_timeout: Seconds,
    /// `request_slowlog_timeout`; whole seconds, 0 for never.
    #[serde(deserialize_with = "written::text")]
    pub slowlog_timeout: Seconds,
    /// `process_control_timeout`; whole seconds, 0: a reload cuts requests off.
    #[serde(deserialize_with = "written::text")]
    pub process_control_timeout: Seconds,
    /// `memory_limit` of one request.
    #[serde(deserialize_with = "written::text")]
    pub memory_limit: Bytes,
    /// `opcache.enable`.
    pub opcache: bool,
    /// `opcache.validate_timestamps`.
    pub opcache_validate: bool,
    /// `opcache.memory_consumption`; whole MiB.
    #[serde(deserialize_with = "written::text")]
    pub opcache_memory: Bytes,
    /// `opcache.revalidate_freq`: how long a file that was looked at is not looked at again, with `opcache_validate`;
    /// whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub opcache_revalidate: Seconds,
    /// For how long caches that visitors share may keep a page that is the same for everyone (`s-maxage`); whole
    /// seconds, 0: not at all.
    #[serde(deserialize_with = "written::text")]
    pub page_ttl: Seconds,
    /// What makes every page dearer than it is.
    pub handicap: Handicap,
}

impl Default for PhpSettings {
    fn default() -> Self {
        Self {
            memory: None,
            cpu_quota: None,
            sessions: SessionStore::Files,
            pm: ProcessManager::Static,
            max_children: 16,
            start_servers: 2,
            min_spare_servers: 1,
            max_spare_servers: 4,
            max_requests: 0,
            backlog: 511,
            request_terminate_timeout: Seconds(30.0),
            slowlog_timeout: Seconds(5.0),
            process_control_timeout: Seconds(10.0),
            memory_limit: Bytes(128 << 20),
            opcache: true,
            opcache_validate: false,
            opcache_memory: Bytes(64 << 20),
            opcache_revalidate: Seconds(0.0),
            page_ttl: Seconds(0.0),
            handicap: Handicap::default(),
        }
    }
}

impl PhpSettings {
    pub(super) fn check(&self, check: &Checker<'_>) -> Result<(), TopologyError> {
        check.between("max_children", self.max_children, 1, 10_000)?;
        check.between("backlog", self.backlog, 1, 65_535)?;
        check.whole_seconds("request_terminate_timeout", self.request_terminate_timeout)?;
        check.whole_seconds("slowlog_timeout", self.slowlog_timeout)?;
        self.check_slow_log(check)?;
        check.whole_seconds("process_control_timeout", self.process_control_timeout)?;
        check.whole_seconds("opcache_revalidate", self.opcache_revalidate)?;
        check.whole_seconds("page_ttl", self.page_ttl)?;
        check.whole_mebibytes("memory_limit", self.memory_limit)?;
        check.whole_mebibytes("opcache_memory", self.opcache_memory)?;
        if self.opcache_memory < Bytes(8 << 20) {
            return Err(check.wrong("opcache_memory", "the opcode cache needs at least 8MiB".to_string()));
        }
        if let Some(quota) = self.cpu_quota.filter(|q| !(0.1..=1024.0).contains(q)) {
            return Err(check.wrong("cpu_quota", format!("{quota} is out of range: it may be from 0.1 to 1024 cores")));
        }
        self.handicap.check(check)?;
        self.check_dynamic(check)
    }
    /// PHP-FPM does not start where it would log a page later than it ends it; 0 is never for both.
    fn check_slow_log(&self, check: &Checker<'_>) -> Result<(), TopologyError> {
        let (logged, ended) = (self.slowlog_timeout, self.request_terminate_timeout);
        if ended.0 > 0.0 && logged.0 > ended.0 {
            let problem =
                format!("{logged} is longer than request_terminate_timeout ({ended}), after which a page is ended");
            return Err(check.wrong("slowlog_timeout", problem));
        }
        Ok(())
    }
    fn check_dynamic(&self, check: &Checker<'_>) -> Result<(), TopologyError> {
        if self.pm != ProcessManager::Dynamic {
            return Ok(());
        }
        let (min, start, max) = (self.min_spare_servers, self.start_servers, self.max_spare_servers);
        if 1 <= min && min <= start && start <= max && max <= self.max_children {
            return Ok(());
        }
        Err(check.wrong(
            "start_servers",
            format!(
                "with pm = \"dynamic\" it must hold that 1 ≤ min_spare_servers ({min}) ≤ start_servers ({start}) ≤ \
                 max_spare_servers ({max}) ≤ max_children ({})",
                self.max_children
            ),
        ))
    }
}
