//! MySQL's or MariaDB's global status.

use std::collections::HashMap;

use mysql_async::{Conn, prelude::Queryable};
use redline_model::{Mono, MysqlSample, Rate, Seconds};

use super::component::since;
use crate::{error::one_line, member::Member, mysql_client::Database};

/// `SHOW GLOBAL STATUS`, as numbers.
#[derive(Debug, Clone, Default, PartialEq)]
struct Status(HashMap<String, u64>);

const QUESTION: &str = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Handler_commit', 'Threads_running', \
    'Threads_connected', 'Connection_errors_max_connections', 'Innodb_row_lock_waits', 'Innodb_row_lock_time', \
    'Innodb_row_lock_current_waits', 'Innodb_buffer_pool_reads', 'Innodb_buffer_pool_read_requests', \
    'Innodb_data_fsyncs', 'Innodb_log_waits')";

/// Where time went, in picoseconds. Both are on by default in both engines.
const WAITS: &str = "SELECT 'reads', SUM_TIMER_READ FROM performance_schema.file_summary_by_event_name \
    WHERE EVENT_NAME = 'wait/io/file/innodb/innodb_data_file' \
    UNION ALL SELECT 'commits', SUM_TIMER_WAIT FROM performance_schema.events_statements_summary_global_by_event_name \
    WHERE EVENT_NAME = 'statement/sql/commit'";

/// Keeps a connection of its own, so that a full server can still be asked.
#[derive(Debug)]
pub(super) struct MysqlProbe {
    database: Database,
    connection: Option<Conn>,
    connection_limit: u64,
    last: Option<(Mono, Status)>,
}

impl MysqlProbe {
    pub(super) fn new(member: &Member) -> Self {
        Self { database: Database::of(member), connection: None, connection_limit: 0, last: None }
    }
    pub(super) async fn read(&mut self) -> Result<Option<MysqlSample>, String> {
        // Taken out meanwhile: a question that is given up halfway leaves no connection behind that is out of step.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await.map_err(why)?,
        };
        let rows: Vec<(String, String)> = connection.query(QUESTION).await.map_err(why)?;
        // An image of the user's own may keep it from us; the other counters are read all the same.
        let waits: Vec<(String, u64)> = connection.query(WAITS).await.unwrap_or_default();
        self.connection = Some(connection);
        let mut now = Status::of(rows);
        now.0.extend(waits);
        let at = Mono::now();
        let last = self.last.replace((at, now.clone()));
        let limit = self.connection_limit;
        Ok(last.map(|(then, last)| difference(at, &now, then, &last, limit)))
    }
    async fn connect(&mut self) -> Result<Conn, mysql_async::Error> {
        let mut connection = self.database.connect().await?;
        let limit: Option<u64> = connection.query_first("SELECT @@global.max_connections").await?;
        self.connection_limit = limit.unwrap_or(0);
        Ok(connection)
    }
}

impl Status {
    fn of(rows: Vec<(String, String)>) -> Self {
        Self(rows.into_iter().filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect())
    }
    fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

fn difference(at: Mono, now: &Status, then: Mono, last: &Status, connection_limit: u64) -> MysqlSample {
    let span = since(at, then);
    let new = |name: &str| now.get(name).saturating_sub(last.get(name));
    let picoseconds = |name: &str| now.0.contains_key(name).then(|| Seconds(new(name) as f64 / 1e12));
    // This probe's connection and its two questions are on the page; they are nobody's visit.
    let (own, questions) = (1, 2);
    MysqlSample {
        queries: Rate::over(new("Questions").saturating_sub(questions), span),
        commits: Rate::over(new("Handler_commit"), span),
        running: now.get("Threads_running").saturating_sub(own),
        connected: now.get("Threads_connected").saturating_sub(own),
        connection_limit,
        refused: new("Connection_errors_max_connections"),
        lock_waits: new("Innodb_row_lock_waits"),
        // The server counts it in milliseconds.
        lock_wait_time: Seconds(new("Innodb_row_lock_time") as f64 / 1e3),
        lock_waiting_now: now.get("Innodb_row_lock_current_waits"),
        pool_misses: new("Innodb_buffer_pool_reads"),
        pool_reads: new("Innodb_buffer_pool_read_requests"),
        // Of all of InnoDB's files, the log's too.
        fsyncs: new("Innodb_data_fsyncs"),
        log_waits: new("Innodb_log_waits"),
        read_wait: picoseconds("reads"),
        commit_wait: picoseconds("commits"),
    }
}

fn why(error: mysql_async::Error) -> String {
    one_line(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pairs: &[(&str, &str)]) -> Status {
        Status::of(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn counters_become_differences_and_levels_stay() {
        let last = status(&[("Questions", "100"), ("Innodb_row_lock_time", "50"), ("Threads_running", "9")]);
        let now = status(&[
            ("Questions", "1102"),
            ("Innodb_row_lock_time", "1550"),
            ("Threads_running", "4"),
            ("Threads_connected", "17"),
            ("Innodb_row_lock_current_waits", "3"),
            ("reads", "2500000000000"),
        ]);
        let sample = difference(Mono(1_000_000_000), &now, Mono(0), &last, 151);
        assert_eq!(sample.queries, Rate(1000.0));
        assert_eq!(sample.lock_wait_time, Seconds(1.5));
        assert_eq!((sample.running, sample.connected, sample.lock_waiting_now), (3, 16, 3));
        assert_eq!(sample.connection_limit, 151);
        // The server said nothing of commits.
        assert_eq!((sample.read_wait, sample.commit_wait), (Some(Seconds(2.5)), None));
    }
}
