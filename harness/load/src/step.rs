//! One page or action of a journey, with all that a browser fetches for it.

use std::{future::IntoFuture, pin::Pin, sync::Arc};

use redline_model::{Mono, Outcome};
use reqwest::{StatusCode, Url};

use crate::{
    assets,
    http::{Call, ContentKind, Response, Unjudged},
    page::Page,
    recorder::Recorder,
    retry,
    scenario::Visiting,
    session::{Session, StepFailed},
    tally::StepEnd,
};

/// As many redirects as browsers follow before they give up is 20; a step of the shop has one.
const MOST_REDIRECTS: usize = 10;

/// A step that has a name and no request yet.
pub struct Step<'s> {
    session: &'s mut Session,
    name: &'static str,
}

impl<'s> Step<'s> {
    pub(crate) fn new(session: &'s mut Session, name: &'static str) -> Self {
        Self { session, name }
    }
    /// Opens the page at `path`.
    pub fn get(self, path: impl Into<String>) -> Action<'s> {
        Action::new(self, path.into(), None)
    }
    /// Submits a form of the present page to `path`, with that page's CSRF token. A redirect that
    /// answers it is part of the step.
    pub fn post(self, path: impl Into<String>) -> Action<'s> {
        let token = self.session.page.csrf().map(|token| ("csrf".to_owned(), token.into_owned()));
        Action::new(self, path.into(), Some(token.into_iter().collect()))
    }
}

/// A step that is made when it is awaited. It ends with the last byte of the last asset.
#[must_use = "a step is made when it is awaited"]
pub struct Action<'s> {
    session: &'s mut Session,
    name: &'static str,
    path: String,
    form: Option<Vec<(String, String)>>,
    page: Option<&'static str>,
    attributes: Vec<(&'static str, String)>,
    accepted: Option<u16>,
    order: Option<String>,
    also: Vec<String>,
}

impl<'s> Action<'s> {
    fn new(step: Step<'s>, path: String, form: Option<Vec<(String, String)>>) -> Self {
        let Step { session, name } = step;
        let (page, attributes, accepted, order, also) = (None, Vec::new(), None, None, Vec::new());
        Self { session, name, path, form, page, attributes, accepted, order, also }
    }
    /// Fills in a field of the form.
    pub fn field(mut self, name: &str, value: impl ToString) -> Self {
        self.form.get_or_insert_default().push((name.to_owned(), value.to_string()));
        self
    }
    /// The step fails unless the page says that it is of this kind (`data-page`).
    pub fn shows(mut self, page: &'static str) -> Self {
        self.page = Some(page);
        self
    }
    /// The step fails unless some tag of the page has this attribute with this value.
    pub fn with_attribute(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }
    /// This status is an answer as well, whatever its page shows.
    pub fn or_status(mut self, status: u16) -> Self {
        self.accepted = Some(status);
        self
    }
    /// The form places the order with this UUID. It is acknowledged when the page that follows names it
    /// (`data-order-uuid`); the recorder keeps when it was sent and what its user was told.
    pub fn placing_order(self, uuid: &str) -> Self {
        let mut action = self.field("order_uuid", uuid).with_attribute("data-order-uuid", uuid);
        action.order = Some(uuid.to_owned());
        action
    }
    /// Fetches these paths as well, as if the page named them as assets, but never from the cache.
    pub fn also(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        self.also.extend(paths);
        self
    }

    async fn make(mut self) -> Result<(), StepFailed> {
        if let Some(watch) = self.session.http.watch() {
            watch.step(self.name);
        }
        let mut watched = Watched::begin(self.session, self.name);
        let outcome = match self.open(&mut watched).await {
            Ok(wanted) => assets::fetch_all(self.session, wanted, &mut watched.requests).await,
            Err(outcome) => outcome,
        };
        self.session.intended = watched.end(outcome);
        if outcome == Outcome::Ok { Ok(()) } else { Err(StepFailed { step: self.name, outcome }) }
    }

    /// Gets the page; returns what the browser fetches for it.
    async fn open(&mut self, watched: &mut Watched) -> Result<Vec<Url>, Outcome> {
        if let Some(uuid) = &self.order {
            self.session.order_sent(uuid);
        }
        let opened = self.navigate(watched).await;
        match &opened {
            Ok(opened) if opened.declined => self.session.order_ended(Outcome::ClientError),
            Ok(_) => self.session.acknowledge_order(watched.page_ended()),
            Err(outcome) => self.session.order_ended(*outcome),
        }
        let url = opened?.url;
        let base = self.session.common.clients.base();
        let also = self.also.iter().filter_map(|path| base.join(path).ok());
        let found = assets::of_page(&self.session.page, &url, base, &mut self.session.cached);
        Ok(also.chain(found).collect())
    }

