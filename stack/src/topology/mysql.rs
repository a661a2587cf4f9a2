//! How the database is set.

use std::fmt;

use redline_model::{Bytes, Rate, Seconds};
use serde::Deserialize;

use super::{TopologyError, check::Checker, written};

/// Which database it is; schema and data are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MysqlEngine {
    /// Oracle's MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

impl MysqlEngine {
    /// The image that it is in.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }
}

/// Which of two databases it is when the stack starts. They change places when the primary dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseRole {
    /// Takes writes.
    Primary,
    /// Follows the primary, and is read from.
    Replica,
}

impl DatabaseRole {
    /// As the image is told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Replica => "replica",
        }
    }
}

impl fmt::Display for DatabaseRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The database that has products, customers, carts and orders.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MysqlSettings {
    /// Its share of the server's memory; absent: a share of what is left.
    #[serde(deserialize_with = "written::optional")]
    pub memory: Option<Bytes>,
    /// Which database it is.
    pub engine: MysqlEngine,
    /// Which of two it is; absent: there is no other.
    pub role: Option<DatabaseRole>,
    /// `max_connections`.
    pub max_connections: u32,
    /// `back_log`.
    pub backlog: u32,
    /// `innodb_buffer_pool_size`.
    #[serde(deserialize_with = "written::text")]
    pub buffer_pool: Bytes,
    /// `innodb_redo_log_capacity`, in MariaDB `innodb_log_file_size`.
    #[serde(deserialize_with = "written::text")]
    pub redo_log: Bytes,
    /// `innodb_flush_log_at_trx_commit`: 1 at each commit, 0 and 2 once a second.
    pub flush_log_at_trx_commit: u32,
    /// `innodb_lock_wait_timeout`; whole seconds.
    #[serde(deserialize_with = "written::text")]
    pub lock_wait_timeout: Seconds,
    /// The most reads from its disk that it may make, for a slower disk than the machine's; absent: the disk's own.
    #[serde(deserialize_with = "written::optional")]
    pub read_iops: Option<Rate>,
    /// The most writes, likewise.
    #[serde(deserialize_with = "written::optional")]
    pub write_iops: Option<Rate>,
}

impl Default for MysqlSettings {
    fn default() -> Self {
        Self {
            memory: None,
            engine: MysqlEngine::Mysql,
            role: None,
            max_connections: 151,
            backlog: 128,
            buffer_pool: Bytes(256 << 20),
            redo_log: Bytes(256 << 20),
            flush_log_at_trx_commit: 1,
            lock_wait_timeout: Seconds(5.0),
            read_iops: None,
            write_iops: None,
        }
    }
}

impl MysqlSettings {
    pub(super) fn check(&self, check: &Checker<'_>, memory: Bytes) -> Result<(), TopologyError> {
        check.between("max_connections", self.max_connections, 10, 100_000)?;
        check.between("backlog", self.backlog, 1, 65_535)?;
        check.between("flush_log_at_trx_commit", self.flush_log_at_trx_commit, 0, 2)?;
        check.whole_seconds("lock_wait_timeout", self.lock_wait_timeout)?;
        if self.lock_wait_timeout < Seconds(1.0) {
            return Err(check.wrong("lock_wait_timeout", "the shortest that the database knows is 1s".to_string()));
        }
        check.whole_rate("read_iops", self.read_iops, "reads")?;
        check.whole_rate("write_iops", self.write_iops, "writes")?;
        if self.redo_log < Bytes(8 << 20) {
            return Err(check.wrong("redo_log", format!("{} is too little; it needs at least 8MiB", self.redo_log)));
        }
        if self.buffer_pool < Bytes(5 << 20) || self.buffer_pool.0 > memory.0 / 10 * 9 {
            return Err(check.wrong(
                "buffer_pool",
                format!("{} does not fit: it may have from 5MiB to 9/10 of the component's {memory}", self.buffer_pool),
            ));
        }
        Ok(())
    }
}
