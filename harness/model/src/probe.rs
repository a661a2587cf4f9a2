//! What probes read: a component's own counters, once a second, on the run's clock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bytes, Mono, Rate, Seconds, Share};

/// One reading of one component. Counters are differences to the previous reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// When it was read.
    pub at: Mono,
    /// The time since the previous reading.
    pub span: Seconds,
    /// The server that the component is on; `host` for the machine itself.
    pub server: String,
    /// The component.
    pub component: String,
    /// CPU and memory of its container, where they can be read.
    pub cpu: Option<CpuSample>,
    /// The daemon's own counters.
    pub reading: ProbeReading,
}

/// CPU and memory of one container.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CpuSample {
    /// CPU time used.
    pub used: Seconds,
    /// Of it, in user mode.
    pub user: Seconds,
    /// Enforcement periods of the CPU quota, 0 without one.
    pub periods: u64,
    /// Of them, those in which the container was throttled.
    pub throttled_periods: u64,
    /// Memory in use, without page cache that can be dropped.
    pub memory: Bytes,
    /// Processes killed for want of memory.
    pub oom_kills: u64,
}

/// The daemon's own counters; rates are per second since the previous reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ProbeReading {
    /// The component did not answer its probe in time.
    Silent {
        /// Why, in a few words.
        reason: String,
    },
    /// A component without counters of its own.
    None,
    /// Varnish's counters.
    Varnish(VarnishSample),
    /// HAProxy's counters.
    Balancer(BalancerSample),
    /// What a server's components use together, where the server has a part of a core.
    Server(ServerSample),
    /// Nginx `stub_status`.
    Nginx(NginxSample),
    /// PHP-FPM's status page.
    PhpFpm(PhpFpmSample),
    /// Valkey's counters.
    Valkey(ValkeySample),
    /// MySQL's or MariaDB's global status.
    Mysql(MysqlSample),
    /// The DNS server's statistics.
    Dns(DnsSample),
    /// The machine itself.
    Host(HostSample),
}

/// Varnish's counters.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct VarnishSample {
    /// Requests answered from what it keeps.
    pub hits: u64,
    /// Requests for what it did not have.
    pub misses: u64,
    /// Requests for what may not be kept, or by somebody with a session.
    pub passed: u64,
    /// Requests of visitors.
    pub requests: Rate,
    /// Requests to what is behind it.
    pub fetches: Rate,
    /// Of them, those that failed.
    pub failed_fetches: u64,
    /// Pages and files that it keeps.
    pub objects: u64,
    /// Thrown out for want of memory.
    pub evicted: u64,
    /// Memory that they take.
    pub used: Bytes,
    /// Memory that they may take.
    pub limit: Bytes,
    /// Its threads.
    pub threads: u64,
}

/// Valkey's counters.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ValkeySample {
    /// Keys that were looked for and found.
    pub hits: u64,
    /// Keys that were looked for and not found.
    pub misses: u64,
    /// Keys thrown out for want of memory.
    pub evicted: u64,
    /// Commands.
    pub commands: Rate,
    /// Open connections.
    pub clients: u64,
    /// Memory in use.
    pub used: Bytes,
    /// `maxmemory`.
    pub limit: Bytes,
}

/// HAProxy's counters.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BalancerSample {
    /// Open connections of visitors.
    pub active: u64,
    /// The most that it may have.
    pub connection_limit: u64,
    /// Connections accepted.
    pub accepts: Rate,
    /// Requests.
    pub requests: Rate,
    /// Requests that wait for a server.
    pub queue: u64,
    /// Servers that it leads to.
    pub servers: u64,
    /// Of them, those that get visitors.
    pub servers_up: u64,
    /// Connections to servers that failed, and answers that were none.
    pub errors: u64,
    /// Requests that were sent once more, to the same server or to another.
    pub retries: u64,
}

/// What a server's components use together, where the server has a part of a core.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ServerSample {
    /// CPU that they may use, in cores.
    pub cpus: f64,
    /// CPU time that they used.
    pub used: Seconds,
    /// Enforcement periods of the quota.
    pub periods: u64,
    /// Of them, those in which they were throttled.
    pub throttled_periods: u64,
    /// Memory in use, without page cache that can be dropped.
    pub memory: Bytes,
}

/// Nginx `stub_status`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct NginxSample {
    /// Open client connections.
    pub active: u64,
    /// Connections on which a request is being read or answered.
    pub busy: u64,
    /// Idle keep-alive connections.
    pub waiting: u64,
    /// Connections accepted.
    pub accepts: Rate,
    /// Accepted minus handled: refused for want of worker connections.
    pub dropped: u64,
    /// Requests.
    pub requests: Rate,
    /// `worker_processes` × `worker_connections`.
    pub connection_limit: u64,
    /// How much of its link it used, where that is narrow.
    pub link: Option<LinkSample>,
}

/// The use of a network link of a known width.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LinkSample {
    /// Sent since the previous reading, with the headers of all layers.
    pub sent: Bytes,
    /// What it carries a second.
    pub width: Bytes,
}

/// PHP-FPM's status page.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhpFpmSample {
    /// Children that are working on a request.
    pub busy: u64,
    /// Idle children.
    pub idle: u64,
    /// The most children that the pool may have.
    pub limit: u64,
    /// Requests waiting in the listen queue.
    pub queue: u64,
    /// The length that the queue may have.
    pub queue_limit: u64,
    /// Requests accepted.
    pub accepted: Rate,
    /// Requests that were slow by the slow log's measure.
    pub slow: u64,
}

/// MySQL's or MariaDB's global status.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct MysqlSample {
    /// Statements.
    pub queries: Rate,
    /// Transactions committed (handler commits).
    pub commits: Rate,
    /// Threads that are executing.
    pub running: u64,
    /// Open connections.
    pub connected: u64,
    /// `max_connections`.
    pub connection_limit: u64,
    /// Connections refused for want of a free one.
    pub refused: u64,
    /// Row locks that had to be waited for.
    pub lock_waits: u64,
    /// Time spent waiting for row locks, by all connections together.
    pub lock_wait_time: Seconds,
    /// Row locks being waited for at this moment.
    pub lock_waiting_now: u64,
    /// Reads from the buffer pool that went to the disk.
    pub pool_misses: u64,
    /// Reads from the buffer pool.
    pub pool_reads: u64,
    /// fsync calls of data and log.
    pub fsyncs: u64,
    /// Time that log writes waited for.
    pub log_waits: u64,
    /// Time in which reads of the tables' files were waited for, by all threads together; absent where the server
    /// does not say.
    pub read_wait: Option<Seconds>,
    /// Time that commits took, by all connections together: mostly that of making the log durable; absent where
    /// the server does not say.
    pub commit_wait: Option<Seconds>,
}

/// The DNS server's statistics.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DnsSample {
    /// Questions answered since the previous reading.
    pub queries: u64,
}

/// The machine itself.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HostSample {
    /// Idle share of all CPUs together.
    pub idle: Share,
    /// CPU time taken by the hypervisor, as a share of all CPUs.
    pub steal: Share,
    /// CPU time of processes that belong neither to the stack nor to redline nor to Docker, in cores.
    pub others: f64,
    /// Busy share (1 − idle − steal) of the CPUs that the servers use.
    pub server_cpus_busy: Share,
    /// Connections dropped because an accept queue was full (TcpExt ListenOverflows).
    pub listen_overflows: u64,
    /// Share of time in softirq of the servers' CPUs.
    pub softirq: Share,
}
