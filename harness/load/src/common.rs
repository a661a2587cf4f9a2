//! What all sessions of a worker share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use redline_model::{JourneyOptions, LoadPlan, ThinkScale};
use reqwest::Url;

use crate::{
    alarm::Alarms,
    http::{ClientError, Clients, HttpClient},
    recorder::Recorder,
    retry::RetryRule,
    scenario::Connections,
    watch::Chooser,
};

/// A site has a handful of style sheets; one that makes them up must not fill the memory.
const MOST_STYLE_SHEETS: usize = 256;

/// What all sessions of a worker share.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) recorder: Recorder,
    pub(crate) clients: Clients,
    pub(crate) alarms: Alarms,
    pub(crate) retries: RetryRule,
    pub(crate) seed: u64,
    pub(crate) order_seed: u64,
    pub(crate) think: ThinkScale,
    pub(crate) options: JourneyOptions,
    pub(crate) trivial_path: Option<String>,
    /// The sessions of which every request is told.
    pub(crate) watched: Chooser,
    connections: Connections,
    /// Clients that wait for the next session, where sessions take over connections.
    spare: Mutex<Vec<HttpClient>>,
    /// What each style sheet refers to: the same for all visitors, so it is read once.
    style_sheets: Mutex<HashMap<String, Arc<[Url]>>>,
}

impl Common {
    pub(crate) fn new(plan: &LoadPlan, connections: Connections, recorder: Recorder) -> Result<Self, ClientError> {
        Ok(Self {
            clients: Clients::new(plan, connections, recorder.clone())?,
            recorder,
            alarms: Alarms::start().map_err(ClientError::Thread)?,
            retries: RetryRule::new(plan.retries),
            seed: plan.seed,
            order_seed: plan.order_seed,
            think: plan.think,
            options: plan.options.clone(),
            watched: Chooser::new(plan.watch.map(|after| plan.start.plus(after.to_duration()))),
            trivial_path: plan.target.trivial_path.clone(),
            connections,
            spare: Mutex::default(),
            style_sheets: Mutex::default(),
        })
    }

    /// A client for a new session.
    pub(crate) fn client(&self) -> Result<HttpClient, ClientError> {
        let spare = match self.connections {
            Connections::Fresh => None,
            Connections::Reused => self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop(),
        };
        spare.map_or_else(|| self.clients.client(), Ok)
    }

    /// Takes back the client of a session that has ended.
    pub(crate) fn give_back(&self, client: HttpClient) {
        if self.connections == Connections::Reused {
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(client);
        }
    }

    /// What the style sheet at `url` refers to, as `read` finds it the first time.
    pub(crate) fn style_sheet(&self, url: &Url, read: impl FnOnce() -> Vec<Url>) -> Arc<[Url]> {
        let mut known = self.style_sheets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(assets) = known.get(url.as_str()) {
            return assets.clone();
        }
        let assets: Arc<[Url]> = read().into();
        if known.len() < MOST_STYLE_SHEETS {
            known.insert(url.as_str().to_owned(), assets.clone());
        }
        assets
    }
}
