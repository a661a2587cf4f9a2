//! Lowers the CPU quota that a container has, and puts it back.

use redline_model::Mono;
use testcontainers::bollard::{Docker, models::ContainerUpdateBody};

use crate::{StackError, member::Member};

/// What is left: as of the CPU.
const LEFT: f64 = 0.75;

/// A container's CPU quota.
#[derive(Debug)]
pub struct Quota {
    docker: Docker,
    id: String,
    component: String,
    /// Microseconds of CPU time a period, as found.
    quota: i64,
    lowered: Option<Mono>,
}

impl Quota {
    /// Absent where the container has none.
    pub(super) fn of(docker: &Docker, member: &Member) -> Option<Self> {
        let quota = member.cpu_quota?;
        let component = member.instance.clone();
        Some(Self { docker: docker.clone(), id: member.id.clone(), component, quota, lowered: None })
    }
    pub(super) fn component(&self) -> &str {
        &self.component
    }
    pub(super) fn done(&self) -> String {
        format!("its CPU quota was lowered to {:.0} %", 100.0 * LEFT)
    }
    pub(super) async fn pull(&mut self) -> Result<(), StackError> {
        self.lowered = Some(Mono::now());
        self.set((self.quota as f64 * LEFT).round() as i64).await
    }
    pub(super) async fn release(&mut self) -> Result<f64, StackError> {
        if self.lowered.take().is_none() {
            return Ok(1.0);
        }
        self.set(self.quota).await?;
        Ok((self.quota as f64 * LEFT).round() / self.quota as f64)
    }
    async fn set(&self, quota: i64) -> Result<(), StackError> {
        let update = ContainerUpdateBody { cpu_quota: Some(quota), ..ContainerUpdateBody::default() };
        let doing = format!("setting the CPU quota of {}", self.component);
        self.docker.update_container(&self.id, update).await.map_err(StackError::docker(doing))
    }
}
