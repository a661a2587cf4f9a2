//! A worker's standard output: one JSON line at a time, and nothing else, whatever a library prints.

use std::{
    fs::File,
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use redline_model::WorkerLine;

/// The only way to the worker's standard output.
#[derive(Debug)]
pub(crate) struct Output(Mutex<File>);

impl Output {
    /// Takes standard output for itself: what others print goes nowhere from here on.
    pub(crate) fn claim() -> io::Result<Self> {
        let own = nix::unistd::dup(io::stdout())?;
        nix::unistd::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
        Ok(Self(Mutex::new(File::from(own))))
    }
    /// Writes one line.
    pub(crate) fn line(&self, line: &WorkerLine) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text)
    }
}
