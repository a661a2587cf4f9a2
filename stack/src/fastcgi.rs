//! As much of a FastCGI client as it takes to ask PHP-FPM for its ping and status pages.
//!
//! One request on one connection (FastCGI 1.0: BEGIN_REQUEST, PARAMS, STDIN; then STDOUT until END_REQUEST).

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;

/// GETs `path` (with `query`) and gives the body of the answer.
pub(crate) async fn get(server: SocketAddr, path: &str, query: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(&request(path, query)).await?;
    let mut answer = Vec::new();
    loop {
        let mut header = [0; 8];
        stream.read_exact(&mut header).await?;
        let [_, kind, _, _, high, low, padding, _] = header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let mut content = vec![0; length + usize::from(padding)];
        stream.read_exact(&mut content).await?;
        match kind {
            STDOUT => answer.extend_from_slice(content.get(..length).unwrap_or_default()),
            END_REQUEST => return body(&answer),
            _ => {}
        }
    }
}

/// A request that a child of the pool works on until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    connection: TcpStream,
}

impl Held {
    /// Whether the child still works on it.
    pub(crate) fn is_held(&self) -> bool {
        let mut said = [0; 4096];
        loop {
            match self.connection.try_read(&mut said) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
    }
}

/// Starts `script`, which is to say something at once and then to wait for the end of its connection;
/// returns when it has said it.
pub(crate) async fn hold(server: SocketAddr, script: &str) -> io::Result<Held> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(&request(script, "")).await?;
    let mut header = [0; 8];
    stream.read_exact(&mut header).await?;
    match header[1] {
        STDOUT => Ok(Held { connection: stream }),
        kind => Err(io::Error::other(format!("the script did not start (record of kind {kind})"))),
    }
}

/// The body, if the status is 200 (which PHP-FPM leaves out).
fn body(answer: &[u8]) -> io::Result<String> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or(("", &text));
    match head.lines().find_map(|line| line.strip_prefix("Status: ")) {
        Some(status) if !status.starts_with("200") => Err(io::Error::other(format!("status {status}"))),
        _ => Ok(body.to_string()),
    }
}

fn request(path: &str, query: &str) -> Vec<u8> {
    let mut params = Vec::new();
    let pairs = [
        ("REQUEST_METHOD", "GET"),
        ("SCRIPT_NAME", path),
        ("SCRIPT_FILENAME", path),
        ("REQUEST_URI", path),
        ("QUERY_STRING", query),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
    ];
    for (name, value) in pairs {
        // Names and values here are shorter than 128 bytes, so one byte says how long they are.
        params.extend([name.len() as u8, value.len() as u8]);
        params.extend(name.bytes().chain(value.bytes()));
    }
    // Role 1: responder; flags 0: close the connection afterwards.
    [record(BEGIN_REQUEST, &[0, 1, 0, 0, 0, 0, 0, 0]), record(PARAMS, &params), record(PARAMS, &[]), record(STDIN, &[])]
        .concat()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    [&[1, kind, 0, 1, high, low, 0, 0], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_body_unless_it_is_an_error() {
        assert_eq!(body(b"Content-Type: text/plain\r\n\r\npong").unwrap(), "pong");
        assert!(body(b"Status: 404 Not Found\r\n\r\nno").is_err());
    }

    #[test]
    fn a_request_is_four_records() {
        let bytes = request("/fpm-ping", "");
        assert_eq!(&bytes[..8], &[1, BEGIN_REQUEST, 0, 1, 0, 8, 0, 0]);
        assert_eq!(&bytes[bytes.len() - 8..], &[1, STDIN, 0, 1, 0, 0, 0, 0]);
    }
}
