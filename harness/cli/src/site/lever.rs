//! What an intervention pulls: a lever on a real stack, or on a model's stage.

use redline_model_server::{Control, StageName};

use crate::exit::Failure;

/// What is left of a stage's limit: as of a real stack's resources.
const LEFT: f64 = 0.75;

/// One resource of a site that can be made scarcer while it runs.
pub(crate) enum Lever {
    /// Of a stack of our own.
    Stack(redline_stack::Lever),
    /// Of a model of a server.
    Model(StageLever),
}

/// The limit of one stage of a model.
pub(crate) struct StageLever {
    control: Control,
    stage: StageName,
    component: &'static str,
    resource: &'static str,
    /// What was left of it when it was lowered last.
    left: f64,
}

impl StageLever {
    /// A lever on `stage`, which stands for `resource` of `component`.
    pub(super) fn new(control: Control, stage: StageName, component: &'static str, resource: &'static str) -> Self {
        Self { control, stage, component, resource, left: 1.0 }
    }
}

impl Lever {
    /// The component whose resource it is; `server` for what all components share.
    pub(crate) fn component(&self) -> &str {
        match self {
            Self::Stack(lever) => lever.component(),
            Self::Model(lever) => lever.component,
        }
    }
    /// The resource, in the words of the verdict.
    pub(crate) fn resource(&self) -> &'static str {
        match self {
            Self::Stack(lever) => lever.resource(),
            Self::Model(lever) => lever.resource,
        }
    }
    /// What it does, as part of a sentence.
    pub(crate) fn done(&self) -> String {
        match self {
            Self::Stack(lever) => lever.done(),
            Self::Model(lever) => format!("the limit of the model's stage {} was lowered", lever.stage.as_str()),
        }
    }
    /// Makes the resource scarcer; returns when it is.
    pub(crate) async fn pull(&mut self) -> Result<(), Failure> {
        match self {
            Self::Stack(lever) => lever.pull().await?,
            Self::Model(lever) => lever.left = lever.control.set(lever.stage, LEFT).await?.ratio(),
        }
        Ok(())
    }
    /// Gives it back; returns what was left of it meanwhile, as a share of what there is.
    pub(crate) async fn release(&mut self) -> Result<f64, Failure> {
        match self {
            Self::Stack(lever) => Ok(lever.release().await?),
            Self::Model(lever) => {
                lever.control.set(lever.stage, 1.0).await?;
                Ok(std::mem::replace(&mut lever.left, 1.0))
            }
        }
    }
}
