//! Of two databases, which one leads, and whether the other follows it. They settle that between themselves
//! (`stack/images/mysql/pair.sh`); here they are only asked.

use std::time::Duration;

use mysql_async::{Conn, Error, prelude::Queryable};

use crate::{Stack, error::one_line, member::Member, mysql_client::Database, topology::ComponentKind};

/// So long one of two may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a database is to the other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// There is no other.
    Alone,
    /// It takes writes, and acknowledges them when the other one has them.
    Leads,
    /// It gets what the other one writes.
    Follows,
    /// Neither of the two, and why: something is missing.
    Unsettled(String),
}

/// Whether it takes writes; whether its commits wait for another, and how many follow it so; whether it gets and applies
/// what another one writes.
const QUESTION: &str = "SELECT @@GLOBAL.read_only, @@GLOBAL.rpl_semi_sync_source_enabled, \
    (SELECT VARIABLE_VALUE + 0 FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Rpl_semi_sync_source_clients'), \
    (SELECT COUNT(*) FROM performance_schema.replication_connection_status WHERE SERVICE_STATE = 'ON'), \
    (SELECT COUNT(*) FROM performance_schema.replication_applier_status WHERE SERVICE_STATE = 'ON')";

/// What the server says that it is.
pub(crate) async fn place(connection: &mut Conn) -> Result<Place, String> {
    let why = |error: Error| one_line(&error.to_string());
    let row: Option<(u64, u64, Option<f64>, u64, u64)> = connection.query_first(QUESTION).await.map_err(why)?;
    let (reads_only, waits, followers, receives, applies) = row.ok_or("it says nothing of its replication")?;
    Ok(read(reads_only == 1, waits == 1 && followers.unwrap_or(0.0) > 0.0, receives > 0 && applies > 0))
}

fn read(reads_only: bool, is_followed: bool, follows: bool) -> Place {
    match (reads_only, is_followed, follows) {
        (false, true, _) => Place::Leads,
        (false, false, _) => Place::Unsettled("it takes writes and no replica follows it".into()),
        (true, _, true) => Place::Follows,
        (true, _, false) => Place::Unsettled("it takes no writes and follows no primary".into()),
    }
}

impl Stack {
    /// The database that takes writes now, and a connection to it.
    ///
    /// # Errors
    /// If there is none, or it does not answer.
    pub(crate) async fn leading_database(&self) -> Result<(&Member, Conn), Error> {
        let mut last = Error::Other("no database of this stack takes writes".into());
        for member in self.members.iter().filter(|member| member.kind == ComponentKind::Mysql) {
            match leading(member).await {
                Ok(Some(connection)) => return Ok((member, connection)),
                Ok(None) => {}
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Whether exactly one database takes writes, and both are well; in words, why not.
    pub(crate) async fn one_database_leads(&self) -> Result<(), String> {
        let mut leaders = Vec::new();
        for member in self.members.iter().filter(|member| member.kind == ComponentKind::Mysql) {
            let title = member.title();
            let found = leading(member).await;
            if found.map_err(|error| format!("{title}: {}", one_line(&error.to_string())))?.is_some() {
                leaders.push(title);
            }
        }
        match leaders.as_slice() {
            [_] => Ok(()),
            [] => Err("no database takes writes".into()),
            several => Err(format!("{} take writes at the same time", several.join(" and "))),
        }
    }
}

/// A connection to the database in this container, if it takes writes. One of two may be away while the other leads.
async fn leading(member: &Member) -> Result<Option<Conn>, Error> {
    let database = Database::of(member);
    if !database.is_one_of_two() {
        return database.connect().await.map(Some);
    }
    let asked = async {
        let mut connection = database.connect().await?;
        let reads_only: Option<u64> = connection.query_first("SELECT @@GLOBAL.read_only").await?;
        Ok(if reads_only == Some(0) { Some(connection) } else { None })
    };
    let silent = |_| Error::Other(format!("{} does not answer", member.title()).into());
    tokio::time::timeout(PATIENCE, asked).await.map_err(silent)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_leads_is_followed_and_one_that_follows_applies() {
        assert_eq!(read(false, true, false), Place::Leads);
        assert_eq!(read(true, false, true), Place::Follows);
        assert!(matches!(read(false, false, false), Place::Unsettled(_)));
        assert!(matches!(read(true, false, false), Place::Unsettled(_)));
    }
}
