//! Whether a stack is whole again after something was broken.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use testcontainers::bollard::query_parameters::InspectContainerOptions;

use crate::{Stack, StackError, answers, member::Member};

/// Between two looks at the site.
const PAUSE: Duration = Duration::from_millis(50);

impl Stack {
    /// Waits until all members run and answer by their protocols and the site verifies: names, an asset, a page
    /// from the database.
    ///
    /// # Errors
    /// [`StackError::NotWhole`] if that is not so within `within`.
    pub async fn whole_again(&self, within: Duration) -> Result<(), StackError> {
        let started = Instant::now();
        let not_whole =
            |error: StackError| StackError::NotWhole { waited: started.elapsed(), reason: error.to_string() };
        try_join_all(self.members.iter().map(|member| self.runs(member))).await.map_err(not_whole)?;
        let all = self.members.iter().map(|member| answers::wait(&self.docker, member, within));
        try_join_all(all).await.map_err(not_whole)?;
        loop {
            let left = within.saturating_sub(started.elapsed());
            match tokio::time::timeout(left, self.settled()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(_)) if started.elapsed() < within => tokio::time::sleep(PAUSE).await,
                Ok(Err(error)) => return Err(not_whole(error)),
                Err(_) => {
                    let reason = "the site was asked and did not answer in time".into();
                    return Err(StackError::NotWhole { waited: started.elapsed(), reason });
                }
            }
        }
    }

    /// One database takes writes, and the site verifies.
    async fn settled(&self) -> Result<(), StackError> {
        let unsettled = |reason| StackError::NotWhole { waited: Duration::ZERO, reason };
        self.one_database_leads().await.map_err(unsettled)?;
        self.verify_quickly().await
    }

    /// Docker is asked as well: a component that is frozen may have an answer in its buffers.
    async fn runs(&self, member: &Member) -> Result<(), StackError> {
        let found = self
            .docker
            .inspect_container(&member.id, None::<InspectContainerOptions>)
            .await
            .map_err(StackError::docker(format!("inspecting {}", member.title())))?;
        let state = found.state.unwrap_or_default();
        if state.running == Some(true) && state.paused != Some(true) {
            return Ok(());
        }
        let how = if state.paused == Some(true) { "is paused" } else { "does not run" };
        let reason = format!("{} {how}", member.title());
        Err(StackError::NotWhole { waited: Duration::ZERO, reason })
    }
}
