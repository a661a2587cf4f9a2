//! What breaks a site and mends it: a stack of our own, or a model of a server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use redline_model::{Deploy, DeployWindow, Fault, FaultKind, FaultWindow, Mono};
use redline_model_server::Control;
use redline_stack::Stack;
use tokio::net::TcpStream;

use crate::exit::Failure;

/// How long a stack may take to be whole again after a fault.
const WHOLE_WITHIN: Duration = Duration::from_secs(60);
/// How long the effect of a fault on a model may take to be seen.
const SEEN_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Breaks a site.
pub(crate) enum Breaker {
    /// A stack of our own.
    Stack(Arc<Stack>),
    /// A model of a server.
    Model(ModelBreaker),
}

/// Breaks the process of a model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelBreaker {
    pub(super) control: Control,
    pub(super) http: SocketAddr,
    pub(super) pid: u32,
}

/// A fault that is under way. If this is dropped, what it broke stays broken until its containers are removed.
pub(crate) enum Broken {
    /// Of a stack of our own.
    Stack(Box<redline_stack::Injected>),
    /// Of a model.
    Model(ModelBroken),
}

/// A model that is broken. However the run ends, it does not stay frozen: it could neither tell its books nor end.
pub(crate) struct ModelBroken {
    model: ModelBreaker,
    kind: FaultKind,
    window: FaultWindow,
}

impl Drop for ModelBroken {
    fn drop(&mut self) {
        if self.kind == FaultKind::Pause {
            // One that goes on already goes on.
            let _ = self.model.signal(Signal::SIGCONT);
        }
    }
}

impl Breaker {
    /// Breaks it; returns once the effect is seen.
    pub(crate) async fn inject(&self, fault: &Fault) -> Result<Broken, Failure> {
        match self {
            Self::Stack(stack) => Ok(Broken::Stack(Box::new(stack.inject(fault).await?))),
            Self::Model(model) => model.inject(fault).await,
        }
    }

    /// Brings a new version to it.
    pub(crate) async fn deploy(&self, how: Deploy, version: &str) -> Result<DeployWindow, Failure> {
        match self {
            Self::Stack(stack) => Ok(stack.deploy(how, version).await?),
            Self::Model(_) => Err(Failure::usage("a model of a server has no code that could be deployed")),
        }
    }

    /// Returns once the site is verified to be whole.
    pub(crate) async fn whole_again(&self) -> Result<(), Failure> {
        match self {
            Self::Stack(stack) => Ok(stack.whole_again(WHOLE_WITHIN).await?),
            Self::Model(model) => model.reachable().await.map(drop),
        }
    }

    /// What cannot be broken here, and why; nothing where the fault can be injected.
    pub(crate) async fn refuses(&self, fault: &Fault) -> Option<String> {
        match self {
            Self::Stack(stack) => stack.obstacle_to(fault).await,
            Self::Model(_) if fault.component != "server" => {
                Some("a model of a server is one process: break `server`".to_owned())
            }
            Self::Model(_) if !matches!(fault.kind, FaultKind::Stop | FaultKind::Pause) => {
                Some("a model of a server can be broken by `stop` and `pause` only".to_owned())
            }
            Self::Model(_) => None,
        }
    }
}

impl Broken {
    /// What was seen of it so far.
    pub(crate) fn window(&self) -> &FaultWindow {
        match self {
            Self::Stack(injected) => injected.window(),
            Self::Model(broken) => &broken.window,
        }
    }

    /// Mends it; returns once the component answers again.
    pub(crate) async fn clear(self) -> Result<FaultWindow, Failure> {
        match self {
            Self::Stack(injected) => Ok(injected.clear().await?),
            Self::Model(broken) => {
                let mut window = broken.window.clone();
                window.lifted = Some(Mono::now());
                match broken.kind {
                    FaultKind::Pause => broken.model.signal(Signal::SIGCONT)?,
                    _ => broken.model.control.open().await?,
                }
                window.cleared = Some(broken.model.reachable().await?);
                Ok(window)
            }
        }
    }
}

impl ModelBreaker {
    async fn inject(self, fault: &Fault) -> Result<Broken, Failure> {
        let asked = Mono::now();
        let (injected, evidence) = match fault.kind {
            FaultKind::Pause => {
                self.signal(Signal::SIGSTOP)?;
                (Mono::now(), "the model's process was stopped by a signal")
            }
            _ => {
                self.control.close().await?;
                (self.until(Listening::No).await?, "the first connection that was refused")
            }
        };
        let window = FaultWindow { asked, injected, lifted: None, cleared: None, evidence: evidence.to_owned() };
        Ok(Broken::Model(ModelBroken { model: self, kind: fault.kind, window }))
    }

    async fn reachable(self) -> Result<Mono, Failure> {
        self.until(Listening::Yes).await
    }

    /// Waits until the site listens or does not; gives the first moment at which that was seen.
    async fn until(self, wanted: Listening) -> Result<Mono, Failure> {
        let tried = async {
            loop {
                let at = Mono::now();
                let listening =
                    if TcpStream::connect(self.http).await.is_ok() { Listening::Yes } else { Listening::No };
                if listening == wanted {
                    return at;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let late = |_| Failure::environment("the model server did not do what it was told within 5 s");
        tokio::time::timeout(SEEN_WITHIN, tried).await.map_err(late)
    }

    fn signal(self, signal: Signal) -> Result<(), Failure> {
        let pid = i32::try_from(self.pid).map_err(|e| Failure::Unexpected(e.into()))?;
        kill(Pid::from_raw(pid), signal).map_err(|e| Failure::environment(format!("the model's process: {e}")))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listening {
    Yes,
    No,
}
