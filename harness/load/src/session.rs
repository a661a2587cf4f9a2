//! One visitor: what journeys are written in.
//!
//! ```ignore
//! visitor.step("home").get("/").shows("home").await?;
//! visitor.think(PAGE).await;
//! visitor.step("add-to-cart").post("/cart/add").field("product_id", id).field("quantity", 1).shows("cart").await?;
//! ```

use std::{collections::HashSet, sync::Arc, time::Duration};

use redline_model::{JourneyOptions, Mono, OrderEvent, Outcome};

use crate::{
    common::Common,
    http::{ClientError, HttpClient},
    page::Page,
    picks::Picks,
    step::Step,
};

/// A step failed, and the session with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the step `{step}` failed: {outcome}")]
pub struct StepFailed {
    /// The step's name.
    pub step: &'static str,
    /// What became of it.
    pub outcome: Outcome,
}

/// One visitor: own cookies, own connections, own view of the DNS, own cache of assets.
pub struct Session {
    pub(crate) common: Arc<Common>,
    pub(crate) http: HttpClient,
    pub(crate) page: Page,
    /// When the next step is meant to begin.
    pub(crate) intended: Mono,
    /// The addresses of the assets that it has already fetched.
    pub(crate) cached: HashSet<String>,
    /// An order that was sent and of which it is not yet known what became.
    pub(crate) order: Option<OrderEvent>,
    index: u64,
    picks: Picks,
    nominal_think: Duration,
}

impl Session {
    /// The visitor with number `index`, whose first step was meant to begin at `intended`.
    pub(crate) fn new(common: Arc<Common>, index: u64, intended: Mono) -> Result<Self, ClientError> {
        let watch = common.watched.watch(index, intended);
        Ok(Self {
            http: common.client()?.watched(watch),
            page: Page::default(),
            intended,
            cached: HashSet::new(),
            order: None,
            index,
            picks: Picks::new(common.seed, common.order_seed, index),
            nominal_think: Duration::ZERO,
            common,
        })
    }

    /// Begins a step. Its response time counts from the moment at which it was meant to begin: the
    /// session's own intended start, the end of the last step, or the end of a think time.
    pub fn step(&mut self, name: &'static str) -> Step<'_> {
        Step::new(self, name)
    }
    /// Thinks: for a time that is exponential with this mean, scaled as the plan says.
    pub async fn think(&mut self, mean: Duration) {
        let nominal = self.picks.think(mean);
        self.nominal_think += nominal;
        let pause = nominal.mul_f64(self.common.think.0.max(0.0));
        if !pause.is_zero() {
            self.intended = self.intended.plus(pause);
            self.common.alarms.sleep_until(self.intended).await;
        }
    }
    /// The page that it is looking at.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }
    /// Its random choices.
    pub fn picks(&mut self) -> &mut Picks {
        &mut self.picks
    }
    /// Its number in the run; no two sessions of a run have the same.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }
    /// What the scenario was told beyond its name.
    #[must_use]
    pub fn options(&self) -> &JourneyOptions {
        &self.common.options
    }
    /// A path on the target that answers with as little as possible; `/` if none was named.
    #[must_use]
    pub fn trivial_path(&self) -> &str {
        self.common.trivial_path.as_deref().unwrap_or("/")
    }
    /// The think times that it would have had at a scale of 1.
    pub(crate) fn nominal_think(&self) -> Duration {
        self.nominal_think
    }
    /// An order leaves for the server.
    pub(crate) fn order_sent(&mut self, uuid: &str) {
        let sent = Mono::now();
        self.order = Some(OrderEvent { uuid: uuid.to_owned(), sent, acknowledged: None, outcome: Outcome::Cancelled });
    }
    /// The server has confirmed the order that was sent last: its confirmation was complete at `at`.
    pub(crate) fn acknowledge_order(&mut self, at: Mono) {
        if let Some(order) = &mut self.order {
            order.acknowledged = Some(at);
        }
        self.order_ended(Outcome::Ok);
    }
    /// It is known what became of the order that was sent last.
    pub(crate) fn order_ended(&mut self, outcome: Outcome) {
        if let Some(order) = self.order.take() {
            self.common.recorder.order(OrderEvent { outcome, ..order });
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Cancelled while its order was under way: neither acknowledged nor failed.
        self.order_ended(Outcome::Cancelled);
        if let Some(watch) = self.http.watch() {
            self.common.recorder.session_watched(watch.taken());
        }
        self.common.give_back(self.http.clone().watched(None));
    }
}
