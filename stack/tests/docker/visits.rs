//! Visitors of a stack, as many as it takes to see what breaks.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redline_model::Mono;
use redline_stack::{RunId, stacks};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Where Nginx is.
pub(crate) async fn nginx(run: &RunId) -> SocketAddr {
    component(run, "nginx").await
}

/// Where the first component of a kind is.
pub(crate) async fn component(run: &RunId, kind: &str) -> SocketAddr {
    let all = stacks().await.unwrap();
    let stack = all.iter().find(|stack| &stack.run == run).unwrap();
    stack.components.iter().find(|c| c.component.as_str() == kind).unwrap().address.parse().unwrap()
}

/// The version in the header of a page's answer; absent where it was not answered with 200.
pub(crate) async fn visit(nginx: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(nginx).await.ok()?;
    let question = "GET /category/1 HTTP/1.0\r\nHost: www.foobar.com\r\nX-Redline: test\r\n\r\n";
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let ok = answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.0 200");
    // A balancer writes the names of headers in small letters.
    let named = |line: &'_ str| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("x-shop-version").then(|| value.to_string())
    };
    let version = answer.lines().find_map(named);
    version.filter(|_| ok)
}

/// What visitors saw: when, how long they waited, which version.
pub(crate) type Seen = Vec<(Mono, Duration, Option<String>)>;

/// Visits by several at once, until told to stop.
pub(crate) fn visitors(nginx: SocketAddr, count: usize, stop: &Arc<AtomicBool>) -> Vec<tokio::task::JoinHandle<Seen>> {
    let one = |stop: Arc<AtomicBool>| async move {
        let mut seen = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let asked = Mono::now();
            // A visitor's patience; what is frozen would hold him forever.
            let version = tokio::time::timeout(Duration::from_secs(2), visit(nginx)).await.ok().flatten();
            seen.push((asked, Mono::now().since(asked), version));
        }
        seen
    };
    (0..count).map(|_| tokio::spawn(one(stop.clone()))).collect()
}
