//! The site itself: static files at once, pages through the stages.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE},
};
use redline_model::{Mono, Seconds};

use crate::{
    Model,
    books::{Books, GIVEN_UP, Line},
    clock::Stages,
    counters::Tallies,
    gate::Gate,
    http::Opened,
    network::Fate,
    pages::{self, PageKind},
    shop::{Answer, Asked, Shop},
};

/// A form larger than this is not one of the shop's.
const LARGEST_FORM: usize = 64 << 10;

/// What all threads share.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) model: Model,
    pub(crate) stages: Stages,
    pub(crate) shop: Shop,
    pub(crate) books: Books,
    pub(crate) tallies: Tallies,
    pub(crate) gate: Gate,
}

/// A connection comes or goes.
pub(crate) fn follow(house: &House, opened: Opened) {
    match opened {
        Opened::Yes => {
            house.tallies.accepts.fetch_add(1, Ordering::Relaxed);
            house.tallies.connections.fetch_add(1, Ordering::Relaxed);
        }
        Opened::No { unread } => {
            house.tallies.connections.fetch_sub(1, Ordering::Relaxed);
            if unread {
                house.gate.cut();
            }
        }
    }
}

/// Answers one request; it is in the books whatever becomes of it.
pub(crate) async fn answer(house: Arc<House>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let tag = request.headers().get("x-redline").and_then(|v| v.to_str().ok()).unwrap_or("-").to_owned();
    let mut entry = Entry::begin(house.clone(), tag);
    let path = request.uri().path();
    let response = if path == "/.redline/204" {
        plain(StatusCode::NO_CONTENT, Bytes::new())
    } else if let Some((kind, bytes)) = pages::asset(path) {
        asset(kind, bytes)
    } else if path.starts_with("/assets/") {
        plain(StatusCode::NOT_FOUND, Bytes::new())
    } else {
        dynamic(&house, request, &mut entry).await
    };
    entry.end(response.status().as_u16());
    response
}

/// A page: its form is read, it goes through the stages, then the shop answers.
async fn dynamic(house: &House, request: Request<Incoming>, entry: &mut Entry) -> Response<Full<Bytes>> {
    let post = match *request.method() {
        Method::GET | Method::HEAD => false,
        Method::POST => true,
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_FORM).collect().await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, Bytes::new());
    };
    let kind = PageKind::of(post, parts.uri.path());
    let entered = Mono::now();
    let passed = house.stages.enter(house.model.weight(kind)).await;
    entry.upstream = Mono::now().since(entered).into();
    match passed {
        Ok(departure) if departure.fate == Fate::Served => entry.started = departure.started,
        Ok(_) | Err(_) => {
            let mut refused = plain(StatusCode::SERVICE_UNAVAILABLE, Bytes::new());
            refused.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            return refused;
        }
    }
    let asked = Asked {
        kind,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        form: url::form_urlencoded::parse(&body.to_bytes()).into_owned().collect(),
        cookie: parts.headers.get(COOKIE).and_then(|v| v.to_str().ok()).and_then(session),
    };
    page(house.shop.answer(&asked, &house.books))
}

fn session(cookies: &str) -> Option<&str> {
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("shop_session="))
}

fn page(answer: Answer) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = plain(status, Bytes::from(answer.body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(to) = answer.location.and_then(|to| HeaderValue::try_from(to).ok()) {
        headers.insert(LOCATION, to);
    }
    let cookie = answer.cookie.map(|id| format!("shop_session={id}; Path=/; HttpOnly; SameSite=Lax"));
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::try_from(c).ok()) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

fn asset(kind: &'static str, bytes: &'static [u8]) -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::OK, Bytes::from_static(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

fn plain(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
}

/// A request's line in the books: entered exactly once, also if its visitor goes away and it is dropped.
struct Entry {
    house: Arc<House>,
    tag: String,
    arrived: Mono,
    started: Mono,
    upstream: Seconds,
    status: u16,
}

impl Entry {
    fn begin(house: Arc<House>, tag: String) -> Self {
        house.tallies.requests.fetch_add(1, Ordering::Relaxed);
        house.tallies.busy.fetch_add(1, Ordering::Relaxed);
        let now = Mono::now();
        Self { house, tag, arrived: now, started: now, upstream: Seconds(0.0), status: GIVEN_UP }
    }
    fn end(mut self, status: u16) {
        self.status = status;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Self { arrived, started, upstream, status, .. } = *self;
        self.house.tallies.busy.fetch_sub(1, Ordering::Relaxed);
        if status == GIVEN_UP {
            self.house.gate.cut();
        }
        self.house.books.enter(&self.tag, Line { arrived, started, ended: Mono::now(), upstream, status });
    }
}
