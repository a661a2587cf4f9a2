//! HTTP/1.1 over hyper: serving connections, and asking the side port.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    os::fd::AsRawFd as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, header::HOST, service::service_fn};
use hyper_util::rt::TokioIo;
use nix::sys::socket::{MsgFlags, recv};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

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
    let followed = Followed::new(stream, state.clone(), follow);
    let service = service_fn(|request| {
        let answered = answer(state.clone(), request);
        async move { Ok::<_, std::convert::Infallible>(answered.await) }
    });
    // A visitor who goes away in the middle is no error of the server's.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(followed), service).await;
}

/// A connection that tells when it came, and when it went, however it did.
struct Followed<S> {
    stream: TcpStream,
    state: Arc<S>,
    follow: fn(&S, Opened),
}

impl<S> Followed<S> {
    fn new(stream: TcpStream, state: Arc<S>, follow: fn(&S, Opened)) -> Self {
        follow(&state, Opened::Yes);
        Self { stream, state, follow }
    }
}

impl<S> Drop for Followed<S> {
    fn drop(&mut self) {
        (self.follow)(&self.state, Opened::No { unread: unread(&self.stream) });
    }
}

/// Whether something came that nobody has read: its visitor is told that the connection was reset.
fn unread(stream: &TcpStream) -> bool {
    let peek = MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT;
    recv(stream.as_raw_fd(), &mut [0], peek).is_ok_and(|n| n > 0)
}

impl<S> AsyncRead for Followed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S> AsyncWrite for Followed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Whether a connection was opened or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    Yes,
    No {
        /// Whether a request lay in it that nobody had read.
        unread: bool,
    },
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
