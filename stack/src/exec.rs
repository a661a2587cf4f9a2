//! A program run inside a container.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use testcontainers::bollard::{
    Docker,
    container::LogOutput,
    errors::Error,
    exec::{CreateExecOptions, StartExecOptions, StartExecResults},
};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::{StackError, error::one_line};

/// How a program ended and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub code: i64,
    /// Both of its outputs, in the order in which they came.
    pub said: String,
}

/// As whom a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// The image's.
    Own,
    Root,
}

/// Runs a program to its end.
pub(crate) async fn run(docker: &Docker, id: &str, user: User, command: &[&str]) -> Result<Ended, StackError> {
    let failed = || StackError::docker(format!("running `{}` in a container", command.first().unwrap_or(&"")));
    let exec = docker.create_exec(id, options(user, command, false)).await.map_err(failed())?.id;
    let mut said = String::new();
    if let StartExecResults::Attached { mut output, .. } =
        docker.start_exec(&exec, None::<StartExecOptions>).await.map_err(failed())?
    {
        while let Some(piece) = output.next().await {
            said.push_str(&String::from_utf8_lossy(&piece.map_err(failed())?.into_bytes()));
        }
    }
    let code = docker.inspect_exec(&exec).await.map_err(failed())?.exit_code.unwrap_or(-1);
    Ok(Ended { code, said })
}

/// Runs a program that is to end with 0.
pub(crate) async fn succeed(docker: &Docker, id: &str, user: User, command: &[&str]) -> Result<String, String> {
    match run(docker, id, user, command).await {
        Ok(Ended { code: 0, said }) => Ok(said),
        Ok(Ended { code, said }) => Err(format!("`{}` ended with {code}: {}", command.join(" "), one_line(&said))),
        Err(error) => Err(error.to_string()),
    }
}

/// Starts a program and does not wait for it.
pub(crate) async fn leave(docker: &Docker, id: &str, user: User, command: &[&str]) -> Result<(), StackError> {
    let failed = || StackError::docker(format!("starting `{}` in a container", command.first().unwrap_or(&"")));
    let exec = docker.create_exec(id, options(user, command, false)).await.map_err(failed())?.id;
    let detached = StartExecOptions { detach: true, ..StartExecOptions::default() };
    docker.start_exec(&exec, Some(detached)).await.map(drop).map_err(failed())
}

fn options(user: User, command: &[&str], stdin: bool) -> CreateExecOptions<String> {
    CreateExecOptions {
        attach_stdin: Some(stdin),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        user: (user == User::Root).then(|| "0:0".to_string()),
        cmd: Some(command.iter().map(ToString::to_string).collect()),
        ..CreateExecOptions::default()
    }
}

/// A program that is told what to do line by line. When this is dropped, or this process dies, its stdin closes,
/// and a program that reads its orders from there ends.
pub(crate) struct Session {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Starts the program.
    pub(crate) async fn start(docker: &Docker, id: &str, user: User, command: &[&str]) -> Result<Self, String> {
        let why = |error: Error| one_line(&error.to_string());
        let exec = docker.create_exec(id, options(user, command, true)).await.map_err(why)?.id;
        match docker.start_exec(&exec, None::<StartExecOptions>).await.map_err(why)? {
            StartExecResults::Attached { input, output } => Ok(Self { input, output }),
            StartExecResults::Detached => Err("Docker gave no way to talk to it".into()),
        }
    }
    /// Says something and listens until the program has said `until`; gives what it said before that.
    pub(crate) async fn ask(&mut self, text: &str, until: &str) -> Result<String, String> {
        let written = async {
            self.input.write_all(text.as_bytes()).await?;
            self.input.flush().await
        };
        written.await.map_err(|error| error.to_string())?;
        let mut said = String::new();
        while let Some(piece) = self.output.next().await {
            said.push_str(&String::from_utf8_lossy(&piece.map_err(|e| one_line(&e.to_string()))?.into_bytes()));
            if let Some((before, _)) = said.split_once(until) {
                return Ok(before.to_string());
            }
        }
        Err(format!("it ended and said: {}", one_line(&said)))
    }
    /// Closes its stdin and waits for its end.
    pub(crate) async fn end(mut self) {
        let _ = self.input.shutdown().await;
        while self.output.next().await.is_some() {}
    }
}
