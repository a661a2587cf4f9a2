//! HTTP/1.1 over hyper: serving connections, and asking the side port.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, header::HOST, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::ModelError;

/// The longest that the side port may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves all connections of `listener` for ever, each in a task of its own; `follow` is told of each that comes or
/// goes.
pub(crate) async fn serve<S, F, A>(listener: TcpListener, state: Arc<S>, follow: fn(&S, Opened), answer: F)
where
    S: Send + Sync + 'static,
    F: Fn(Arc<S>, Request<Incoming>) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of files: others close theirs meanwhile.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        tokio::spawn(connection(stream, state.clone(), follow, answer));
    }
}

/// Serves one connection to its end.
pub(crate) async fn connection<S, F, A>(stream: TcpStream, state: Arc<S>, follow: fn(&S, Opened), answer: F)
where
    S: Send + Sync + 'static,
    F: Fn(Arc<S>, Request<Incoming>) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let _ = stream.set_nodelay(true);
    let followed = Followed::new(state, follow);
    let service = service_fn(|request| {
        let answered = answer(followed.state.clone(), request);
        async move { Ok::<_, std::convert::Infallible>(answered.await) }
    });
    // A visitor who goes away in the middle is no error of the server's.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Tells that a connection came, and that it went, however it did.
struct Followed<S> {
    state: Arc<S>,
    follow: fn(&S, Opened),
}

impl<S> Followed<S> {
    fn new(state: Arc<S>, follow: fn(&S, Opened)) -> Self {
        follow(&state, Opened::Yes);
        Self { state, follow }
    }
}

impl<S> Drop for Followed<S> {
    fn drop(&mut self) {
        (self.follow)(&self.state, Opened::No);
    }
}

/// Whether a connection was opened or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    Yes,
    No,
}

/// Asks the side port: a GET, or a POST of `body`.
pub(crate) async fn ask(address: SocketAddr, path: &str, body: Option<String>) -> Result<String, ModelError> {
    let failed = |problem: String| ModelError::Side { address, path: path.to_owned(), problem };
    let asked = async {
        let stream = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())?;
        let driver = tokio::spawn(connection);
        let method = if body.is_some() { "POST" } else { "GET" };
        let request = Request::builder().method(method).uri(path).header(HOST, address.to_string());
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default()))).map_err(|e| e.to_string())?;
        let response = sender.send_request(request).await.map_err(|e| e.to_string())?;
        let status = response.status();
        let bytes = response.into_body().collect().await.map_err(|e| e.to_string())?.to_bytes();
        driver.abort();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if status.is_success() { Ok(text) } else { Err(format!("{status}: {text}")) }
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(failed),
        Err(_) => Err(failed(format!("nothing within {} s", PATIENCE.as_secs()))),
    }
}
