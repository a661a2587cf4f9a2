//! A real HTTP/1.1 server that does what its paths say and counts what it sees.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The server; it ends with its runtime.
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    paused: watch::Sender<bool>,
}

/// What the server has seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub connections: u64,
    pub requests: BTreeMap<String, u64>,
    /// `X-Redline` headers.
    pub tags: BTreeMap<String, u64>,
}

impl Seen {
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }
    pub fn of(&self, path: &str) -> u64 {
        self.requests.get(path).copied().unwrap_or_default()
    }
}

struct Request {
    method: String,
    path: String,
    head: String,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v).next().unwrap_or_default()
    }
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, (paused, pause)) = (Arc::<Mutex<Seen>>::default(), watch::channel(false));
        let counting = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counting.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, counting.clone(), pause.clone()));
            }
        });
        Self { address, seen, paused }
    }
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
    /// Answers nothing until `resume`.
    pub fn pause(&self) {
        self.paused.send_replace(true);
    }
    pub fn resume(&self) {
        self.paused.send_replace(false);
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Seen>>, mut pause: watch::Receiver<bool>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        {
            let mut seen = seen.lock().unwrap();
            *seen.requests.entry(request.path.clone()).or_default() += 1;
            *seen.tags.entry(request.header("x-redline").to_owned()).or_default() += 1;
        }
        if pause.wait_for(|paused| !paused).await.is_err() || !answer(&mut stream, &request).await {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut request = Request { method: String::new(), path: String::new(), head, body: String::new() };
            let length: usize = request.header("content-length").parse().unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                request.body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
                buffer.drain(..end + 4 + length);
                let first = request.head.lines().next().unwrap_or_default().to_owned();
                let mut words = first.split(' ').map(str::to_owned);
                (request.method, request.path) = (words.next()?, words.next()?);
                return Some(request);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// False: the connection is to be closed.
async fn answer(stream: &mut TcpStream, request: &Request) -> bool {
    let path = request.path.split('?').next().unwrap_or_default();
    let text = match path {
        "/reset" => {
            stream.set_zero_linger().unwrap();
            return false;
        }
        "/close" => return false,
        "/silence" => std::future::pending().await,
        "/truncated" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort").await.unwrap();
            return false;
        }
        "/stalls" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort").await.unwrap();
            std::future::pending().await
        }
        "/garbage" => {
            stream.write_all(b"I am not a web server\r\n\r\n").await.unwrap();
            return false;
        }
        "/missing" | "/broken-asset" => response("404 Not Found", "", "<body data-page=\"not-found\">"),
        "/broken" => response("500 Internal Server Error", "", "<body data-page=\"error\">"),
        "/gone" => response("409 Conflict", "", "<body data-page=\"out-of-stock\">"),
        "/trivial" => "HTTP/1.1 204 No Content\r\n\r\n".into(),
        "/elsewhere" => response("303 See Other", "location: http://127.99.99.99/\r\n", ""),
        "/round" => response("303 See Other", "location: /round\r\n", ""),
        "/page" => response("200 OK", "set-cookie: visit=1; Path=/\r\n", PAGE),
        "/page-with-a-broken-asset" => response("200 OK", "", "<body data-page=\"page\"><img src=/broken-asset>"),
        "/app.css" => typed("text/css", "@font-face { src: url('/font.woff2') }"),
        "/submit" if request.method == "POST" => submit(request),
        "/order" => response("200 OK", "", &order_page(request)),
        delay if delay.starts_with("/delay/") => {
            let ms = delay.trim_start_matches("/delay/").parse().unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            response("200 OK", "", "<body data-page=\"page\">")
        }
        _ => typed("application/octet-stream", "0123456789"),
    };
    stream.write_all(text.as_bytes()).await.is_ok()
}

const PAGE: &str = r#"<!doctype html><link rel="stylesheet" href="/app.css?v=1"><script src="/app.js"></script>
    <body data-page="page"><img src="/a.webp"><img src="/b.webp"><img src="/a.webp"><img src="http://127.99.99.99/x">
    <form method="post"><input type="hidden" name="csrf" value="a token &amp; more"></form>"#;

/// What a shop does: token and cookie must be right, then it redirects.
fn submit(request: &Request) -> String {
    let right = request.body.contains("csrf=a+token+%26+more") && request.header("cookie") == "visit=1";
    let uuid = request.body.split('&').find_map(|field| field.strip_prefix("order_uuid=")).unwrap_or_default();
    if right {
        response("303 See Other", &format!("location: /order?uuid={uuid}\r\n"), "")
    } else {
        response("403 Forbidden", "", "<body data-page=\"forbidden\">")
    }
}

fn order_page(request: &Request) -> String {
    let uuid = request.path.split_once("uuid=").map(|(_, uuid)| uuid).unwrap_or_default();
    format!("<body data-page=\"order\"><main data-order-uuid=\"{uuid}\">")
}

fn typed(kind: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}
