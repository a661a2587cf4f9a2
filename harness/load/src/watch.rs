//! The few sessions of a trial of which every request is told.
//!
//! A request does not know its connection: that is opened by the client, on its behalf or on another's. The client
//! opens it within the request's own task, so what the connector and the resolver note there belongs to the request.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use redline_model::{Mono, Outcome, RequestTrace, Seconds, SessionTrace};

/// So many sessions of a trial are watched; among them there is one that shows something.
const MOST_SESSIONS: u32 = 8;
/// A session with more requests than this is cut.
const MOST_REQUESTS: usize = 400;
/// Shorter waits than this for an address are none: it was known.
const KNOWN: f64 = 50e-6;

tokio::task_local! {
    static NOTES: Arc<Mutex<Notes>>;
}

/// What is noted while a request looks for a connection.
#[derive(Debug, Clone, Copy, Default)]
struct Notes {
    lookup: Option<(Mono, Mono)>,
    connect: Option<(Mono, Mono)>,
}

/// Chooses the sessions that are watched.
#[derive(Debug)]
pub(crate) struct Chooser {
    from: Option<Mono>,
    chosen: AtomicU32,
}

impl Chooser {
    /// The first ones that were meant to begin at `from` or later; none where that is absent.
    pub(crate) fn new(from: Option<Mono>) -> Self {
        Self { from, chosen: AtomicU32::new(0) }
    }

    /// A watch for the session with this number, if it is one of them.
    pub(crate) fn watch(&self, session: u64, intended: Mono) -> Option<Watch> {
        let late_enough = self.from.is_some_and(|from| intended >= from);
        let chosen = late_enough && self.chosen.fetch_add(1, Ordering::Relaxed) < MOST_SESSIONS;
        chosen.then(|| {
            Watch(Arc::new(Mutex::new(Watched {
                step: "",
                trace: SessionTrace { session, intended, requests: Vec::new() },
            })))
        })
    }
}

/// A session that is watched; every clone is of the same one.
#[derive(Debug, Clone)]
pub(crate) struct Watch(Arc<Mutex<Watched>>);

#[derive(Debug)]
struct Watched {
    step: &'static str,
    trace: SessionTrace,
}

impl Watch {
    /// Requests belong to this step from now on.
    pub(crate) fn step(&self, name: &'static str) {
        self.with(|watched| watched.step = name);
    }

    /// A request for this path is sent now.
    pub(crate) fn request(&self, path: String) -> WatchedRequest {
        let step = self.with(|watched| watched.step);
        WatchedRequest { watch: self.clone(), step, path, sent: Mono::now(), first_byte: None, notes: Arc::default() }
    }

    /// What was seen.
    pub(crate) fn taken(&self) -> SessionTrace {
        let mut trace = self.with(|watched| std::mem::take(&mut watched.trace));
        trace.requests.sort_by(|a, b| a.sent.0.total_cmp(&b.sent.0));
        trace
    }

    fn with<T>(&self, does: impl FnOnce(&mut Watched) -> T) -> T {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request of a session that is watched.
#[derive(Debug)]
pub(crate) struct WatchedRequest {
    watch: Watch,
    step: &'static str,
    path: String,
    sent: Mono,
    first_byte: Option<Mono>,
    notes: Arc<Mutex<Notes>>,
}

impl WatchedRequest {
    /// What sends it, so that what it waits for is noted.
    pub(crate) fn noting<F: Future>(&self, sends: F) -> impl Future<Output = F::Output> + use<F> {
        NOTES.scope(Arc::clone(&self.notes), sends)
    }

    /// The head of the answer is there.
    pub(crate) fn answered(&mut self) {
        self.first_byte = Some(Mono::now());
    }

    /// It has ended.
    pub(crate) fn ended(self, at: Mono, outcome: Outcome, bytes: u64) {
        let notes = *self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = self.first_byte.unwrap_or(at);
        self.watch.with(|watched| {
            let intended = watched.trace.intended;
            let since = |moment: Mono| Seconds::from(moment.since(intended));
            // A connection that came after the answer was opened for nothing: another one had become free.
            let waited = |span: Option<(Mono, Mono)>| {
                span.filter(|(_, to)| *to <= answered).map(|(from, to)| (since(from), since(to)))
            };
            if watched.trace.requests.len() < MOST_REQUESTS {
                watched.trace.requests.push(RequestTrace {
                    step: self.step.to_owned(),
                    path: self.path,
                    sent: since(self.sent),
                    lookup: waited(notes.lookup).filter(|(from, to)| to.0 - from.0 >= KNOWN),
                    connect: waited(notes.connect),
                    first_byte: self.first_byte.map(since),
                    ended: since(at),
                    bytes,
                    outcome,
                });
            }
        });
    }
}

/// Where a wait is noted, for the request whose task this is; nothing where it is not watched.
#[derive(Debug)]
pub(crate) struct Noted(Option<Arc<Mutex<Notes>>>);

impl Noted {
    /// Of the present request.
    pub(crate) fn here() -> Self {
        Self(NOTES.try_with(Arc::clone).ok())
    }
    /// It waited for an address since `from`.
    pub(crate) fn looked_up(&self, from: Mono) {
        self.note(|notes| notes.lookup = Some((from, Mono::now())));
    }
    /// A connection was opened for it since `from`.
    pub(crate) fn connected(&self, from: Mono) {
        self.note(|notes| notes.connect = Some((from, Mono::now())));
    }
    fn note(&self, does: impl FnOnce(&mut Notes)) {
        if let Some(notes) = &self.0 {
            does(&mut notes.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sessions_of_the_window_are_watched() {
        let chooser = Chooser::new(Some(Mono(100)));
        assert!(chooser.watch(1, Mono(99)).is_none());
        let chosen = (0..20).filter(|n| chooser.watch(*n, Mono(100)).is_some()).count();
        assert_eq!(chosen, MOST_SESSIONS as usize);
        assert!(Chooser::new(None).watch(1, Mono(100)).is_none());
    }

    #[tokio::test]
    async fn a_request_has_what_was_noted_in_its_own_task() {
        let watch = Chooser::new(Some(Mono(0))).watch(7, Mono::now()).unwrap();
        watch.step("home");
        let (mut first, second) = (watch.request("/".into()), watch.request("/a.css".into()));
        let noted = async {
            let begun = Mono::now();
            let noted = Noted::here();
            tokio::task::yield_now().await;
            noted.connected(begun);
        };
        tokio::join!(first.noting(noted), second.noting(tokio::task::yield_now()));
        first.answered();
        second.ended(Mono::now(), Outcome::Reset, 0);
        first.ended(Mono::now(), Outcome::Ok, 12);
        Noted::here().connected(Mono::now());
        let trace = watch.taken();
        let [first, second] = trace.requests.as_slice() else { panic!("{trace:?}") };
        assert_eq!((first.path.as_str(), first.step.as_str(), first.bytes), ("/", "home", 12));
        assert!(first.connect.is_some() && first.lookup.is_none() && first.first_byte.is_some());
        assert_eq!((second.outcome, second.connect, second.first_byte), (Outcome::Reset, None, None));
    }
}
