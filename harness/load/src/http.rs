//! HTTP as a visitor's browser speaks it. Only this file and its neighbours `classify`, `connections` and
//! `resolver` name reqwest, so that another client can take its place.

use std::{sync::Arc, time::Duration};

use redline_model::{LoadPlan, Mono, Outcome};
use reqwest::{
    Client, Method, Request, StatusCode, Url,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::{
    classify::{self, Failure, Phase},
    connections::CountConnections,
    page::Encoding,
    recorder::Recorder,
    resolver::{Resolution, SessionResolver},
    scenario::Connections,
    watch::{Watch, WatchedRequest},
};

/// As many requests to one host at a time as browsers send. There are as many connections, or one more:
/// hyper's pool opens one for a request that then takes an older one which has just become free.
pub(crate) const PARALLEL: usize = 6;
/// What the shop's answers carry (`stack/shop/README.md`).
const VERSION: HeaderName = HeaderName::from_static("x-shop-version");
/// What is kept of a body at most; the rest is counted and thrown away.
const LARGEST_KEPT: usize = 8 << 20;

/// Why no load can be sent to a target.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The target is not an address.
    #[error("`{0}` is not a target; write it like `http://www.example.com`")]
    BaseUrl(String),
    /// The tag cannot be sent in a header.
    #[error("the tag `{0}` cannot stand in a header")]
    Tag(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up on this machine")]
    Tls(#[from] rustls::Error),
    /// The thread that wakes sessions cannot be started.
    #[error("a thread of the worker cannot be started")]
    Thread(#[source] std::io::Error),
    /// The client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
}

/// Makes the clients of all sessions.
#[derive(Debug)]
pub(crate) struct Clients {
    base: Url,
    tls: ClientConfig,
    headers: HeaderMap,
    resolution: Arc<Resolution>,
    recorder: Recorder,
    connect_timeout: Duration,
    request_timeout: Duration,
    connections: Connections,
}

impl Clients {
    pub(crate) fn new(plan: &LoadPlan, connections: Connections, recorder: Recorder) -> Result<Self, ClientError> {
        let base = Url::parse(&plan.target.base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| ClientError::BaseUrl(plan.target.base_url.clone()))?;
        let tag = HeaderValue::from_str(&plan.tag).map_err(|_| ClientError::Tag(plan.tag.clone()))?;
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-redline"), tag);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        Ok(Self {
            tls: tls(&base)?,
            base,
            headers,
            resolution: Resolution::new(&plan.target, recorder.clone()),
            recorder,
            connect_timeout: plan.target.connect_timeout.to_duration(),
            request_timeout: plan.target.request_timeout.to_duration(),
            connections,
        })
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// A visitor's client: no connections, no cookies, nothing resolved. 4 µs and 5 KB: the TLS
    /// configuration, which would cost 2.6 ms, is made once.
    pub(crate) fn client(&self) -> Result<HttpClient, ClientError> {
        let client = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .http1_only()
            .no_proxy()
            .no_gzip()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .cookie_store(self.connections == Connections::Fresh)
            .user_agent(concat!("redline/", env!("CARGO_PKG_VERSION")))
            .default_headers(self.headers.clone())
            .connect_timeout(self.connect_timeout)
            .timeout(self.request_timeout)
            .tcp_nodelay(true)
            .tcp_keepalive(None)
            .pool_idle_timeout(None)
            .dns_resolver(Arc::new(SessionResolver::new(self.resolution.clone())))
            .connector_layer(CountConnections(self.recorder.clone()));
        Ok(HttpClient { client: client.build()?, watch: None })
    }
}

fn tls(base: &Url) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(match base.scheme() {
        "https" => builder.with_platform_verifier()?.with_no_client_auth(),
        // Never used, but reqwest would load the machine's certificates for each client without it.
        _ => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    })
}

/// One visitor's client.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    /// Set where its session is watched.
    watch: Option<Watch>,
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) url: Url,
    /// What a form sends; `None` is a GET.
    pub(crate) form: Option<Arc<[(String, String)]>>,
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    /// The version of the site that it was made by, where it says so.
    pub(crate) version: Option<String>,
    pub(crate) kind: ContentKind,
    pub(crate) encoding: Encoding,
    /// Only of what is looked into: HTML and style sheets.
    pub(crate) body: Vec<u8>,
}

/// What a response is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentKind {
    Html,
    StyleSheet,
    Other,
}

