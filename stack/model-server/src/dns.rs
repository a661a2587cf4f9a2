//! An authoritative DNS server for foobar.com: SOA, NS, A, and `www` as a CNAME, as the real one.

use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
};

use hickory_proto::{
    op::{Message, OpCode, Query, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, CNAME, NS, SOA},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket},
};

use crate::site::House;

const ZONE: &str = "foobar.com.";
const TTL: u32 = 60;

/// Answers over UDP, for ever.
pub(crate) async fn over_udp(socket: UdpSocket, house: Arc<House>, site: IpAddr) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        house.tallies.dns_queries.fetch_add(1, Ordering::Relaxed);
        if let Some(reply) = buffer.get(..length).and_then(|question| answer(question, site)) {
            let _ = socket.send_to(&reply, from).await;
        }
    }
}

/// Answers over TCP, for ever.
pub(crate) async fn over_tcp(listener: TcpListener, house: Arc<House>, site: IpAddr) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        house.tallies.dns_queries.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            // Whoever asks and leaves gets no answer.
            let _ = one_over_tcp(stream, site).await;
        });
    }
}

async fn one_over_tcp(mut stream: TcpStream, site: IpAddr) -> std::io::Result<()> {
    let mut question = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut question).await?;
    let reply = answer(&question, site).unwrap_or_default();
    let length = u16::try_from(reply.len()).map_err(std::io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), reply.as_slice()].concat()).await
}

/// The answer's bytes; nothing for what is no question.
fn answer(question: &[u8], site: IpAddr) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let asked = question.queries.first()?.clone();
    let mut reply = Message::response(question.metadata.id, OpCode::Query);
    reply.metadata.authoritative = true;
    reply.metadata.recursion_desired = question.metadata.recursion_desired;
    reply.add_queries(question.queries.clone());
    fill(&mut reply, &asked, site)?;
    reply.to_vec().ok()
}

fn fill(reply: &mut Message, asked: &Query, site: IpAddr) -> Option<()> {
    let zone = Name::from_ascii(ZONE).ok()?;
    let name = |label: &str| Name::from_ascii(format!("{label}.{ZONE}")).ok();
    let (www, ns) = (name("www")?, name("ns1")?);
    let address = |owner: &Name| match site {
        IpAddr::V4(v4) => Some(Record::from_rdata(owner.clone(), TTL, RData::A(A(v4)))),
        IpAddr::V6(_) => None,
    };
    let soa = || {
        let mailbox = name("hostmaster")?;
        let soa = SOA::new(ns.clone(), mailbox, 1, 3600, 600, 86_400, TTL);
        soa_record(&zone, soa)
    };
    let owner = asked.name();
    let kind = asked.query_type();
    if *owner == www {
        reply.add_answer(Record::from_rdata(owner.clone(), TTL, RData::CNAME(CNAME(zone.clone()))));
    }
    let (at_zone, at_www, at_ns) = (*owner == zone, *owner == www, *owner == ns);
    match kind {
        RecordType::A if at_zone || at_www => {
            reply.add_answer(address(&zone)?);
        }
        RecordType::A if at_ns => {
            reply.add_answer(address(&ns)?);
        }
        RecordType::NS if at_zone => {
            reply.add_answer(Record::from_rdata(zone, TTL, RData::NS(NS(ns))));
        }
        RecordType::SOA if at_zone => {
            reply.add_answer(soa()?);
        }
        _ => {
            reply.metadata.response_code = match (at_zone || at_www || at_ns, zone.zone_of(owner)) {
                (true, _) => ResponseCode::NoError,
                (false, true) => ResponseCode::NXDomain,
                (false, false) => ResponseCode::Refused,
            };
            reply.add_authority(soa()?);
        }
    }
    Some(())
}

fn soa_record(zone: &Name, soa: SOA) -> Option<Record> {
    Some(Record::from_rdata(zone.clone(), TTL, RData::SOA(soa)))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const SITE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 81, 1, 1));

    fn ask(name: &str, kind: RecordType) -> Message {
        let mut question = Message::query();
        question.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        Message::from_vec(&answer(&question.to_vec().unwrap(), SITE).unwrap()).unwrap()
    }

    #[test]
    fn www_is_an_alias_of_the_zone() {
        let reply = ask("www.foobar.com.", RecordType::A);
        assert!(reply.metadata.authoritative);
        assert!(matches!(reply.answers[0].data, RData::CNAME(_)));
        assert!(matches!(&reply.answers[1].data, RData::A(a) if IpAddr::V4(a.0) == SITE));
    }

    #[test]
    fn the_zone_has_its_records_and_nothing_else_exists() {
        for kind in [RecordType::SOA, RecordType::NS, RecordType::A] {
            assert_eq!(ask("foobar.com.", kind).answers[0].record_type(), kind);
        }
        let none = ask("foobar.com.", RecordType::AAAA);
        assert!(none.answers.is_empty() && none.metadata.response_code == ResponseCode::NoError);
        assert_eq!(ask("shop.foobar.com.", RecordType::A).metadata.response_code, ResponseCode::NXDomain);
        assert_eq!(ask("example.com.", RecordType::A).metadata.response_code, ResponseCode::Refused);
        assert!(answer(b"nonsense", SITE).is_none());
    }
}
