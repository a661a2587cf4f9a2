//! What can go wrong, each as one sentence that says what to do.

use std::{io, path::PathBuf, time::Duration};

use redline_model::Deploy;
use testcontainers::{TestcontainersError, bollard};

use crate::topology::TopologyError;

/// Whose turn it is when something went wrong; the command line turns it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What the user wrote is wrong.
    Usage,
    /// The machine is not ready: Docker, an image, a port, a folder.
    Environment,
    /// Something that should not happen.
    Unexpected,
}

/// Why a stack could not be built, started, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The topology is wrong or does not fit this machine.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// Docker does not answer.
    #[error("Docker cannot be reached at {at} ({reason}); start it, or set DOCKER_HOST to where it listens")]
    NoDocker {
        /// The address that was tried.
        at: String,
        /// Why not.
        reason: String,
    },
    /// There is no base image and no way to one.
    #[error("there is no base image for Debian trixie and no way to one: {tried}; {mend}")]
    NoBaseImage {
        /// What was tried and how it ended.
        tried: String,
        /// What the user can do.
        mend: String,
    },
    /// A Dockerfile's step failed.
    #[error("image {image} could not be built: {step} failed: {reason}; its last lines:\n{lines}")]
    Build {
        /// The image.
        image: String,
        /// The step.
        step: String,
        /// What Docker said.
        reason: String,
        /// The last lines of the step's output, indented.
        lines: String,
    },
    /// The network that was asked for cannot be had.
    #[error("the {network} network cannot be used here: {reason}")]
    Network {
        /// The network.
        network: &'static str,
        /// Why not.
        reason: String,
    },
    /// All addresses are taken.
    #[error("all 254 places for stacks on this machine are taken; `redline clean` removes those that were left behind")]
    NoFreeSlot,
    /// A container could not be started.
    #[error("{component} could not be started: {reason}")]
    Start {
        /// The component.
        component: String,
        /// What Docker said.
        reason: String,
    },
    /// A server did not get its share of the machine.
    #[error("the server {server} did not get its share of this machine: {reason}")]
    Share {
        /// The server.
        server: String,
        /// What the kernel said.
        reason: String,
    },
    /// A component does not answer.
    #[error("{component} was not ready after {:.1} s: {reason}; its last log lines:\n{log}", waited.as_secs_f64())]
    NotReady {
        /// The component.
        component: String,
        /// How long was waited.
        waited: Duration,
        /// What its last answer was, or how it ended.
        reason: String,
        /// Its last log lines, indented.
        log: String,
    },
    /// The site does not do what it should.
    #[error("the site was not verified: {step}: {reason}")]
    Verify {
        /// What was verified.
        step: String,
        /// What was found instead.
        reason: String,
    },
    /// MySQL did not answer a question of ours.
    #[error("MySQL did not answer while {doing}: {source}")]
    Mysql {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        source: mysql_async::Error,
    },
    /// A fault cannot be had here.
    #[error("`{fault}` is not available here: {reason}")]
    FaultNotAvailable {
        /// The fault.
        fault: String,
        /// Why not.
        reason: String,
    },
    /// A fault did not do what it should.
    #[error("`{fault}` could not be {doing}: {reason}")]
    Fault {
        /// The fault.
        fault: String,
        /// `injected` or `cleared`.
        doing: &'static str,
        /// What happened instead.
        reason: String,
    },
    /// Not a version.
    #[error("`{0}` is not a version: it has 1 to 20 of a-z, 0-9, `.` and `-` and does not begin with `.`")]
    Version(String),
    /// An image that was named is not there.
    #[error("there is no image `{0}` on this machine; `docker images` lists those that are there")]
    NoImage(String),
    /// A deployment did not do what it should.
    #[error("`{how}` failed: {reason}")]
    Deploy {
        /// Which.
        how: Deploy,
        /// What happened.
        reason: String,
    },
    /// Something is still broken.
    #[error("the stack was not whole again after {:.1} s: {reason}", waited.as_secs_f64())]
    NotWhole {
        /// How long was waited.
        waited: Duration,
        /// What is broken.
        reason: String,
    },
    /// There is no such stack.
    #[error("there is no stack {0}; `redline stack status` shows those that are there")]
    NoSuchStack(String),
    /// Docker said no.
    #[error("Docker failed while {doing}: {source}")]
    Docker {
        /// What was being done.
        doing: String,
        /// What it said.
        source: bollard::errors::Error,
    },
    /// A part of a resource could not be held.
    #[error("a part of {component}'s pool could not be held: {source}")]
    Hold {
        /// The component.
        component: String,
        /// What it said.
        source: io::Error,
    },
    /// A thread could not be started.
    #[error("{what} needs a thread, and the system gives none: {source}")]
    Thread {
        /// What for.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A file or a process of this machine failed.
    #[error("{path}: {doing} failed: {source}", path = path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl StackError {
    /// Whose turn it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Topology(error) => error.kind(),
            Self::NoSuchStack(_) | Self::Version(_) | Self::NoImage(_) => ErrorKind::Usage,
            Self::NoDocker { .. }
            | Self::FaultNotAvailable { .. }
            | Self::NoBaseImage { .. }
            | Self::Build { .. }
            | Self::Network { .. }
            | Self::NoFreeSlot
            | Self::Share { .. }
            | Self::Io { .. } => ErrorKind::Environment,
            Self::Start { .. }
            | Self::NotReady { .. }
            | Self::Verify { .. }
            | Self::Fault { .. }
            | Self::NotWhole { .. }
            | Self::Deploy { .. }
            | Self::Mysql { .. }
            | Self::Hold { .. }
            | Self::Thread { .. }
            | Self::Docker { .. } => ErrorKind::Unexpected,
        }
    }
    /// For `map_err`: Docker failed while `doing`.
    pub(crate) fn docker(doing: impl Into<String>) -> impl FnOnce(bollard::errors::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Docker { doing, source }
    }
    /// For `map_err`: `doing` something with `path` failed.
    pub(crate) fn io(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, doing, source }
    }
    /// For `map_err`: a container of `component` could not be started.
    pub(crate) fn start(component: &str) -> impl FnOnce(TestcontainersError) -> Self {
        let component = component.to_string();
        move |error| Self::Start { component, reason: one_line(&error.to_string()) }
    }
}

/// A text of several lines as one.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines as they stand below a sentence.
pub(crate) fn indented<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
