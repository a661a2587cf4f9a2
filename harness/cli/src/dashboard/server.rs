//! Serves the page and its events on loopback, as long as the run goes on.

use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::{Either, Full, channel::Channel};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinSet};

use super::Board;
use crate::{exit::Failure, loopback};

/// Readers get the end of the run if they take it within this time.
const GOODBYE: Duration = Duration::from_secs(3);
/// Events are told no more often than this.
const PACE: Duration = Duration::from_millis(500);

type Body = Either<Full<Bytes>, Channel<Bytes>>;

/// The server of one run's page.
pub(crate) struct Dashboard {
    board: Board,
    serving: tokio::task::JoinHandle<()>,
    stop: tokio::sync::oneshot::Sender<()>,
}

impl Dashboard {
    /// Serves the page of a run of `scenario` on `topology`; gives also its port.
    pub(crate) async fn open(port: u16, scenario: &str, topology: &str) -> Result<(Self, u16), Failure> {
        let (listener, port) = loopback::listen(port, "--dashboard=PORT").await?;
        let page: Arc<str> = redline_reports::live_page(scenario, topology).map_err(anyhow::Error::from)?.into();
        let board = Board::new();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let serving = tokio::spawn(serve(listener, port, board.clone(), page, stopped));
        Ok((Self { board, serving, stop }, port))
    }

    /// What is shown.
    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// Tells the end and closes.
    pub(crate) async fn end(self, sentence: &str, saved: Option<String>) {
        self.board.over(sentence, saved);
        let _ = self.stop.send(());
        let abort = self.serving.abort_handle();
        if tokio::time::timeout(GOODBYE, self.serving).await.is_err() {
            abort.abort();
        }
    }
}

/// Until it is told to stop; then those who read are told the rest.
async fn serve(
    listener: TcpListener,
    port: u16,
    board: Board,
    page: Arc<str>,
    mut stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let mut readers = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (board, page) = (board.clone(), Arc::clone(&page));
                readers.spawn(async move {
                    let answer = service_fn(move |request| answer(request, port, board.clone(), Arc::clone(&page)));
                    // A reader that goes away is no error; nor is one whose connection has no further use.
                    let mut http = hyper::server::conn::http1::Builder::new();
                    let _ = http.keep_alive(false).serve_connection(TokioIo::new(stream), answer).await;
                });
            }
            Some(_) = readers.join_next() => {}
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    while readers.join_next().await.is_some() {}
}

async fn answer(
    request: Request<Incoming>,
    port: u16,
    board: Board,
    page: Arc<str>,
) -> Result<Response<Body>, Infallible> {
    if let Some(refused) = loopback::refusal(&request, port) {
        return Ok(refused.map(Either::Left));
    }
    Ok(match request.uri().path() {
        "/" => loopback::page(StatusCode::OK, "text/html; charset=utf-8", page.to_string()).map(Either::Left),
        "/events" => {
            let (events, body) = Channel::new(1);
            tokio::spawn(tell(board, events));
            loopback::with_headers(Response::new(Either::Right(body)), StatusCode::OK, "text/event-stream")
        }
        _ => loopback::text(StatusCode::NOT_FOUND, "There is nothing here but the page of the run: /\n")
            .map(Either::Left),
    })
}

/// Tells one reader everything new, until the end or until they go away.
async fn tell(board: Board, mut to: http_body_util::channel::Sender<Bytes>) {
    let mut changes = board.changes();
    loop {
        let version = *changes.borrow_and_update();
        let (text, last) = board.told(version);
        if to.send_data(text).await.is_err() || last {
            return;
        }
        if changes.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(PACE).await;
    }
}
