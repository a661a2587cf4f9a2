//! `redline report serve`: the folder of runs in a browser, on loopback only.

use std::{
    convert::Infallible,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HOST, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use redline_reports::{Format, Listed, find, index, load, names};
use tokio::net::TcpListener;

use crate::{
    args::ServeArgs,
    exit::{Ended, Failure},
    interrupt::Interrupt,
    report::PLAIN,
};

/// Serves until Ctrl-C.
pub(crate) async fn serve(args: ServeArgs) -> Result<Ended, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await.map_err(|error| {
        Failure::Environment(format!("cannot listen on 127.0.0.1:{}: {error}; choose another with --port", args.port))
    })?;
    let port = listener.local_addr().map_err(anyhow::Error::from)?.port();
    let mut interrupt = Interrupt::listen()?;
    crate::print(&format!("http://127.0.0.1:{port}/\n"))?;
    let runs = Arc::new(args.runs);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let runs = Arc::clone(&runs);
                tokio::spawn(async move {
                    let answer = service_fn(move |request| answer(request, port, Arc::clone(&runs)));
                    // A reader that goes away is no error.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
            () = interrupt.wait() => return Ok(Ended::Fine),
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    port: u16,
    runs: Arc<PathBuf>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if !is_for_us(request.headers().get(HOST), port) {
        // A page elsewhere that made its own name mean this address must not read the runs.
        return Ok(page(StatusCode::FORBIDDEN, "text/plain", "This address answers to 127.0.0.1 only.\n".into()));
    }
    if request.method() != Method::GET {
        return Ok(page(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "Only GET.\n".into()));
    }
    let path = request.uri().path().to_owned();
    // Reading and drawing up runs takes a while; other requests go on.
    let made = tokio::task::spawn_blocking(move || of_path(&path, &runs)).await;
    Ok(made.unwrap_or_else(|error| page(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", format!("{error}\n"))))
}

fn is_for_us(host: Option<&HeaderValue>, port: u16) -> bool {
    let host = host.and_then(|h| h.to_str().ok()).unwrap_or_default();
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|own| own == host)
}

fn of_path(path: &str, runs: &Path) -> Response<Full<Bytes>> {
    let found = match path {
        "/" => {
            let listed = |name: String| {
                let run = find(&name, runs).and_then(|document| load(&document));
                Listed { name, run }
            };
            let all: Vec<Listed> = names(runs).into_iter().map(listed).collect();
            index(&runs.display().to_string(), &all).map_err(|e| e.to_string())
        }
        _ => match path.strip_prefix("/run/").filter(|name| names(runs).iter().any(|n| n == name)) {
            Some(name) => load(&runs.join(name).join("run.json"))
                .map_err(|e| e.to_string())
                .and_then(|run| Format::Html.render(&run, PLAIN).map_err(|e| e.to_string())),
            None => return page(StatusCode::NOT_FOUND, "text/plain", "There is no such run.\n".into()),
        },
    };
    match found {
        Ok(html) => page(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(why) => page(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", why + "\n"),
    }
}

fn page(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
