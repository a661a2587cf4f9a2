//! Somebody else holds all connections that the database gives: a pool that leaks, a report that was forgotten.
//!
//! PHP keeps its connections, so they are closed and taken until it has none. The connections are real ones of
//! this process, so they end with it and no setting has to be put back.

use std::time::{Duration, Instant};

use futures::future::join_all;
use mysql_async::{Conn, Error};
use redline_model::Mono;
use testcontainers::bollard::Docker;

use super::{observe::Seen, sql::Administrator};
use crate::{StackError, member::Member, mysql_client::Database};

/// `ER_CON_COUNT_ERROR`.
const TOO_MANY: u16 = 1040;
/// With requests coming in, each freed connection is a race with PHP; all were won within a second where tried.
const PATIENCE: Duration = Duration::from_secs(15);
/// Connections that are asked for at once.
const AT_A_TIME: usize = 16;
/// Each costs the database about a quarter of a megabyte.
pub(super) const MOST: u64 = 1000;

pub(super) const DOES: &str =
    "closes the shop's connections and holds all that the database gives, so that it answers \"Too many connections\"";

const OF_THE_SHOP: &str = "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE user = 'shop';";

fn failed(reason: String) -> StackError {
    StackError::Fault { fault: "connections mysql".into(), doing: "injected", reason }
}

/// All connections of a database.
#[derive(Debug)]
pub(super) struct Held {
    connections: Vec<Conn>,
    /// It has one as well, which would be free if it left.
    administrator: Administrator,
}

/// Takes all connections; they are held until they are dropped.
pub(super) async fn inject(docker: &Docker, member: &Member) -> Result<(Held, Seen), StackError> {
    let database = Database::of(member);
    let mut administrator = Administrator::of(docker, member).await.map_err(failed)?;
    let mut held = Vec::new();
    let mut full: Option<Mono> = None;
    let started = Instant::now();
    let mut had_none = false;
    while started.elapsed() < PATIENCE {
        take_what_is_free(&database, &mut held).await?;
        full.get_or_insert_with(Mono::now);
        let shops = administrator.ask(OF_THE_SHOP).await.map_err(failed)?;
        // A connection that was closed between the two leaves a place that nobody holds yet: the shop must have none
        // before the last taking and after it.
        if shops.is_empty() && had_none {
            let how = format!(
                "the database answered \"Too many connections\" with {} held and none of the shop's",
                held.len()
            );
            let held = Held { connections: held, administrator };
            return Ok((held, Seen { at: full.unwrap_or_default(), how }));
        }
        had_none = shops.is_empty();
        if !had_none {
            // One that has ended by itself meanwhile is an error, and no matter: the list is asked for again.
            let _ = administrator.ask(&shops.join("\n")).await;
        }
    }
    Err(failed(format!("the shop still had connections after {} s", PATIENCE.as_secs())))
}

/// Several at a time: on a busy server each takes its turn.
async fn take_what_is_free(database: &Database, held: &mut Vec<Conn>) -> Result<(), StackError> {
    loop {
        let mut refused = false;
        for taken in join_all((0..AT_A_TIME).map(|_| database.connect())).await {
            match taken {
                Ok(connection) => held.push(connection),
                Err(Error::Server(error)) if error.code == TOO_MANY => refused = true,
                Err(source) => return Err(StackError::Mysql { doing: "taking its connections", source }),
            }
        }
        if refused {
            return Ok(());
        }
    }
}

pub(super) async fn lift(held: Held) {
    join_all(held.connections.into_iter().map(Conn::disconnect)).await;
    held.administrator.leave().await;
}
