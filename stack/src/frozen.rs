//! A stack that waits while another one is measured on the same CPUs: frozen, it costs none of their time and keeps
//! what it has in memory.

use std::time::Duration;

use futures::future::try_join_all;
use testcontainers::bollard::{Docker, errors::Error};

use crate::{Stack, StackError, member::Member, topology::ComponentKind};

impl Stack {
    /// Freezes all its processes, those first that ask others: nobody sees the one behind him silent.
    ///
    /// # Errors
    /// If Docker refuses; some may be frozen then.
    pub async fn freeze(&self) -> Result<(), StackError> {
        for kind in ComponentKind::ALL {
            try_join_all(self.of_kind(kind).map(|member| freeze(&self.docker, member))).await?;
        }
        Ok(())
    }

    /// Lets all of them go on, those first that are asked, and waits until each answers by its own protocol and the
    /// site verifies: what a health check or a time limit made of the pause is over then.
    ///
    /// # Errors
    /// If Docker refuses, or the stack is not whole within `within`.
    pub async fn thaw(&self, within: Duration) -> Result<(), StackError> {
        for kind in ComponentKind::ALL.into_iter().rev() {
            try_join_all(self.of_kind(kind).map(|member| thaw(&self.docker, member))).await?;
        }
        self.whole_again(within).await
    }

    fn of_kind(&self, kind: ComponentKind) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.kind == kind)
    }
}

async fn freeze(docker: &Docker, member: &Member) -> Result<(), StackError> {
    let doing = format!("freezing {}", member.title());
    unless_so_already(docker.pause_container(&member.id).await).map_err(StackError::docker(doing))
}

async fn thaw(docker: &Docker, member: &Member) -> Result<(), StackError> {
    let doing = format!("letting {} go on", member.title());
    unless_so_already(docker.unpause_container(&member.id).await).map_err(StackError::docker(doing))
}

/// Of a stack that was frozen in part only.
fn unless_so_already(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::DockerResponseServerError { message, .. })
            if message.contains("is not paused") || message.contains("already paused") =>
        {
            Ok(())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_so_already_is_no_error_and_anything_else_is() {
        let said = |message: &str| Err(Error::DockerResponseServerError { status_code: 500, message: message.into() });
        assert!(unless_so_already(said("Container 0123 is not paused")).is_ok());
        assert!(unless_so_already(said("Container 0123 is already paused")).is_ok());
        assert!(unless_so_already(said("No such container: 0123")).is_err());
    }
}
