//! Who is visiting: cookies, carts and tokens.

use std::collections::{HashMap, VecDeque};

use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Visitors that are remembered; the oldest are forgotten first.
const MOST: usize = 200_000;

/// One visitor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visitor {
    pub(crate) csrf: String,
    /// Product and quantity.
    pub(crate) cart: Vec<(u64, u64)>,
    pub(crate) customer: bool,
    pub(crate) orders: Vec<String>,
}

impl Visitor {
    /// The sum of the quantities.
    pub(crate) fn items(&self) -> u64 {
        self.cart.iter().map(|(_, quantity)| quantity).sum()
    }
}

/// All visitors, by the session cookie.
#[derive(Debug)]
pub(crate) struct Visitors {
    known: HashMap<String, Visitor>,
    order: VecDeque<String>,
    rng: SmallRng,
}

impl Visitors {
    pub(crate) fn new(seed: u64) -> Self {
        Self { known: HashMap::new(), order: VecDeque::new(), rng: SmallRng::seed_from_u64(seed) }
    }
    /// The visitor with this cookie.
    pub(crate) fn get(&mut self, cookie: Option<&str>) -> Option<&mut Visitor> {
        self.known.get_mut(cookie?)
    }
    /// A new one with a new token, who may bring a cart along; returns the cookie.
    pub(crate) fn add(&mut self, visitor: Visitor) -> String {
        let cookie = self.random();
        let csrf = self.random();
        if self.order.len() >= MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(cookie.clone());
        self.known.insert(cookie.clone(), Visitor { csrf, ..visitor });
        cookie
    }
    /// Takes one out, to come back under another cookie.
    pub(crate) fn remove(&mut self, cookie: &str) -> Option<Visitor> {
        self.known.remove(cookie)
    }
    fn random(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.random::<u64>(), self.rng.random::<u64>())
    }
}
