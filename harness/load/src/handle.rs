//! The other side of a worker: whoever starts it, listens to it and ends it.

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use redline_model::{LoadPlan, WorkerLine};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    task::JoinHandle,
};

/// Lines of standard error that are kept for the message about a worker that died.
const KEPT_LINES: usize = 20;

/// Lines that may wait for whoever listens; beyond that the worker waits.
const LINES_AHEAD: usize = 256;

/// Why there is nothing more to hear from a worker.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The program could not be started.
    #[error("the load worker {0} could not be started")]
    Start(PathBuf, #[source] io::Error),
    /// The pipe to or from it broke.
    #[error("the connection to the load worker broke")]
    Pipe(#[from] io::Error),
    /// It wrote something that is not a line of a worker.
    #[error("the load worker wrote a line that is not JSON of a worker: {0}")]
    Line(#[source] serde_json::Error),
    /// It ended without saying so.
    #[error("the load worker ended early ({status}){}", if .stderr.is_empty() { String::new() } else { format!(": {}", .stderr) })]
    Died {
        /// How it ended.
        status: String,
        /// The last lines of its standard error.
        stderr: String,
    },
}

/// A running worker. It is killed when this is dropped.
#[derive(Debug)]
pub struct WorkerHandle {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<Result<WorkerLine, HandleError>>,
    errors: Option<JoinHandle<VecDeque<String>>>,
    ended: bool,
}

impl WorkerHandle {
    /// Starts `exe worker` and gives it the plan.
    ///
    /// # Errors
    /// The program cannot be started, or does not take the plan.
    pub async fn spawn(exe: &Path, plan: &LoadPlan) -> Result<Self, HandleError> {
        let mut child = Command::new(exe)
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| HandleError::Start(exe.to_owned(), e))?;
        let pipe = || io::Error::other("a pipe is missing");
        let mut input = child.stdin.take().ok_or_else(pipe)?;
        let lines = read(BufReader::new(child.stdout.take().ok_or_else(pipe)?).lines());
        let errors = tokio::spawn(last_lines(child.stderr.take().ok_or_else(pipe)?));
        let mut text = serde_json::to_vec(plan).map_err(io::Error::other)?;
        text.push(b'\n');
        input.write_all(&text).await?;
        Ok(Self { child, input: Some(input), lines, errors: Some(errors), ended: false })
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its next line; `None` after `Done` or `Failed`. May be dropped and called again without loss.
    ///
    /// # Errors
    /// The worker ended without a last line, or wrote something else.
    pub async fn next(&mut self) -> Result<Option<WorkerLine>, HandleError> {
        if self.ended {
            return Ok(None);
        }
        let Some(line) = self.lines.recv().await else { return Err(self.died().await) };
        let line = line?;
        self.ended = matches!(line, WorkerLine::Done(_) | WorkerLine::Failed { .. });
        Ok(Some(line))
    }

    /// Tells it to start no more sessions and to end when those on their way have. Its lines still come.
    ///
    /// # Errors
    /// It is no longer there.
    pub async fn stop(&mut self) -> Result<(), HandleError> {
        match &mut self.input {
            Some(input) => Ok(input.write_all(b"stop\n").await?),
            None => Ok(()),
        }
    }

    /// Tells it to cancel all sessions and end, by closing its input. Its last lines still come.
    pub fn abort(&mut self) {
        self.input = None;
    }

    /// Ends it at once and waits until it is gone.
    ///
    /// # Errors
    /// The system does not let it be killed.
    pub async fn kill(&mut self) -> Result<(), HandleError> {
        self.input = None;
        Ok(self.child.kill().await?)
    }

    async fn died(&mut self) -> HandleError {
        self.ended = true;
        self.input = None;
        let status = self.child.wait().await.map_or_else(|e| e.to_string(), |status| status.to_string());
        let lines = match self.errors.take() {
            Some(errors) => errors.await.unwrap_or_default(),
            None => VecDeque::new(),
        };
        HandleError::Died { status, stderr: Vec::from(lines).join("\n") }
    }
}

/// Reads and unpacks lines on a task of its own: whoever waits for them has other things to do meanwhile.
fn read(mut lines: Lines<BufReader<ChildStdout>>) -> mpsc::Receiver<Result<WorkerLine, HandleError>> {
    let (sender, receiver) = mpsc::channel(LINES_AHEAD);
    tokio::spawn(async move {
        loop {
            let line = match lines.next_line().await {
                Ok(Some(line)) => serde_json::from_str(&line).map_err(HandleError::Line),
                Ok(None) => return,
                Err(error) => Err(HandleError::Pipe(error)),
            };
            let last = line.is_err();
            if sender.send(line).await.is_err() || last {
                return;
            }
        }
    });
    receiver
}

async fn last_lines(stderr: ChildStderr) -> VecDeque<String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut kept = VecDeque::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if kept.len() == KEPT_LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }
    kept
}
