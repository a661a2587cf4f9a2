//! A model that was read and checked.

use std::collections::BTreeMap;

use redline_model::{Rate, Seconds};
use serde::{Deserialize, Serialize};

use crate::{
    Demand,
    pages::{ALL_KINDS, PageKind},
};

/// A stage, by its place on a request's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// How many requests are in the house at a time.
    Accept,
    /// The web server.
    Web,
    /// The application server: a slot is held through the database and the lock.
    Application,
    /// The database.
    Database,
    /// One at a time.
    Lock,
    /// So many a second.
    Bucket,
}

impl StageName {
    /// As it stands in a file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Web => "web",
            Self::Application => "application",
            Self::Database => "database",
            Self::Lock => "lock",
            Self::Bucket => "bucket",
        }
    }
}

/// A stage with slots.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// How many it serves at a time; more wait, first come first served.
    pub slots: u32,
    /// How long each takes.
    pub demand: Demand,
}

/// What a bucket without tokens does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenEmpty {
    /// The request waits for its token.
    Wait,
    /// The request is answered with 503.
    Refuse,
}

/// A token bucket: every dynamic request takes a token, whatever its weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Tokens a second.
    pub rate: Rate,
    /// Tokens that it holds.
    pub burst: f64,
    /// What happens without one.
    pub when_empty: WhenEmpty,
}

/// A model of a server. A stage that is absent is passed through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its name: the file's, without `.toml`.
    pub name: String,
    /// What it is, in one line.
    pub description: String,
    /// Whole cores that its process is kept on.
    pub cpus: u32,
    /// How many requests are in the house at a time.
    pub accept: Option<u32>,
    /// The web server.
    pub web: Option<Pool>,
    /// The application server.
    pub application: Option<Pool>,
    /// The database.
    pub database: Option<Pool>,
    /// One at a time.
    pub lock: Option<Demand>,
    /// So many a second.
    pub bucket: Option<Bucket>,
    /// How many times the demand of an ordinary page each kind takes; 1 where nothing stands.
    pub weights: BTreeMap<String, f64>,
}

impl Model {
    /// How many times the demand of an ordinary page this kind takes.
    pub(crate) fn weight(&self, kind: PageKind) -> f64 {
        self.weights.get(kind.as_str()).copied().unwrap_or(1.0)
    }
    /// The kinds of pages that may have a weight.
    pub(crate) fn kinds() -> Vec<&'static str> {
        ALL_KINDS.iter().map(|kind| kind.as_str()).collect()
    }
    /// A model without any stage, to build others from.
    #[must_use]
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            description: "a model of a server, not a real one".into(),
            cpus: 1,
            accept: None,
            web: None,
            application: None,
            database: None,
            lock: None,
            bucket: None,
            weights: BTreeMap::new(),
        }
    }
    /// A stage in a few words; nothing for one that is absent.
    #[must_use]
    pub fn describe(&self, stage: StageName) -> Option<String> {
        let pool = |pool: Pool| format!("{} slots, {}", pool.slots, pool.demand);
        match stage {
            StageName::Accept => self.accept.map(|limit| format!("{limit} requests at a time")),
            StageName::Web => self.web.map(pool),
            StageName::Application => self.application.map(pool),
            StageName::Database => self.database.map(pool),
            StageName::Lock => self.lock.map(|demand| format!("one at a time, {demand}")),
            StageName::Bucket => self.bucket.map(|b| format!("{} with a burst of {}", b.rate, b.burst)),
        }
    }
    /// The mean demand of a stage for a request of weight 1; zero for one that is absent.
    pub(crate) fn mean(&self, stage: StageName) -> Seconds {
        let pool = |pool: Option<Pool>| pool.map_or(Seconds(0.0), |p| p.demand.mean);
        match stage {
            StageName::Web => pool(self.web),
            StageName::Application => pool(self.application),
            StageName::Database => pool(self.database),
            StageName::Lock => self.lock.map_or(Seconds(0.0), |d| d.mean),
            StageName::Accept | StageName::Bucket => Seconds(0.0),
        }
    }
}
