//! Which logs are the books, and what they say of the caches.
//!
//! The books are kept where visitors come in: by the edges where there are some, because what an edge answers itself
//! no web server has in its log; else by the web servers, and by a balancer for what it answers in their place.

use std::{collections::HashMap, path::Path};

use redline_model::CacheCounts;

use super::{LogSummary, own_answers, read};
use crate::{Stack, StackError, member::Member, topology::ComponentKind};

/// All access logs of a stack.
#[derive(Debug, Default)]
pub struct AccessLogs {
    /// Every request of a visitor once, by its tag.
    pub books: HashMap<String, LogSummary>,
    /// What each cache did that writes a log.
    pub caches: Vec<CacheLog>,
}

/// What one cache did, by the requests' tags.
#[derive(Debug)]
pub struct CacheLog {
    /// Its server.
    pub server: String,
    /// The component that it is or is in.
    pub component: String,
    /// What it keeps, in a few words.
    pub keeps: &'static str,
    /// How the requests of each tag ended.
    pub tags: HashMap<String, CacheCounts>,
}

impl Stack {
    /// The books alone, see [`Stack::access_logs`].
    ///
    /// # Errors
    /// If Docker does not answer, there is no log, or the folder cannot be written.
    pub async fn access_log(&self, keep: Option<&Path>) -> Result<HashMap<String, LogSummary>, StackError> {
        self.access_logs(keep).await.map(|logs| logs.books)
    }

    /// Counts the access logs' lines by tag; with `keep` a copy of each is written there as
    /// `<server>-access.log.gz`. Complete: the servers are made to write what they hold back.
    ///
    /// # Errors
    /// If Docker does not answer, there is no log, or the folder cannot be written.
    pub async fn access_logs(&self, keep: Option<&Path>) -> Result<AccessLogs, StackError> {
        let mut logs = AccessLogs::default();
        let of = |kind| self.members.iter().filter(move |member| member.kind == kind);
        let edges = of(ComponentKind::Varnish).count() > 0;
        for member in of(ComponentKind::Varnish).chain(of(ComponentKind::Nginx)) {
            let tags = read::complete(&self.docker, member, keep).await?;
            if let Some(keeps) = keeps(member) {
                let tags = tags.iter().map(|(tag, summary)| (tag.clone(), summary.cache)).collect();
                logs.caches.push(CacheLog {
                    server: member.server.clone(),
                    component: member.instance.clone(),
                    keeps,
                    tags,
                });
            }
            if edges == (member.kind == ComponentKind::Varnish) {
                tags.into_iter().for_each(|(tag, summary)| add(logs.books.entry(tag).or_default(), summary));
            }
        }
        // What a balancer answers itself no web server has in its log; an edge in front of it has.
        for balancer in of(ComponentKind::Balancer).filter(|_| !edges) {
            for (tag, answers) in own_answers::count(&self.docker, balancer).await {
                let summary = logs.books.entry(tag).or_default();
                summary.lines += answers;
                summary.server_errors += answers;
            }
        }
        Ok(logs)
    }
}

/// What a component's log tells of a cache; nothing where it has none.
fn keeps(member: &Member) -> Option<&'static str> {
    match member.kind {
        ComponentKind::Varnish => Some("files and pages"),
        ComponentKind::Nginx if member.number("PAGE_CACHE") > 0 => Some("pages"),
        _ => None,
    }
}

fn add(sum: &mut LogSummary, more: LogSummary) {
    sum.lines += more.lines;
    sum.server_errors += more.server_errors;
    sum.given_up += more.given_up;
    sum.upstream_lines += more.upstream_lines;
    sum.request_time.0 += more.request_time.0;
    sum.upstream_request_time.0 += more.upstream_request_time.0;
    sum.upstream_time.0 += more.upstream_time.0;
    sum.bytes.0 += more.bytes.0;
    sum.cache.merge(more.cache);
}
