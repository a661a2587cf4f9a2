//! A server that the user runs: nothing is started, probed or counted.

use std::{net::SocketAddr, time::Duration};

use redline_model::{Environment, Seconds, Target};

use super::Facts;
use crate::{environment, exit::Failure, target};

/// A server of the user's.
pub(crate) struct ExternalSite {
    /// Where the load goes.
    pub(super) target: Target,
    /// The machine.
    pub(super) environment: Environment,
}

impl ExternalSite {
    /// Makes sure that the target answers.
    pub(super) async fn open(target: Target) -> Result<Self, Failure> {
        if let Some(address) = target::address(&target) {
            answers(&target, address).await?;
        }
        Ok(Self { target, environment: environment::read(&[], &[], None) })
    }

    /// What the document says of it.
    pub(super) fn facts(&self) -> Facts {
        Facts {
            environment: self.environment.clone(),
            network: "external".into(),
            network_reason: "the target runs already".into(),
            servers: Vec::new(),
            out_of_reach: Vec::new(),
            data_set: "unknown: the target is not ours".into(),
            caveat: None,
        }
    }
}

/// Connects once, so that a target that is down is one sentence and not a run full of errors.
async fn answers(target: &Target, address: SocketAddr) -> Result<(), Failure> {
    let Seconds(limit) = target.connect_timeout;
    let tried = tokio::time::timeout(Duration::from_secs_f64(limit), tokio::net::TcpStream::connect(address)).await;
    let why = match tried {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the connection was refused".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection within {limit} s"),
    };
    Err(Failure::environment(format!(
        "the target {} ({address}) does not answer: {why}; start it or check --target",
        target.base_url
    )))
}
