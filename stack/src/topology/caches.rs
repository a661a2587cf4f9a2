//! What caches must fit together with: a cache that can keep nothing, or that keeps what another one was told to
//! forget, would be measured as if it were one.

use super::{ComponentKind, Settings, Topology, TopologyError};

/// Sessions have where they are to be kept, and pages are kept in one place and not longer than is allowed.
pub(super) fn check(topology: &Topology) -> Result<(), TopologyError> {
    let has = |kind| topology.having(kind).next().is_some();
    let page_ttl = topology.components().any(|(_, c)| matches!(&c.settings, Settings::Php(s) if s.page_ttl.0 > 0.0));
    for (server, component) in topology.components() {
        let wrong = |key: &str, problem: &str| {
            Err(TopologyError::wrong(
                &topology.file,
                format!("server.{}.{}.{key}", server.name, component.kind()),
                problem,
            ))
        };
        match &component.settings {
            Settings::Php(s) if s.sessions == super::SessionStore::Valkey && !has(ComponentKind::Valkey) => {
                return wrong(
                    "sessions",
                    "there is no Valkey to keep them in; add a [server.valkey] table to one of the servers",
                );
            }
            Settings::Nginx(s) if s.page_cache.is_some() && !page_ttl => {
                return wrong(
                    "page_cache",
                    "it would stay empty: no PHP allows its pages to be kept; set `page_ttl` there",
                );
            }
            Settings::Nginx(s) if s.page_cache.is_some() && has(ComponentKind::Varnish) => {
                return wrong(
                    "page_cache",
                    "an edge that was told to forget a page would get the old one from here; leave one of the two out",
                );
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::topology::{find, read};

    const CACHED: &str = include_str!("../../topologies/cached.toml");
    const CDN: &str = include_str!("../../topologies/cdn.toml");

    #[rstest]
    #[case::no_store(CACHED, "[server.valkey]\nmemory = \"96MiB\"\nmax_memory = \"64MiB\"\n", "", "there is no Valkey")]
    #[case::nothing_kept(CACHED, "page_ttl = \"10s\"", "page_ttl = \"0s\"", "would stay empty")]
    #[case::two_caches(CDN, "fastcgi_keepalive = 0", "page_cache = \"8MiB\"", "would get the old one from here")]
    #[case::store_too_big(CACHED, "max_memory = \"64MiB\"", "max_memory = \"90MiB\"", "up to 3/4")]
    #[case::edge_too_big(CDN, "storage = \"192MiB\"", "storage = \"300MiB\"", "up to 1/2")]
    #[case::pages_too_big(CACHED, "page_cache = \"32MiB\"", "page_cache = \"64MiB\"", "is the most")]
    #[case::part_of_a_second(CDN, "grace = \"10s\"", "grace = \"10ms\"", "whole number of seconds")]
    #[case::nobody_behind(CDN, "to = [\"origin\"]", "to = [\"store\"]", "there is no server `store`")]
    #[case::beside_nginx(CACHED, "[server.valkey]", "[server.varnish]\n[server.valkey]", "port 80")]
    fn what_does_not_fit_together_is_refused(
        #[case] file: &str,
        #[case] from: &str,
        #[case] to: &str,
        #[case] says: &str,
    ) {
        assert!(file.contains(from), "{from}");
        // Without a share of its own PHP gets what a smaller table leaves.
        let text = file.replacen(from, to, 1).replace("memory = \"608MiB\"", "");
        let sentence = read::topology("mine", "mine.toml", &text).unwrap_err().to_string();
        assert!(sentence.contains(says) && sentence.lines().count() == 1, "{sentence}");
    }

    #[test]
    fn the_edge_is_where_visitors_come_in_and_asks_what_is_behind_it() {
        use crate::topology::ComponentKind::{Nginx, Varnish};
        let cdn = find("cdn").unwrap();
        assert_eq!(cdn.entrances(), [(0, Varnish)]);
        assert_eq!(cdn.asks((0, Varnish)), [(1, Nginx)]);
    }
}
