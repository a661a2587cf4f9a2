//! How redline ends: the documented exit codes and the one sentence that goes with each failure.

use std::process::ExitCode;

/// A failure with its exit code. The message is for the user: what is wrong, where, what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// An argument or a file is wrong.
    #[error("{0}")]
    Usage(String),
    /// The machine, Docker, the target or the output folder is not ready.
    #[error("{0}")]
    Environment(String),
    /// Ctrl-C, or a signal that asks for the end.
    #[error("interrupted")]
    Interrupted,
    /// A fault of redline's own.
    #[error("{0:#}")]
    Unexpected(#[from] anyhow::Error),
}

/// How a command ended that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Fine.
    Fine,
    /// The environment is not ready (`doctor`).
    NotReady,
    /// The measurement is not valid.
    Invalid,
    /// A budget was broken, or a candidate is slower.
    Broken,
    /// Interrupted; what was measured until then was saved.
    Interrupted,
}

impl Failure {
    /// A usage failure from any error's text.
    pub(crate) fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }
    /// An environment failure from any error's text.
    pub(crate) fn environment(error: impl std::fmt::Display) -> Self {
        Self::Environment(error.to_string())
    }
}

/// The exit code of `result`; a failure's sentence goes to stderr.
pub(crate) fn code(result: &Result<Ended, Failure>) -> ExitCode {
    if let Err(failure) = result {
        eprintln!("redline: {failure}");
    }
    ExitCode::from(match result {
        Ok(Ended::Fine) => 0,
        Err(Failure::Unexpected(_)) => 1,
        Err(Failure::Usage(_)) => 2,
        Ok(Ended::NotReady) | Err(Failure::Environment(_)) => 3,
        Ok(Ended::Invalid) => 4,
        Ok(Ended::Broken) => 10,
        Ok(Ended::Interrupted) | Err(Failure::Interrupted) => 130,
    })
}

impl From<redline_stack::StackError> for Failure {
    fn from(error: redline_stack::StackError) -> Self {
        use redline_stack::ErrorKind;
        match error.kind() {
            ErrorKind::Usage => Self::usage(error),
            ErrorKind::Environment => Self::environment(error),
            ErrorKind::Unexpected => Self::Unexpected(error.into()),
        }
    }
}
