//! How many servers carry a traffic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bytes, Rate, Share};

/// What is to be carried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Traffic {
    /// Sessions per second.
    Sessions(Rate),
    /// Requests per second.
    Requests(Rate),
    /// Shoppers at once, who think as long as the scenario's do: sessions per second by the interactive response time
    /// law, X = N ÷ (R + Z).
    Users(f64),
}

/// What a plan has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Demanded {
    /// The traffic of today.
    pub traffic: Traffic,
    /// By what it is multiplied.
    pub growth: f64,
    /// The share of the sustainable load that stays free.
    pub headroom: Share,
    /// So many application servers may be lost.
    pub survive: u32,
}

/// What servers cost, for the same time each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The currency, as it is printed.
    pub currency: String,
    /// For how long: `month`.
    pub per: String,
    /// A server of any size.
    #[serde(default)]
    pub server: f64,
    /// A core.
    #[serde(default)]
    pub core: f64,
    /// A GiB of memory.
    #[serde(default)]
    pub gib: f64,
}

impl Prices {
    /// What servers with so many cores and so much memory in all cost.
    #[must_use]
    pub fn of(&self, servers: u32, cores: f64, memory: Bytes) -> f64 {
        let gib = memory.0 as f64 / f64::from(1 << 30);
        f64::from(servers) * self.server + cores * self.core + gib * self.gib
    }
}

/// What a figure of a plan rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The stack itself was measured; other numbers of servers follow from its own figures.
    Measured,
    /// Another stack was measured; this one follows from what its components cost there.
    Predicted,
}

/// What carries the traffic with one stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SizedStack {
    /// The stack.
    pub name: String,
    /// What it rests on.
    pub basis: Basis,
    /// The run that it rests on.
    pub run: String,
    /// Sessions per second that have to be carried, growth included and headroom not.
    pub needed: Rate,
    /// Application servers that carry it; absent where no number of them does.
    pub application_servers: Option<u32>,
    /// The same if the capacity is the low end of its interval; absent where no number of them does.
    pub at_worst: Option<u32>,
    /// All servers, the shared ones included.
    pub servers: Option<u32>,
    /// Cores of all servers.
    pub cores: Option<f64>,
    /// Memory of all servers.
    pub memory: Option<Bytes>,
    /// Sessions per second that so many servers carry within the promise.
    pub sustainable: Option<Rate>,
    /// Sessions per second that one application server completes at most.
    pub each: Option<Rate>,
    /// What does not grow with the application servers, and the sessions per second that it lets through at most.
    pub shared: Option<(String, Rate)>,
    /// The needed load ÷ the highest that was measured.
    pub extrapolated: f64,
    /// What it costs.
    pub price: Option<f64>,
    /// Why it does not carry the traffic, where it does not.
    pub why_not: Option<String>,
    /// What the reader must know.
    pub notes: Vec<String>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sizing {
    /// The scenario.
    pub scenario: String,
    /// What had to be kept.
    pub demanded: Demanded,
    /// What servers cost, where that was given.
    pub prices: Option<Prices>,
    /// Each stack.
    pub stacks: Vec<SizedStack>,
    /// The one that carries it for the lowest price; by cores where there are no prices. Absent where none carries it.
    pub cheapest: Option<String>,
}
