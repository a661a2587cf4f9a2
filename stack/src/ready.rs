//! Ready means ready: each component is awaited by its own protocol.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use mysql_async::prelude::Queryable;
use testcontainers::bollard::{Docker, models::ContainerState, query_parameters::InspectContainerOptions};

use crate::{
    StackError, dns_client,
    error::{indented, one_line},
    fastcgi, http, logs,
    member::Member,
    mysql_client::Database,
    replication::{self, Place},
    topology::ComponentKind,
    wiring::{SITE, ZONE},
};

/// One question may take this long; it is asked again until the deadline.
const ATTEMPT: Duration = Duration::from_secs(1);
/// Between two questions. A refused connection costs 50 µs, so this does not disturb the start.
const PAUSE: Duration = Duration::from_millis(20);
/// How often Docker is asked whether the container still runs.
const LIFE_SIGN: Duration = Duration::from_millis(300);
/// How many log lines a failure shows.
const LAST_LINES: usize = 15;

/// Waits until the component answers; gives how long that took.
pub(crate) async fn wait(docker: &Docker, member: &Member, limit: Duration) -> Result<Duration, StackError> {
    let started = Instant::now();
    let mut looked = started;
    loop {
        let reason = match tokio::time::timeout(ATTEMPT, ask(member)).await {
            Ok(Ok(())) => return Ok(started.elapsed()),
            Ok(Err(reason)) => reason,
            Err(_) => "it accepts and does not answer".to_string(),
        };
        if looked.elapsed() >= LIFE_SIGN {
            looked = Instant::now();
            if let Some(end) = ended(docker, member).await {
                return Err(not_ready(docker, member, started.elapsed(), end).await);
            }
        }
        if started.elapsed() >= limit {
            return Err(not_ready(docker, member, started.elapsed(), reason).await);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One question in the component's own protocol.
pub(crate) async fn ask(member: &Member) -> Result<(), String> {
    match member.kind {
        ComponentKind::Dns => dns(member.service).await,
        // Through the balancer: ready means that it leads somewhere.
        ComponentKind::Balancer => trivial(member.service).await,
        // It answers itself; what is behind it answers to its own question.
        ComponentKind::Varnish => trivial(member.service).await,
        ComponentKind::Nginx => trivial(member.service).await,
        ComponentKind::Php => php(member.service).await,
        ComponentKind::Valkey => valkey(member.service).await,
        ComponentKind::Mysql => mysql(&Database::of(member)).await,
    }
}

async fn dns(server: SocketAddr) -> Result<(), String> {
    let resolver = dns_client::resolver(server, Duration::from_millis(250))?;
    resolver.soa_lookup(format!("{ZONE}.")).await.map(drop).map_err(|error| one_line(&error.to_string()))
}

async fn trivial(server: SocketAddr) -> Result<(), String> {
    match http::get(server, SITE, "/.redline/204", "X-Redline: ready\r\n").await {
        Ok((204, _)) => Ok(()),
        Ok((status, _)) => Err(format!("GET /.redline/204 gave {status} instead of 204")),
        Err(error) => Err(error.to_string()),
    }
}

async fn php(server: SocketAddr) -> Result<(), String> {
    match fastcgi::get(server, "/fpm-ping", "").await {
        Ok(answer) if answer.trim() == "pong" => Ok(()),
        Ok(answer) => Err(format!("the ping page gave `{}`", one_line(&answer))),
        Err(error) => Err(error.to_string()),
    }
}

async fn valkey(server: SocketAddr) -> Result<(), String> {
    match crate::valkey::ask(server, "PING").await {
        Ok(answer) if answer == "PONG" => Ok(()),
        Ok(answer) => Err(format!("PING gave `{}`", one_line(&answer))),
        Err(error) => Err(error.to_string()),
    }
}

async fn mysql(database: &Database) -> Result<(), String> {
    let why = |error: mysql_async::Error| one_line(&error.to_string());
    let mut connection = database.connect().await.map_err(why)?;
    let found: Option<u64> = connection.query_first("SELECT COUNT(*) FROM categories").await.map_err(why)?;
    let place = if database.is_one_of_two() { replication::place(&mut connection).await? } else { Place::Alone };
    let _ = connection.disconnect().await;
    if let Place::Unsettled(reason) = place {
        return Err(reason);
    }
    match found {
        Some(count) if count > 0 => Ok(()),
        _ => Err("there is no data in it".into()),
    }
}

/// How the container ended, if it did.
pub(crate) async fn ended(docker: &Docker, member: &Member) -> Option<String> {
    match docker.inspect_container(&member.id, None::<InspectContainerOptions>).await {
        Ok(found) => found.state.and_then(|state| end_of(&state)),
        Err(error) => Some(format!("its container is gone ({})", one_line(&error.to_string()))),
    }
}

fn end_of(state: &ContainerState) -> Option<String> {
    if state.running == Some(true) {
        return None;
    }
    let code = state.exit_code.unwrap_or(-1);
    let memory = if state.oom_killed == Some(true) { ", for want of memory" } else { "" };
    Some(format!("it ended with exit code {code}{memory}"))
}

pub(crate) async fn not_ready(docker: &Docker, member: &Member, waited: Duration, reason: String) -> StackError {
    let lines = logs::tail(docker, &member.id, LAST_LINES).await;
    StackError::NotReady { component: member.title(), waited, reason, log: indented(lines.iter().map(String::as_str)) }
}
