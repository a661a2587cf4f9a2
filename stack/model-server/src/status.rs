//! The counters in the real daemons' own formats.

use serde_json::json;

use crate::Counters;

/// PHP-FPM's status page as JSON.
pub(crate) fn fpm(counters: &Counters) -> String {
    let pool = counters.application;
    json!({
        "pool": "model",
        "process manager": "static",
        "accepted conn": pool.taken + pool.queue,
        "listen queue": pool.queue,
        "max listen queue": pool.queue,
        "listen queue len": 511,
        "idle processes": pool.slots.saturating_sub(pool.busy),
        "active processes": pool.busy,
        "total processes": pool.slots,
        "max active processes": pool.slots,
        "max children reached": 0,
        "slow requests": 0,
    })
    .to_string()
}

/// Nginx's `stub_status`.
pub(crate) fn stub(counters: &Counters) -> String {
    let web = counters.web;
    let waiting = web.active.saturating_sub(web.busy);
    format!(
        "Active connections: {} \nserver accepts handled requests\n {} {} {} \nReading: 0 Writing: {} Waiting: {waiting} \n",
        web.active, web.accepts, web.accepts, web.requests, web.busy
    )
}

/// MySQL's global status, as `mysql --batch` prints it. The lock is a row lock.
pub(crate) fn mysql(counters: &Counters) -> String {
    let (database, lock) = (counters.database, counters.lock);
    let waits = lock.had_to_wait;
    let average = if waits > 0 { lock.waited.0 * 1e3 / waits as f64 } else { 0.0 };
    let rows = [
        ("Innodb_row_lock_current_waits", lock.queue),
        ("Innodb_row_lock_time", (lock.waited.0 * 1e3) as u64),
        ("Innodb_row_lock_time_avg", average as u64),
        ("Innodb_row_lock_waits", waits),
        ("Questions", database.taken + lock.taken),
        ("Threads_connected", database.busy + lock.busy),
        ("Threads_running", database.busy + lock.busy),
    ];
    let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name}\t{value}\n")).collect();
    format!("Variable_name\tValue\n{}", lines.concat())
}

#[cfg(test)]
mod tests {
    use redline_model::Seconds;

    use super::*;
    use crate::counters::{PoolCounters, WebCounters};

    #[test]
    fn the_formats_are_those_of_the_daemons() {
        let counters = Counters {
            web: WebCounters { active: 9, busy: 4, accepts: 20, requests: 100, limit: 0 },
            application: PoolCounters { busy: 3, slots: 8, queue: 2, taken: 70, ..PoolCounters::default() },
            lock: PoolCounters { had_to_wait: 4, waited: Seconds(0.1), ..PoolCounters::default() },
            ..Counters::default()
        };
        let page: serde_json::Value = serde_json::from_str(&fpm(&counters)).unwrap();
        assert_eq!((&page["active processes"], &page["idle processes"]), (&json!(3), &json!(5)));
        assert_eq!((&page["accepted conn"], &page["listen queue"]), (&json!(72), &json!(2)));
        let numbers: Vec<u64> = stub(&counters).split_whitespace().filter_map(|w| w.parse().ok()).collect();
        assert_eq!(numbers, [9, 20, 20, 100, 0, 4, 5]);
        assert!(mysql(&counters).contains("Innodb_row_lock_time\t100\n"));
    }
}
