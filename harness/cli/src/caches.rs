//! From the access logs and the probes to what each cache did in a run.

use std::collections::BTreeMap;

use redline_model::{CacheCounts, CacheReport, ProbeReading, Sample};

use crate::{driver::Raw, site::Books};

/// What Valkey keeps, in a few words.
const OBJECTS: &str = "objects, sessions";

/// Each cache over these trials.
pub(crate) fn caches(books: &Books, trials: &[&Raw]) -> Vec<CacheReport> {
    let tags: Vec<String> = trials.iter().map(|raw| raw.tag()).collect();
    let pages = books.caches.iter().map(|cache| {
        let mut counts = CacheCounts::default();
        tags.iter().filter_map(|tag| cache.tags.get(tag)).for_each(|of| counts.merge(*of));
        CacheReport::new(cache.server.clone(), cache.component.clone(), cache.keeps, counts)
    });
    pages.chain(objects(trials.iter().flat_map(|raw| raw.samples()))).collect()
}

/// Valkey counts by itself; it does not know whose question it is.
fn objects<'a>(samples: impl Iterator<Item = &'a Sample>) -> Vec<CacheReport> {
    let mut stores: BTreeMap<(&str, &str), CacheCounts> = BTreeMap::new();
    for sample in samples {
        if let ProbeReading::Valkey(reading) = &sample.reading {
            let counts = CacheCounts { hits: reading.hits, misses: reading.misses, passed: 0 };
            stores.entry((&sample.server, &sample.component)).or_default().merge(counts);
        }
    }
    let report = |((server, component), counts): ((&str, &str), _)| {
        CacheReport::new(server.to_owned(), component.to_owned(), OBJECTS, counts)
    };
    stores.into_iter().map(report).collect()
}
