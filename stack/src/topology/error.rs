//! Why a topology cannot be used, each as one sentence that names the file and the key.

use std::{io, path::PathBuf};

use crate::ErrorKind;

/// A topology that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// No topology has this name.
    #[error("there is no topology `{name}`: known are {known}, or give the path of a .toml file")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The size that was asked for its servers is none.
    #[error("--server-cpus {0}")]
    Size(String),
    /// Something in it is wrong.
    #[error("{file}: `{key}`: {problem}")]
    Wrong {
        /// The file.
        file: String,
        /// The key, with the server that it belongs to.
        key: String,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// It is right, but this machine is too small for it.
    #[error("{file}: `{key}`: {problem}")]
    TooBig {
        /// The file.
        file: String,
        /// The key, with the server that it belongs to.
        key: String,
        /// By how much it is too big.
        problem: String,
    },
}

impl TopologyError {
    /// Whose turn it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooBig { .. } => ErrorKind::Environment,
            Self::Unknown { .. } | Self::Size(_) | Self::Unreadable { .. } | Self::Wrong { .. } => ErrorKind::Usage,
        }
    }
    pub(crate) fn wrong(file: &str, key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Wrong { file: file.into(), key: key.into(), problem: problem.into() }
    }
}
