//! Makes Nginx write out what it holds back.
//!
//! It collects 64 KiB of lines or a second's worth before it writes. USR1 makes every worker reopen its logs, and
//! write before that; a request with a tag of its own, sent before, shows in the file when that has happened.

use std::time::Duration;

use testcontainers::bollard::{Docker, query_parameters::KillContainerOptionsBuilder};

use crate::{StackError, http, member::Member, wiring::SITE};

/// Asks the site for a trivial answer with `tag`.
pub(super) async fn leave_mark(nginx: &Member, tag: &str) {
    // A dead server writes nothing any more, so its log is complete as it is.
    let header = format!("X-Redline: {tag}\r\n");
    let request = http::get(nginx.service, SITE, "/.redline/204", &header);
    let _ = tokio::time::timeout(Duration::from_secs(2), request).await;
}

/// Makes all workers write.
pub(super) async fn reopen(docker: &Docker, nginx: &Member) -> Result<(), StackError> {
    let options = KillContainerOptionsBuilder::new().signal("USR1").build();
    match docker.kill_container(&nginx.id, Some(options)).await {
        Ok(()) => Ok(()),
        // It does not run: there is nobody who could hold anything back.
        Err(testcontainers::bollard::errors::Error::DockerResponseServerError { status_code: 409, .. }) => Ok(()),
        Err(error) => Err(StackError::docker("asking Nginx to write its log")(error)),
    }
}
