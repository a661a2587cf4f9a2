//! One question to one DNS server: UDP, repeated if no answer comes, TCP if the answer does not fit.
//!
//! hickory's own resolver is built for a process that keeps one; here each session has its own view, and
//! making one of hickory's costs more than the session's first page. The messages are hickory's, the
//! socket is a fresh one for each question, as the C library's stub resolver does it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use hickory_resolver::proto::{
    op::{Message, Query, ResponseCode},
    rr::{Name, RData, RecordType},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::recorder::Recorder;

/// Why a name has no address. Its own type, so that it is recognised in the chain of a request's error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DnsError {
    #[error("`{0}` is not a name that DNS can be asked for")]
    Name(String),
    #[error("the DNS server {0} could not be asked")]
    Socket(SocketAddr, #[source] io::Error),
    #[error("the DNS server {0} did not answer in {1:?}")]
    NoAnswer(SocketAddr, Duration),
    #[error("the DNS server {0} answered {1} for `{2}`")]
    Refused(SocketAddr, ResponseCode, String),
    #[error("the DNS server {0} knows no address for `{1}`")]
    NoAddress(SocketAddr, String),
    #[error("the machine's resolver has no address for `{0}`")]
    System(String, #[source] io::Error),
}

/// An answer and for how long it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) ttl: Duration,
}

/// Asks `server` for `name`: IPv4 first, IPv6 only where there is no other.
pub(crate) async fn ask(
    server: SocketAddr,
    name: &str,
    patience: Duration,
    recorder: &Recorder,
) -> Result<Answer, DnsError> {
    let asked = async {
        let v4 = exchange(server, name, RecordType::A, patience / 3, recorder).await?;
        if v4.addresses.is_empty() {
            exchange(server, name, RecordType::AAAA, patience / 3, recorder).await
        } else {
            Ok(v4)
        }
    };
    let answer = timeout(patience, asked).await.map_err(|_| DnsError::NoAnswer(server, patience))??;
    if answer.addresses.is_empty() { Err(DnsError::NoAddress(server, name.to_owned())) } else { Ok(answer) }
}

async fn exchange(
    server: SocketAddr,
    name: &str,
    kind: RecordType,
    repeat: Duration,
    recorder: &Recorder,
) -> Result<Answer, DnsError> {
    static NEXT_ID: AtomicU16 = AtomicU16::new(1);
    let mut owner = Name::from_ascii(name).map_err(|_| DnsError::Name(name.to_owned()))?;
    owner.set_fqdn(true);
    let mut message = Message::query();
    message.metadata.id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(owner, kind));
    let question = message.to_vec().map_err(|_| DnsError::Name(name.to_owned()))?;
    let socket = |e| DnsError::Socket(server, e);
    let mut reply = over_udp(server, &question, &message, repeat, recorder).await.map_err(socket)?;
    if reply.metadata.truncation {
        recorder.dns_asked();
        reply = over_tcp(server, &question).await.map_err(socket)?;
    }
    match reply.metadata.response_code {
        ResponseCode::NoError => Ok(addresses(&reply)),
        code => Err(DnsError::Refused(server, code, name.to_owned())),
    }
}

/// Asks again every `repeat`; the caller limits the whole.
async fn over_udp(
    server: SocketAddr,
    question: &[u8],
    message: &Message,
    repeat: Duration,
    recorder: &Recorder,
) -> io::Result<Message> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    let mut buffer = [0; 4096];
    loop {
        recorder.dns_asked();
        socket.send(question).await?;
        let Ok(received) = timeout(repeat, socket.recv(&mut buffer)).await else { continue };
        let reply = buffer.get(..received?).and_then(|bytes| Message::from_vec(bytes).ok());
        match reply {
            Some(reply) if reply.metadata.id == message.metadata.id && reply.queries == message.queries => {
                return Ok(reply);
            }
            _ => {}
        }
    }
}

async fn over_tcp(server: SocketAddr, question: &[u8]) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let mut reply = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut reply).await?;
    Message::from_vec(&reply).map_err(io::Error::other)
}

/// All addresses of the answer; the shortest TTL of its records, aliases included, holds for all.
fn addresses(reply: &Message) -> Answer {
    let addresses = reply.answers.iter().filter_map(|record| match &record.data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    });
    let ttl = reply.answers.iter().map(|record| record.ttl).min().unwrap_or_default();
    Answer { addresses: addresses.collect(), ttl: Duration::from_secs(u64::from(ttl)) }
}
