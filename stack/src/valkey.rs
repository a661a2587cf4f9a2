//! One question to Valkey on one connection, in its inline protocol: for its readiness and its counters.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// More than any answer to `INFO`.
const LONGEST: usize = 1 << 20;

/// The answer to a command that is answered with a text.
///
/// # Errors
/// If it does not answer, or answers with an error or something else than a text.
pub(crate) async fn ask(server: SocketAddr, command: &str) -> io::Result<String> {
    let mut stream = BufReader::new(TcpStream::connect(server).await?);
    stream.write_all(format!("{command}\r\n").as_bytes()).await?;
    let mut head = String::new();
    stream.read_line(&mut head).await?;
    let head = head.trim_end();
    if let Some(text) = head.strip_prefix('+') {
        return Ok(text.to_string());
    }
    let length = head.strip_prefix('$').and_then(|length| length.parse::<usize>().ok()).filter(|n| *n <= LONGEST);
    let Some(length) = length else { return Err(io::Error::other(format!("{command} gave `{head}`"))) };
    let mut text = vec![0; length];
    stream.read_exact(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
