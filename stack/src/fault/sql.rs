//! The database's administrator, through the socket inside its container, where nobody asks for a password.

use testcontainers::bollard::Docker;

use crate::{
    exec::{Session, User},
    member::Member,
};

/// MySQL's client, or MariaDB's. A line is executed when it comes and answered when it is done.
const CLIENT: &str = "client=$(command -v mysql || command -v mariadb); \
    exec \"$client\" --no-defaults -uroot -S /run/mysqld/mysqld.sock -N -B --unbuffered --force shop";
/// What is asked for behind each statement, so that its answer is known to be whole.
const DONE: &str = "redline-done";

/// A connection of the administrator. It ends, and its locks with it, when this process does.
#[derive(Debug)]
pub(crate) struct Administrator(Session);

impl Administrator {
    pub(crate) async fn of(docker: &Docker, member: &Member) -> Result<Self, String> {
        let mut new = Self(Session::start(docker, &member.id, User::Own, &["sh", "-c", CLIENT]).await?);
        new.ask("SELECT 1;").await?;
        Ok(new)
    }
    /// Executes statements, all of them; gives their rows as lines, or the first that failed.
    pub(crate) async fn ask(&mut self, statements: &str) -> Result<Vec<String>, String> {
        let said = self.0.ask(&format!("{statements}\nSELECT '{DONE}';\n"), DONE).await?;
        match said.lines().find(|line| line.starts_with("ERROR")) {
            Some(error) => Err(error.to_string()),
            None => Ok(said.lines().filter(|line| !line.trim().is_empty()).map(str::to_string).collect()),
        }
    }
    pub(crate) async fn leave(self) {
        self.0.end().await;
    }
}