    /// Sends the request and follows redirects to the page.
    async fn navigate(&mut self, watched: &mut Watched) -> Result<Opened, Outcome> {
        let base = self.session.common.clients.base().clone();
        let url = base.join(&self.path).map_err(|_| Outcome::Protocol)?;
        let mut call = Call { url, form: self.form.take().map(Arc::from) };
        watched.sent = Some(Mono::now());
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.persist(&call, watched).await?;
            watched.ended = Some(answer.ended());
            watched.version = answer.response.version.clone();
            let status = answer.response.status;
            if !status.is_redirection() {
                return self.arrive(answer, call.url);
            }
            let Some(next) = redirect(&answer.response, &call.url, &base) else {
                answer.judged(Outcome::WrongContent);
                return Err(Outcome::WrongContent);
            };
            answer.judged(Outcome::Ok);
            call.url = next;
            if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                call.form = None;
            }
        }
        Err(Outcome::WrongContent)
    }

    /// Sends one request, again if it fails and the visitors of this plan do that.
    async fn persist(&self, call: &Call, watched: &mut Watched) -> Result<Unjudged, Outcome> {
        let common = &self.session.common;
        common.retries.first_try();
        for retried in 0.. {
            watched.requests += 1;
            match self.session.http.fetch(call, &common.recorder).await {
                Ok(answer)
                    if answer.response.status.is_server_error()
                        && common.retries.again(retried, Outcome::ServerError) =>
                {
                    answer.judged(Outcome::ServerError);
                }
                Err(outcome) if common.retries.again(retried, outcome) => {}
                ended => return ended,
            }
            common.alarms.sleep_until(Mono::now().plus(retry::PAUSE)).await;
        }
        // Retries are bounded, so the loop returns.
        Err(Outcome::Cancelled)
    }

    /// Reads the page at the end of all redirects and checks that it is the right one.
    fn arrive(&mut self, answer: Unjudged, url: Url) -> Result<Opened, Outcome> {
        let response = &answer.response;
        self.session.page = match response.kind {
            ContentKind::Html => Page::read(&response.body, response.encoding),
            ContentKind::StyleSheet | ContentKind::Other => Page::default(),
        };
        let declined = self.accepted == Some(response.status.as_u16());
        let outcome = match response.status {
            _ if declined => Outcome::Ok,
            status if status.is_client_error() => Outcome::ClientError,
            status if status.is_server_error() => Outcome::ServerError,
            status if status.is_success() && self.is_right_page() => Outcome::Ok,
            _ => Outcome::WrongContent,
        };
        answer.judged(outcome);
        if outcome == Outcome::Ok { Ok(Opened { url, declined }) } else { Err(outcome) }
    }

    fn is_right_page(&self) -> bool {
        let page = &self.session.page;
        self.page.is_none_or(|kind| page.kind().is_some_and(|k| k == kind))
            && self.attributes.iter().all(|(name, value)| page.attribute(name).is_some_and(|v| v == value.as_str()))
    }
}

impl<'s> IntoFuture for Action<'s> {
    type Output = Result<(), StepFailed>;
    type IntoFuture = Visiting<'s>;
    fn into_future(self) -> Pin<Box<dyn Future<Output = Self::Output> + Send + 's>> {
        Box::pin(self.make())
    }
}

/// Where a step arrived.
struct Opened {
    url: Url,
    /// The answer was the other status that the journey accepts.
    declined: bool,
}

/// Where the answer sends the visitor; `None` if nowhere, or to another site: load goes to its target only.
fn redirect(answer: &Response, from: &Url, base: &Url) -> Option<Url> {
    let next = from.join(answer.location.as_deref()?).ok()?;
    (next.origin() == base.origin()).then_some(next)
}

/// A step that is counted exactly once, whatever becomes of it.
struct Watched {
    recorder: Option<Recorder>,
    name: &'static str,
    intended: Mono,
    sent: Option<Mono>,
    ended: Option<Mono>,
    requests: u64,
    session: u64,
    version: Option<String>,
}

impl Watched {
    fn begin(session: &Session, name: &'static str) -> Self {
        Self {
            recorder: Some(session.common.recorder.clone()),
            name,
            intended: session.intended,
            sent: None,
            ended: None,
            requests: 0,
            session: session.index(),
            version: None,
        }
    }
    fn page_ended(&self) -> Mono {
        self.ended.unwrap_or_else(Mono::now)
    }
    /// Counts it; returns its end.
    fn end(mut self, outcome: Outcome) -> Mono {
        let now = Mono::now();
        self.count(outcome, now);
        now
    }
    fn count(&mut self, outcome: Outcome, now: Mono) {
        let Some(recorder) = self.recorder.take() else { return };
        let service = self.ended.zip(self.sent).map(|(ended, sent)| ended.since(sent)).unwrap_or_default();
        let (intended, ended, requests) = (self.intended, now, self.requests);
        let (session, version) = (self.session, self.version.take());
        recorder.step_ended(self.name, StepEnd { outcome, intended, ended, service, requests, session, version });
    }
}

impl Drop for Watched {
    /// Dropped uncounted: its session was cancelled.
    fn drop(&mut self) {
        self.count(Outcome::Cancelled, Mono::now());
    }
}
