//! HTTP on 127.0.0.1, for this machine's own browser and for nobody else's page.

use std::net::Ipv4Addr;

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Bytes,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN, X_CONTENT_TYPE_OPTIONS},
};
use tokio::net::TcpListener;

use crate::exit::Failure;

/// A listener on 127.0.0.1 and its port; 0 takes a free one.
pub(crate) async fn listen(port: u16, option: &str) -> Result<(TcpListener, u16), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        Failure::Environment(format!("cannot listen on 127.0.0.1:{port}: {error}; choose another with {option}"))
    })?;
    let port = listener.local_addr().map_err(anyhow::Error::from)?.port();
    Ok((listener, port))
}

/// The answer to a request that is not for us: a page elsewhere that made its own name mean this address must not
/// read anything here, nor may one that asks across origins.
pub(crate) fn refusal<B>(request: &Request<B>, port: u16) -> Option<Response<Full<Bytes>>> {
    let header = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let from_us = |origin: &str| own.iter().any(|own| origin.strip_prefix("http://") == Some(own));
    if !header(HOST).is_some_and(|host| own.iter().any(|own| own == host)) {
        return Some(text(StatusCode::FORBIDDEN, "This address answers to 127.0.0.1 only.\n"));
    }
    if header(ORIGIN).is_some_and(|origin| !from_us(origin)) {
        return Some(text(StatusCode::FORBIDDEN, "This address answers to its own pages only.\n"));
    }
    (request.method() != Method::GET).then(|| text(StatusCode::METHOD_NOT_ALLOWED, "Only GET.\n"))
}

/// A few words.
pub(crate) fn text(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    page(status, "text/plain; charset=utf-8", words.to_owned())
}

/// A whole answer.
pub(crate) fn page(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    with_headers(Response::new(Full::new(Bytes::from(text))), status, kind)
}

/// What every answer says of itself: its type, and that no other page may have it.
pub(crate) fn with_headers<B>(mut response: Response<B>, status: StatusCode, kind: &'static str) -> Response<B> {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'none'"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: Method, host: Option<&str>, origin: Option<&str>) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri("/");
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        refusal(&request.body(()).unwrap(), 8088).map(|response| response.status())
    }

    #[test]
    fn only_this_machines_own_page_is_answered() {
        assert_eq!(refused(Method::GET, Some("127.0.0.1:8088"), None), None);
        assert_eq!(refused(Method::GET, Some("localhost:8088"), Some("http://localhost:8088")), None);
        for host in [None, Some("127.0.0.1"), Some("evil.example:8088"), Some("127.0.0.1:80")] {
            assert_eq!(refused(Method::GET, host, None), Some(StatusCode::FORBIDDEN), "{host:?}");
        }
        for origin in ["http://evil.example", "null", "https://127.0.0.1:8088", "http://127.0.0.1:80", ""] {
            assert_eq!(
                refused(Method::GET, Some("127.0.0.1:8088"), Some(origin)),
                Some(StatusCode::FORBIDDEN),
                "{origin}"
            );
        }
        assert_eq!(refused(Method::POST, Some("127.0.0.1:8088"), None), Some(StatusCode::METHOD_NOT_ALLOWED));
    }
}
