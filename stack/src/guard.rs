//! The guard: a process that outlives redline and removes what it leaves behind.
//!
//! It is redline itself, started with a hidden subcommand, with a pipe from its parent as stdin. As long as the
//! parent lives the pipe is open. A parent that cleaned up says `disarm`; one that died, however that came about,
//! says nothing, and then the guard removes everything with the run's label.

use std::{
    ffi::OsStr,
    io,
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    net::unix::pipe::Receiver,
    process::{Child, ChildStdin, Command},
    signal::unix::{SignalKind, signal},
};

use crate::{RunId, StackError, clean, docker};

/// What a parent says that needs no guard any more.
const DISARM: &str = "disarm";
/// What Docker was creating when the parent died may appear so much later.
const LATECOMERS: Duration = Duration::from_secs(2);
/// A Docker that does not answer is asked again for so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// The guard of one run. If it is dropped without [`Guard::disarm`], the guard cleans up.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    pipe: ChildStdin,
}

/// Starts `exe guard <run>` in a process group of its own, where Ctrl-C in the terminal does not reach it.
///
/// # Errors
/// If it cannot be started.
pub fn spawn_guard(exe: &Path, run: &RunId) -> Result<Guard, StackError> {
    spawn_guard_with(exe, ["guard", run.as_str()])
}

/// Like [`spawn_guard`], with the arguments that make `exe` call [`run_guard`].
///
/// # Errors
/// If it cannot be started.
pub fn spawn_guard_with<S: AsRef<OsStr>>(exe: &Path, args: impl IntoIterator<Item = S>) -> Result<Guard, StackError> {
    let failed = |doing| StackError::io(PathBuf::from(exe), doing);
    let mut child = Command::new(exe)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0)
        .spawn()
        .map_err(failed("starting the guard"))?;
    let no_pipe = || io::Error::other("it has no stdin");
    let pipe = child.stdin.take().ok_or_else(no_pipe).map_err(failed("starting the guard"))?;
    Ok(Guard { child, pipe })
}

impl Guard {
    /// Everything was removed, or is to stay: the guard ends.
    ///
    /// # Errors
    /// If the guard is no longer there.
    pub async fn disarm(mut self) -> Result<(), StackError> {
        let told = async {
            self.pipe.write_all(format!("{DISARM}\n").as_bytes()).await?;
            self.pipe.flush().await?;
            drop(self.pipe);
            self.child.wait().await
        };
        told.await.map(drop).map_err(StackError::io("the guard", "telling it to end"))
    }
}

/// The body of the hidden subcommand: waits for the parent, on stdin, and cleans up after it if need be.
///
/// # Errors
/// If something was left behind that could not be removed within two minutes.
pub fn run_guard(run: &RunId) -> Result<(), StackError> {
    let failed = StackError::io("the guard", "starting");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        // Whoever ends redline by a signal to all its processes wants it gone, not its containers to stay.
        let _ignored = ignore_signals();
        let stdin = io::stdin().as_fd().try_clone_to_owned().and_then(Receiver::from_owned_fd);
        guard(run, stdin.map_err(StackError::io("the guard's stdin, a pipe", "opening"))?).await
    })
}

/// Waits for the end of `parent`; removes the run's things unless it said that it had done so.
///
/// # Errors
/// If something was left behind that could not be removed within two minutes.
pub async fn guard(run: &RunId, parent: impl AsyncRead + Unpin) -> Result<(), StackError> {
    let mut lines = BufReader::new(parent).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.trim() == DISARM {
            return Ok(());
        }
    }
    let started = Instant::now();
    loop {
        match remove_twice(run).await {
            Ok(()) => return Ok(()),
            Err(error) if started.elapsed() >= PATIENCE => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

/// Removes until nothing is left twice in a row, with a pause for what was just being created.
async fn remove_twice(run: &RunId) -> Result<(), StackError> {
    let docker = docker::connect().await?.docker;
    loop {
        clean::remove_run(&docker, run).await?;
        tokio::time::sleep(LATECOMERS).await;
        if clean::remove_run(&docker, run).await?.count() == 0 {
            return Ok(());
        }
    }
}

/// A signal that has a handler no longer ends the process; nobody listens to the handler.
fn ignore_signals() -> Vec<tokio::signal::unix::Signal> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
    kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect()
}
