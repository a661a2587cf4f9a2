//! What a newcomer implements, in one file of `scenarios/src`, to add a scenario.
//!
//! ```ignore
//! struct Browse;
//! redline_load::register!(Browse);
//! impl Scenario for Browse {
//!     fn name(&self) -> &'static str { "browse" }
//!     fn about(&self) -> &'static str { "Shoppers who look and leave" }
//!     fn slo(&self) -> &'static [&'static str] { &["p95<500ms", "errors<0.1%"] }
//!     fn steps(&self) -> &'static [&'static str] { &["home"] }
//!     fn journeys(&self) -> Vec<Journey> { vec![Journey::new("browse", 1, |s| Box::pin(browse(s)))] }
//! }
//! async fn browse(visitor: &mut Session) -> Visit {
//!     visitor.step("home").get("/").shows("home").await?;
//!     Ok(())
//! }
//! ```

use std::{fmt, future::Future, pin::Pin};

use crate::session::{Session, StepFailed};

/// How a journey ends: as it meant to, or early because a step failed.
pub type Visit = Result<(), StepFailed>;

/// A journey on its way.
pub type Visiting<'a> = Pin<Box<dyn Future<Output = Visit> + Send + 'a>>;

/// One kind of visit and how often it is made.
#[derive(Clone, Copy)]
pub struct Journey {
    name: &'static str,
    weight: u32,
    visit: for<'a> fn(&'a mut Session) -> Visiting<'a>,
}

impl Journey {
    /// The journey `name`, made `weight` times for every time that one of weight 1 is made.
    #[must_use]
    pub const fn new(name: &'static str, weight: u32, visit: for<'a> fn(&'a mut Session) -> Visiting<'a>) -> Self {
        Self { name, weight, visit }
    }
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
    /// Its weight in the mix.
    #[must_use]
    pub const fn weight(&self) -> u32 {
        self.weight
    }
    /// Makes it.
    pub fn visit<'a>(&self, session: &'a mut Session) -> Visiting<'a> {
        (self.visit)(session)
    }
}

impl fmt::Debug for Journey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journey").field("name", &self.name).field("weight", &self.weight).finish_non_exhaustive()
    }
}

/// What a scenario can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Only the shop of `stack/shop`.
    Shop,
    /// Any HTTP server.
    Any,
}

/// What becomes of a session's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// Each session opens its own, up to six at a time, as a new visitor's browser does.
    Fresh,
    /// Sessions take over those of earlier sessions; they have no cookies.
    Reused,
}

/// Whether a scenario is shown in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// It is there for users.
    Listed,
    /// It is there for redline itself.
    Hidden,
}

/// A mix of journeys with its SLO.
pub trait Scenario: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it does, in one line.
    fn about(&self) -> &'static str;
    /// The promises that its users are given, unless others are asked for.
    fn slo(&self) -> &'static [&'static str];
    /// Its journeys with their weights.
    fn journeys(&self) -> Vec<Journey>;
    /// The names of all steps that its journeys may take, so that a promise about a step that does not
    /// exist is refused before anything starts.
    fn steps(&self) -> &'static [&'static str];
    /// What it can be sent to.
    fn site(&self) -> Site {
        Site::Shop
    }
    /// What becomes of its sessions' connections.
    fn connections(&self) -> Connections {
        Connections::Fresh
    }
    /// Whether it is shown in lists.
    fn visibility(&self) -> Visibility {
        Visibility::Listed
    }
}

/// A scenario that was registered with [`register!`](crate::register).
#[doc(hidden)]
pub struct Registered(pub &'static dyn Scenario);

inventory::collect!(Registered);

/// Makes a scenario known: `redline_load::register!(Browse);`.
#[macro_export]
macro_rules! register {
    ($scenario:expr) => {
        $crate::inventory::submit! { $crate::Registered(&$scenario) }
    };
}

/// All scenarios that are shown in lists, by name.
#[must_use]
pub fn all() -> Vec<&'static dyn Scenario> {
    let mut listed: Vec<_> =
        inventory::iter::<Registered>().map(|r| r.0).filter(|s| s.visibility() == Visibility::Listed).collect();
    listed.sort_by_key(|s| s.name());
    listed
}

/// The scenario of that name, hidden ones included.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Scenario> {
    inventory::iter::<Registered>().map(|r| r.0).find(|s| s.name() == name)
}
