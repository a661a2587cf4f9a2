//! Why a browser saw less than it was asked to.

/// What went wrong with the browser; none of it ends a run.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrowserError {
    /// There is none.
    #[error("there is no Chromium on this machine; install `chromium`, or name one by REDLINE_CHROMIUM")]
    Absent,
    /// It cannot be started.
    #[error("Chromium (`{program}`) cannot be started: {why}")]
    NotStarted {
        /// Its file.
        program: String,
        /// What the system or Chromium said.
        why: String,
    },
    /// It ended, or closed its side of the pipe.
    #[error("Chromium ended by itself")]
    Gone,
    /// It did not answer in time.
    #[error("Chromium did not answer `{what}` in time")]
    Silent {
        /// What was asked of it.
        what: String,
    },
    /// It refused a command.
    #[error("Chromium refused `{method}`: {why}")]
    Refused {
        /// The command of its DevTools protocol.
        method: String,
        /// What it said.
        why: String,
    },
    /// The site's own DNS server gave no address.
    #[error("the site's DNS server did not give an address of `{host}`: {why}")]
    Name {
        /// The name.
        host: String,
        /// Why not.
        why: String,
    },
}
