//! What a person sees: the site in a real browser while a load goes on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Rate, Seconds, Share};

/// What a browser saw, at each load at which it visited.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BrowserReport {
    /// The browser and its version; absent where there was none.
    pub browser: Option<String>,
    /// How the site's name became an address, as a sentence.
    pub names: String,
    /// The loads at which it visited.
    pub loads: Vec<BrowsedLoad>,
    /// Why there is less than was asked for, each as a sentence.
    pub missing: Vec<String>,
}

/// The visits at one load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BrowsedLoad {
    /// Which load it was.
    pub at: BrowsedAt,
    /// The trial that it was beside.
    pub trial: u32,
    /// Sessions offered per second.
    pub offered: Rate,
    /// 99th percentile of the generator's lag, with the browser beside it.
    pub lag_p99: Seconds,
    /// The generator's use of its CPUs, the browser's own use not counted.
    pub generator_cpu: Share,
    /// Each visit, from the home page on.
    pub visits: Vec<BrowserVisit>,
}

/// Which load a browser visited at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BrowsedAt {
    /// The sustainable load.
    Sustainable,
    /// More than can be served, with further arrivals turned away.
    Saturation,
    /// The load that was asked for.
    Held,
}

/// One visit of one visitor with an empty cache.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BrowserVisit {
    /// The pages in the order in which they were seen.
    pub pages: Vec<BrowsedPage>,
    /// Why it ended before the order was placed; absent where it did not.
    pub ended: Option<String>,
}

/// One page as a person saw it. Times are from the click that led to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BrowsedPage {
    /// What the visitor did.
    pub step: String,
    /// The status of its document; absent where none came.
    pub status: Option<u16>,
    /// The address that the document came from.
    pub address: Option<String>,
    /// How long the browser's own look-up of the name took; absent where none was made for the document.
    pub name_lookup: Option<Seconds>,
    /// Until its first byte came.
    pub first_byte: Option<Seconds>,
    /// Until something of it was seen.
    pub first_paint: Option<Seconds>,
    /// Until its largest part was seen.
    pub largest_paint: Option<Seconds>,
    /// Until everything had come and its scripts had run.
    pub loaded: Option<Seconds>,
    /// Requests that were sent for it.
    pub requests: u64,
    /// What went wrong in it: failed requests, exceptions, errors on the console.
    pub errors: Vec<String>,
    /// A picture of it: WebP, base64; of the first visit only.
    pub picture: Option<String>,
}
