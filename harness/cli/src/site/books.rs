//! What the site itself has counted, to be held against what the generator has.

use std::collections::{HashMap, HashSet};

use redline_analysis::{AccessLog, LedgerEntry};
use redline_model::{CacheCounts, Check, TrialResult};

/// What the site itself has counted.
#[derive(Default)]
pub(crate) struct Books {
    /// The access log's sums by tag; absent where there is no access log.
    pub(crate) log: Option<HashMap<String, AccessLog>>,
    /// What each cache did, by the requests' tags.
    pub(crate) caches: Vec<SiteCache>,
    /// The orders that the site has; absent where they cannot be read.
    pub(crate) orders: Option<Vec<SiteOrder>>,
}

/// A cache of the site that writes a log.
pub(crate) struct SiteCache {
    /// Its server.
    pub(crate) server: String,
    /// The component that it is or is in.
    pub(crate) component: String,
    /// What it keeps.
    pub(crate) keeps: &'static str,
    /// How the requests of each tag ended.
    pub(crate) tags: HashMap<String, CacheCounts>,
}

/// An order as the site has it.
pub(crate) struct SiteOrder {
    /// The client-made UUID.
    pub(crate) uuid: String,
    /// Whether it is whole: it has lines and their prices add up to its total.
    pub(crate) whole: bool,
}

/// The orders that a site has at a moment.
#[derive(Default)]
pub(crate) struct SiteOrders {
    /// Each; absent where they cannot be read.
    pub(crate) entries: Option<Vec<LedgerEntry>>,
    /// Products of which more were sold than there were; absent where that is not known.
    pub(crate) oversold: Option<u64>,
}

impl Books {
    /// These and those of the next site of the same run; what one of them could not count, both cannot.
    pub(crate) fn and(mut self, next: Self) -> Self {
        self.log = both(self.log, next.log);
        self.orders = both(self.orders, next.orders);
        for cache in next.caches {
            match self.caches.iter_mut().find(|c| (&c.server, &c.component) == (&cache.server, &cache.component)) {
                Some(known) => known.tags.extend(cache.tags),
                None => self.caches.push(cache),
            }
        }
        self
    }

    /// What the access log says of the trial with this tag; nothing where there is no access log.
    pub(crate) fn of(&self, tag: &str) -> Option<AccessLog> {
        self.log.as_ref().map(|log| log.get(tag).copied().unwrap_or_default())
    }

    /// Orders: acknowledged by the generator's count, and present in the database, adding up.
    pub(crate) fn orders(&self, acknowledged: &[String], trials: &[TrialResult]) -> Vec<Check> {
        const LIMIT: &str = "none lost, all add up";
        if trials.is_empty() {
            return Vec::new();
        }
        let Some(orders) = &self.orders else {
            if acknowledged.is_empty() {
                return Vec::new();
            }
            let why = format!(
                "{} orders were acknowledged, and the database could not be asked what became of them.",
                acknowledged.len()
            );
            return vec![Check::not_available("orders", LIMIT, &why)];
        };
        let stored: HashSet<&str> = orders.iter().map(|o| o.uuid.as_str()).collect();
        let lost = acknowledged.iter().filter(|u| !stored.contains(u.as_str())).count();
        let broken = orders.iter().filter(|o| !o.whole).count();
        vec![Check::new(
            "orders",
            lost == 0 && broken == 0,
            format!(
                "{} acknowledged, {} stored; {lost} lost, {broken} do not add up",
                acknowledged.len(),
                orders.len()
            ),
            LIMIT,
            "The shop told a shopper that an order was placed which the database does not have, or has wrongly.",
        )]
    }
}

/// What two counted together; nothing where one of them counted nothing.
fn both<C: IntoIterator + Extend<C::Item>>(all: Option<C>, more: Option<C>) -> Option<C> {
    let (mut all, more) = all.zip(more)?;
    all.extend(more);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The books of a site that had one trial and one order.
    fn of(tag: &str) -> Books {
        let line = AccessLog { lines: 7, ..AccessLog::default() };
        let hits = CacheCounts { hits: 5, ..CacheCounts::default() };
        Books {
            log: Some(HashMap::from([(tag.to_owned(), line)])),
            caches: vec![SiteCache {
                server: "edge".into(),
                component: "varnish".into(),
                keeps: "pages",
                tags: HashMap::from([(tag.to_owned(), hits)]),
            }],
            orders: Some(vec![SiteOrder { uuid: tag.to_owned(), whole: true }]),
        }
    }

    #[test]
    fn the_books_of_sites_that_followed_each_other_are_one() {
        let all = of("t1").and(of("t2"));
        assert_eq!((all.of("t1").unwrap().lines, all.of("t2").unwrap().lines), (7, 7));
        assert_eq!((all.caches.len(), all.caches[0].tags.len(), all.orders.unwrap().len()), (1, 2, 2));
        let torn = of("t1").and(Books { log: None, ..of("t2") });
        assert!(torn.of("t1").is_none(), "what was not counted is not taken for nothing");
    }
}
