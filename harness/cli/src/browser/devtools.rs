//! Chromium's DevTools protocol over a pair of pipes: JSON messages that end with a zero byte.
//!
//! Pipes and not a socket, because Chromium ends when they close: however redline ends, no browser stays.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{ChildStdin, ChildStdout},
};

use super::error::BrowserError;

/// How long a command or an event may take while the machine is fully loaded.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What Chromium told without being asked.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Like `Page.loadEventFired`.
    pub(super) method: String,
    /// Its parameters.
    pub(super) params: Value,
}

/// Commands to Chromium with their answers, and its events.
#[derive(Debug)]
pub(super) struct DevTools {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
    /// The tab that commands are for; the browser itself where there is none.
    session: Option<String>,
    /// Events of the tab, in order; whoever has read them may clear them.
    pub(super) events: Vec<Event>,
}

impl DevTools {
    pub(super) fn new(to: ChildStdin, from: ChildStdout) -> Self {
        Self { to, from: BufReader::new(from), next: 0, session: None, events: Vec::new() }
    }

    /// Commands go to this tab from now on, or to the browser itself.
    pub(super) fn speak_to(&mut self, session: Option<String>) {
        self.session = session;
        self.events.clear();
    }

    /// Sends a command and gives its result; events that come meanwhile are kept.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await.map_err(|_| BrowserError::Gone)?;
        self.to.flush().await.map_err(|_| BrowserError::Gone)?;
        let silent = || BrowserError::Silent { what: method.to_owned() };
        let answer = tokio::time::timeout(PATIENCE, self.answer(id)).await.map_err(|_| silent())??;
        match answer["error"]["message"].as_str() {
            Some(why) => Err(BrowserError::Refused { method: method.to_owned(), why: why.to_owned() }),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Waits until an event of this name is among those that were kept.
    pub(super) async fn wait_for(&mut self, method: &str) -> Result<(), BrowserError> {
        let waiting = async {
            while !self.events.iter().any(|event| event.method == method) {
                self.receive().await?;
            }
            Ok(())
        };
        let silent = || BrowserError::Silent { what: method.to_owned() };
        tokio::time::timeout(PATIENCE, waiting).await.map_err(|_| silent())?
    }

    /// The value of an expression in the page; a promise is waited for.
    pub(super) async fn value(&mut self, expression: &str) -> Result<Value, BrowserError> {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", params).await?;
        match answer.get("exceptionDetails") {
            None => Ok(answer["result"]["value"].clone()),
            Some(details) => {
                let why = details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or("?");
                Err(BrowserError::Refused { method: "Runtime.evaluate".into(), why: why.to_owned() })
            }
        }
    }

    async fn answer(&mut self, id: u64) -> Result<Value, BrowserError> {
        loop {
            if let Some(answer) = self.receive().await?.filter(|answer| answer["id"] == id) {
                return Ok(answer);
            }
        }
    }

    /// The next message, if it is an answer; an event of the tab is kept.
    async fn receive(&mut self) -> Result<Option<Value>, BrowserError> {
        let mut bytes = Vec::new();
        let read = self.from.read_until(0, &mut bytes).await.map_err(|_| BrowserError::Gone)?;
        if read == 0 || bytes.pop() != Some(0) {
            return Err(BrowserError::Gone);
        }
        let message: Value = serde_json::from_slice(&bytes).map_err(|_| BrowserError::Gone)?;
        let Some(method) = message["method"].as_str() else { return Ok(Some(message)) };
        if self.session.as_deref() == message["sessionId"].as_str() {
            self.events.push(Event { method: method.to_owned(), params: message["params"].clone() });
        }
        Ok(None)
    }
}
