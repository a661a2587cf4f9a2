//! What a browser fetches for a page: up to six at a time, each once in a session.
//!
//! All images count, also those that are marked to be loaded lazily: which of them a person scrolls to is
//! not known. What is on another site is left out: load goes to its target only.

use std::collections::{HashSet, VecDeque};

use futures::stream::{FuturesUnordered, StreamExt};
use redline_model::Outcome;
use reqwest::Url;

use crate::{
    common::Common,
    html,
    http::{Call, ContentKind, HttpClient, PARALLEL, Response},
    page::{self, Page},
    session::Session,
};

/// A page with more assets than this is cut.
const MOST_ASSETS: usize = 500;

/// The assets of `page` at `url` that are not in the `cached` ones; they are put in there.
pub(crate) fn of_page(page: &Page, url: &Url, base: &Url, cached: &mut HashSet<String>) -> Vec<Url> {
    let own = page.assets().into_iter().filter_map(|address| own(&address, url, base));
    own.take(MOST_ASSETS).filter(|asset| cached.insert(asset.as_str().to_owned())).collect()
}

fn own(address: &str, url: &Url, base: &Url) -> Option<Url> {
    let mut asset = url.join(address).ok()?;
    asset.set_fragment(None);
    (asset.origin() == base.origin()).then_some(asset)
}

/// Fetches `wanted` and what the style sheets among them refer to. Goes on after a failure, as a browser
/// does; returns the first bad outcome. Counts `requests` as they are sent.
pub(crate) async fn fetch_all(session: &mut Session, wanted: Vec<Url>, requests: &mut u64) -> Outcome {
    let mut queue = VecDeque::from(wanted);
    let mut under_way = FuturesUnordered::new();
    let mut outcome = Outcome::Ok;
    loop {
        while under_way.len() < PARALLEL
            && let Some(url) = queue.pop_front()
        {
            *requests += 1;
            under_way.push(fetch(&session.common, &session.http, url));
        }
        let Some((url, fetched)) = under_way.next().await else { return outcome };
        match fetched {
            Ok(found) => {
                queue.extend(found.into_iter().filter(|asset| session.cached.insert(asset.as_str().to_owned())))
            }
            Err(bad) => {
                session.cached.remove(url.as_str());
                outcome = if outcome == Outcome::Ok { bad } else { outcome };
            }
        }
    }
}

/// Fetches one; returns what it refers to, if it is a style sheet.
async fn fetch(common: &Common, http: &HttpClient, url: Url) -> (Url, Result<Vec<Url>, Outcome>) {
    let call = Call { url, form: None };
    let answer = match http.fetch(&call, &common.recorder).await {
        Ok(answer) => answer,
        Err(outcome) => return (call.url, Err(outcome)),
    };
    let outcome = match answer.response.status {
        status if status.is_success() => Outcome::Ok,
        status if status.is_client_error() => Outcome::ClientError,
        status if status.is_server_error() => Outcome::ServerError,
        _ => Outcome::WrongContent,
    };
    let response = answer.judged(outcome);
    let found = if outcome == Outcome::Ok { Ok(references(common, &call.url, &response)) } else { Err(outcome) };
    (call.url, found)
}

fn references(common: &Common, url: &Url, response: &Response) -> Vec<Url> {
    if response.kind != ContentKind::StyleSheet {
        return Vec::new();
    }
    let read = || {
        let css = page::text(&response.body, response.encoding);
        let base = common.clients.base();
        html::style_sheet_assets(&css).into_iter().take(MOST_ASSETS).filter_map(|a| own(a, url, base)).collect()
    };
    common.style_sheet(url, read).to_vec()
}
