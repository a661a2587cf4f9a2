//! Where the load goes during a run: a stack of our own, a model server, or a server of the user's. What drives the load and
//! what concludes from it does not know which.

mod books;
mod breaker;
mod external;
mod lever;
mod model;
mod stack;

use std::path::Path;

use redline_analysis::{MemoryLimit, Untested};
use redline_model::{Environment, Sample, ServerFingerprint, Target};

pub(crate) use self::{
    books::{Books, SiteCache, SiteOrder, SiteOrders},
    breaker::Breaker,
    lever::Lever,
};
use self::{external::ExternalSite, model::ModelSite, stack::StackSite};
use crate::{
    exit::Failure,
    interrupt::Interrupt,
    live::Live,
    plan::{RunPlan, SitePlan},
};

/// Where the load goes, and what watches it.
pub(crate) enum Site {
    /// A stack of our own.
    Stack(Box<StackSite>),
    /// A model of a server.
    Model(Box<ModelSite>),
    /// A server of the user's.
    External(Box<ExternalSite>),
}

/// What the document says of the site.
pub(crate) struct Facts {
    /// The machine.
    pub(crate) environment: Environment,
    /// `loopback`, `bridge` or `external`.
    pub(crate) network: String,
    /// Why.
    pub(crate) network_reason: String,
    /// The servers as they really were.
    pub(crate) servers: Vec<ServerFingerprint>,
    /// The shop's code and data.
    pub(crate) data_set: String,
    /// What could limit the site and cannot be changed while it runs.
    pub(crate) out_of_reach: Vec<Untested>,
    /// What nobody may miss who reads the report; nothing for a real site.
    pub(crate) caveat: Option<String>,
}

impl Facts {
    /// CPU that the servers share, in cores.
    pub(crate) fn server_cores(&self) -> f64 {
        self.servers.iter().map(|s| s.cpus).sum()
    }
}

impl Site {
    /// Starts and verifies what is ours, or makes sure that the target answers.
    pub(crate) async fn open(plan: &RunPlan, live: &Live, interrupt: Interrupt) -> Result<Self, Failure> {
        Ok(match &plan.site {
            SitePlan::Stack { topology, network } => {
                Self::Stack(Box::new(StackSite::start(topology, *network, live, interrupt).await?))
            }
            SitePlan::Model(model) => Self::Model(Box::new(ModelSite::start(model, plan.seed, live).await?)),
            SitePlan::External(target) => Self::External(Box::new(ExternalSite::open(target.clone()).await?)),
        })
    }

    /// Where the load goes.
    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Stack(site) => site.target.clone(),
            Self::Model(site) => site.target.clone(),
            Self::External(site) => site.target.clone(),
        }
    }

    /// The CPUs that the generator may use; empty: any.
    pub(crate) fn generator_cpus(&self) -> &[usize] {
        &self.environment().generator_cpus
    }

    /// The probes' next sample; never, where nothing is probed.
    pub(crate) async fn next_sample(&mut self) -> Sample {
        let sample = match self {
            Self::Stack(site) => site.next_sample().await,
            Self::Model(site) => site.next_sample().await,
            Self::External(_) => None,
        };
        match sample {
            Some(sample) => sample,
            None => std::future::pending().await,
        }
    }

    /// Forgets the samples between two trials.
    pub(crate) fn discard_samples(&mut self) {
        match self {
            Self::Stack(site) => site.discard_samples(),
            Self::Model(site) => site.discard_samples(),
            Self::External(_) => {}
        }
    }

    /// Reads no more probes until [`Site::wake`]: while another site is measured on the same CPUs.
    pub(crate) fn rest(&mut self) {
        if let Self::Stack(site) = self {
            site.rest();
        }
    }

    /// Reads the probes again; the first readings come after a second.
    pub(crate) fn wake(&mut self) {
        if let Self::Stack(site) = self {
            site.wake();
        }
    }

    /// Takes it off the CPUs until [`Site::thaw`], with what it has in memory. A model does nothing while it is not asked.
    pub(crate) async fn freeze(&mut self) -> Result<(), Failure> {
        match self {
            Self::Stack(site) => site.freeze().await,
            Self::Model(_) | Self::External(_) => Ok(()),
        }
    }

    /// Lets it go on; it answers when this returns.
    pub(crate) async fn thaw(&mut self) -> Result<(), Failure> {
        match self {
            Self::Stack(site) => site.thaw().await,
            Self::Model(_) | Self::External(_) => Ok(()),
        }
    }

    /// The levers on its resources; none where it is not ours.
    pub(crate) fn levers(&self) -> Vec<Lever> {
        match self {
            Self::Stack(site) => site.levers(),
            Self::Model(site) => site.levers(),
            Self::External(_) => Vec::new(),
        }
    }

    /// Lets its servers use all of their CPUs until [`Site::restore_limits`]; gives the names of what had a limit.
    pub(crate) async fn lift_limits(&self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Stack(site) => site.lift_limits().await,
            Self::Model(_) | Self::External(_) => Ok(Vec::new()),
        }
    }

    /// Gives its servers their limits again.
    pub(crate) async fn restore_limits(&self) -> Result<(), Failure> {
        match self {
            Self::Stack(site) => site.restore_limits().await,
            Self::Model(_) | Self::External(_) => Ok(()),
        }
    }

    /// What breaks it; nothing where it is not ours.
    pub(crate) fn breaker(&self) -> Option<Breaker> {
        match self {
            Self::Stack(site) => Some(site.breaker()),
            Self::Model(site) => Some(site.breaker()),
            Self::External(_) => None,
        }
    }

    /// The orders that it has now.
    pub(crate) async fn orders(&self) -> Result<SiteOrders, Failure> {
        match self {
            Self::Stack(site) => site.orders().await,
            Self::Model(site) => site.orders().await,
            Self::External(_) => Ok(SiteOrders::default()),
        }
    }

    /// What memory each component may use.
    pub(crate) fn memory_limits(&self) -> Vec<MemoryLimit> {
        memory_limits(match self {
            Self::Stack(site) => &site.servers,
            Self::Model(site) => &site.servers,
            Self::External(_) => &[],
        })
    }

    /// What the document says of the site.
    pub(crate) fn facts(&self) -> Facts {
        match self {
            Self::Stack(site) => site.facts(),
            Self::Model(site) => site.facts(),
            Self::External(site) => site.facts(),
        }
    }

    /// What the site itself has counted; its logs go into `folder`.
    pub(crate) async fn books(&self, folder: &Path, live: &Live) -> Books {
        match self {
            Self::Stack(site) => site.books(folder, live).await,
            Self::Model(site) => site.books(folder, live).await,
            Self::External(_) => Books::default(),
        }
    }

    /// Ends and removes what is ours.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Stack(site) => site.close().await,
            Self::Model(site) => site.close().await,
            Self::External(_) => Ok(()),
        }
    }

    fn environment(&self) -> &Environment {
        match self {
            Self::Stack(site) => &site.environment,
            Self::Model(site) => &site.environment,
            Self::External(site) => &site.environment,
        }
    }
}

/// What memory each component of `servers` may use; nothing for one without a limit.
pub(crate) fn memory_limits(servers: &[ServerFingerprint]) -> Vec<MemoryLimit> {
    let limits = servers.iter().flat_map(|s| {
        s.components.iter().filter(|c| c.memory_limit.0 > 0).map(|c| MemoryLimit {
            server: s.server.clone(),
            component: c.component.clone(),
            limit: c.memory_limit,
        })
    });
    limits.collect()
}
