//! What can go wrong, each as one sentence.

use std::{io, net::SocketAddr};

/// Why a model cannot be used, or its server does not answer.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Something in it is wrong.
    #[error("{file}: `{key}`: {problem}")]
    Wrong {
        /// The file.
        file: String,
        /// The key, with its table.
        key: String,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// The process could not be started, or ended early.
    #[error("the model server could not be started: {0}")]
    Start(String),
    /// The system refused something that the server needs.
    #[error("the model server: {doing} failed: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Its side port did not answer as it should.
    #[error("the model server's side port {address} did not answer {path}: {problem}")]
    Side {
        /// The side port.
        address: SocketAddr,
        /// What was asked for.
        path: String,
        /// What came instead.
        problem: String,
    },
}

impl ModelError {
    pub(crate) fn wrong(file: &str, key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Wrong { file: file.into(), key: key.into(), problem: problem.into() }
    }
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }
}
