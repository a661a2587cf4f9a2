//! One question to a DNS server: UDP, repeated if no answer comes, TCP if the answer does not fit. Where there are several
//! servers, the next one is asked instead of the same one again.
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

/// So often a question is sent at least, to one server or in turn to several.
const TRIES: usize = 3;

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
    #[error("there is no DNS server that could be asked for `{0}`")]
    NoServer(String),
}

impl DnsError {
    /// Whether another server of the same zone may know more: this one is away, or says that it cannot answer.
    fn is_this_servers(&self) -> bool {
        match self {
            Self::Socket(..) | Self::NoAnswer(..) => true,
            Self::Refused(_, code, _) => matches!(code, ResponseCode::ServFail | ResponseCode::Refused),
            Self::Name(_) | Self::NoAddress(..) | Self::System(..) | Self::NoServer(_) => false,
        }
    }
}

/// An answer and for how long it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) ttl: Duration,
}

impl Answer {
    /// The same with its addresses in turn, from the one whose turn it is.
    pub(crate) fn beginning_with(mut self, turn: usize) -> Self {
        let addresses = self.addresses.len().max(1);
        self.addresses.rotate_left(turn % addresses);
        self
    }
}

/// Asks for `name`, of several servers the one whose turn it is first. All tries together take no longer than `patience`.
pub(crate) async fn ask(
    servers: &[SocketAddr],
    turn: usize,
    name: &str,
    patience: Duration,
    recorder: &Recorder,
) -> Result<Answer, DnsError> {
    let tries = if servers.len() < 2 { 1 } else { servers.len().max(TRIES) };
    let each = patience / u32::try_from(tries).unwrap_or(u32::MAX);
    let mut last = DnsError::NoServer(name.to_owned());
    for server in servers.iter().cycle().skip(turn % servers.len().max(1)).take(tries) {
        match ask_one(*server, name, each, patience / 3, recorder).await {
            Err(error) if error.is_this_servers() => last = error,
            settled => return settled,
        }
    }
    Err(last)
}

/// Asks one server for `name`: IPv4 first, IPv6 only where there is no other.
async fn ask_one(
    server: SocketAddr,
    name: &str,
    patience: Duration,
    repeat: Duration,
    recorder: &Recorder,
) -> Result<Answer, DnsError> {
    let asked = async {
        let v4 = exchange(server, name, RecordType::A, repeat, recorder).await?;
        if v4.addresses.is_empty() { exchange(server, name, RecordType::AAAA, repeat, recorder).await } else { Ok(v4) }
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
