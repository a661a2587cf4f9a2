//! A DNS server that knows one name and counts its questions.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hickory_resolver::proto::{
    op::{Message, OpCode, ResponseCode},
    rr::{
        Name, RData, Record,
        rdata::{A, CNAME},
    },
};
use tokio::net::UdpSocket;

pub struct Dns {
    pub address: SocketAddr,
    questions: Arc<AtomicU64>,
}

impl Dns {
    /// Knows `www.foobar.test` as an alias of `foobar.test`, 127.0.0.1, and that `two.foobar.test` has two addresses,
    /// 127.0.0.2 and 127.0.0.1; nothing else.
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (address, questions) = (socket.local_addr().unwrap(), Arc::<AtomicU64>::default());
        let counting = questions.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                counting.fetch_add(1, Ordering::SeqCst);
                let question = Message::from_vec(&buffer[..length]).unwrap();
                socket.send_to(&answer(&question).to_vec().unwrap(), from).await.unwrap();
            }
        });
        Self { address, questions }
    }
    pub fn questions(&self) -> u64 {
        self.questions.load(Ordering::SeqCst)
    }
}

fn answer(question: &Message) -> Message {
    let mut reply = Message::response(question.metadata.id, OpCode::Query);
    reply.add_queries(question.queries.clone());
    let asked = question.queries[0].name().clone();
    if asked == Name::from_ascii("www.foobar.test.").unwrap() {
        let foobar = Name::from_ascii("foobar.test.").unwrap();
        reply.add_answer(Record::from_rdata(asked, 300, RData::CNAME(CNAME(foobar.clone()))));
        reply.add_answer(Record::from_rdata(foobar, 300, RData::A(A(Ipv4Addr::LOCALHOST))));
    } else if asked == Name::from_ascii("two.foobar.test.").unwrap() {
        for address in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::LOCALHOST] {
            reply.add_answer(Record::from_rdata(asked.clone(), 1, RData::A(A(address))));
        }
    } else {
        reply.metadata.response_code = ResponseCode::NXDomain;
    }
    reply
}