impl HttpClient {
    /// The same client for a session that is watched, or is not.
    pub(crate) fn watched(self, watch: Option<Watch>) -> Self {
        Self { watch, ..self }
    }
    /// What watches its session.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.as_ref()
    }

    /// Sends `call` and reads the answer to its last byte. Counts it; a caller who goes away before it
    /// has ended makes it a cancelled one.
    pub(crate) async fn fetch(&self, call: &Call, recorder: &Recorder) -> Result<Unjudged, Outcome> {
        let prepared = prepare(&self.client, call);
        let mut request = Counted::sent(recorder, self.watch.as_ref().map(|watch| watch.request(path(&call.url))));
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(_) => return Err(request.failed(Failure { outcome: Outcome::Protocol, maybe_seen: false })),
        };
        let sending = self.client.execute(prepared);
        let sent = match &request.watched {
            None => sending.await,
            Some(watched) => watched.noting(sending).await,
        };
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Err(request.failed(classify::failure(&error, Phase::Head))),
        };
        if let Some(watched) = &mut request.watched {
            watched.answered();
        }
        let (kind, encoding) = (content_kind(response.headers()), encoding(response.headers()));
        let location = response.headers().get(LOCATION).and_then(|l| l.to_str().ok()).map(str::to_owned);
        let version = response.headers().get(VERSION).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    request.bytes += chunk.len() as u64;
                    if kind != ContentKind::Other && body.len() < LARGEST_KEPT {
                        body.extend_from_slice(&chunk);
                    }
                }
                Ok(None) => break,
                Err(error) => return Err(request.failed(classify::failure(&error, Phase::Body))),
            }
        }
        request.complete();
        // Lets hyper put the connection back before the next request looks for one: with this a session that
        // sends six requests at a time opens 6.7 connections on average, without it 8.8.
        tokio::task::yield_now().await;
        Ok(Unjudged {
            response: Response { status: response.status(), location, version, kind, encoding, body },
            request,
        })
    }
}

/// The path, and the query where there is one.
fn path(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

fn prepare(client: &Client, call: &Call) -> Result<Request, reqwest::Error> {
    match &call.form {
        None => Ok(Request::new(Method::GET, call.url.clone())),
        Some(form) => client.post(call.url.clone()).form(&**form).build(),
    }
}

fn content_kind(headers: &HeaderMap) -> ContentKind {
    let value = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match value.split(';').next().map(str::trim) {
        Some("text/html" | "application/xhtml+xml") => ContentKind::Html,
        Some("text/css") => ContentKind::StyleSheet,
        _ => ContentKind::Other,
    }
}

fn encoding(headers: &HeaderMap) -> Encoding {
    if headers.get(CONTENT_ENCODING).is_some_and(|v| v == "gzip") { Encoding::Gzip } else { Encoding::Plain }
}

/// A complete response whose worth is still to be judged; it is counted when that is known.
#[derive(Debug)]
pub(crate) struct Unjudged {
    pub(crate) response: Response,
    request: Counted,
}

impl Unjudged {
    /// When its last byte had arrived.
    pub(crate) fn ended(&self) -> Mono {
        self.request.ended.unwrap_or(self.request.sent)
    }
    /// Counts it as `outcome`.
    pub(crate) fn judged(mut self, outcome: Outcome) -> Response {
        self.request.settle(outcome, false);
        self.response
    }
}

/// A request that is counted exactly once, whatever becomes of it.
#[derive(Debug)]
struct Counted {
    recorder: Option<Recorder>,
    sent: Mono,
    ended: Option<Mono>,
    bytes: u64,
    watched: Option<WatchedRequest>,
}

impl Counted {
    fn sent(recorder: &Recorder, watched: Option<WatchedRequest>) -> Self {
        recorder.request_sent();
        Self { recorder: Some(recorder.clone()), sent: Mono::now(), ended: None, bytes: 0, watched }
    }
    fn complete(&mut self) {
        self.ended = Some(Mono::now());
    }
    fn failed(mut self, failure: Failure) -> Outcome {
        self.settle(failure.outcome, failure.maybe_seen);
        failure.outcome
    }
    fn settle(&mut self, outcome: Outcome, maybe_seen: bool) {
        if let Some(recorder) = self.recorder.take() {
            let service = self.ended.map(|ended| ended.since(self.sent));
            recorder.request_ended(outcome, service, self.bytes, maybe_seen);
            if let Some(watched) = self.watched.take() {
                watched.ended(self.ended.unwrap_or_else(Mono::now), outcome, self.bytes);
            }
        }
    }
}

impl Drop for Counted {
    /// Dropped unsettled: its session was cancelled. The server may well have seen it.
    fn drop(&mut self) {
        self.ended = None;
        self.settle(Outcome::Cancelled, true);
    }
}
