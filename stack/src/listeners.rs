//! Who listens on this machine, from `/proc/net`: readable without rights and without binding anything.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// TCP or UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A socket that waits for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Listener {
    /// Whether it would receive what is sent to `address`.
    #[must_use]
    pub fn covers(&self, protocol: Protocol, address: SocketAddr) -> bool {
        self.protocol == protocol
            && self.address.port() == address.port()
            && (self.address.ip() == address.ip() || self.address.ip().is_unspecified())
    }
}

/// Everything that listens in this network namespace; nothing where `/proc/net` is absent.
#[must_use]
pub fn listeners() -> Vec<Listener> {
    // 0A is LISTEN for TCP; an unconnected UDP socket is in state 07.
    [
        ("tcp", "0A", Protocol::Tcp),
        ("tcp6", "0A", Protocol::Tcp),
        ("udp", "07", Protocol::Udp),
        ("udp6", "07", Protocol::Udp),
    ]
    .into_iter()
    .flat_map(|(file, state, protocol)| {
        let text = fs::read_to_string(format!("/proc/net/{file}")).unwrap_or_default();
        parse(&text, state, protocol)
    })
    .collect()
}

fn parse(table: &str, state: &str, protocol: Protocol) -> Vec<Listener> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let local = fields.nth(1)?;
            let found = fields.nth(1)?;
            (found == state).then(|| socket_address(local)).flatten()
        })
        .map(|address| Listener { protocol, address })
        .collect()
}

/// Reads `0100007F:0050`: 32-bit words in the machine's order, the port in hexadecimal.
fn socket_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words: Vec<[u8; 4]> = (0..address.len() / 8)
        .map(|i| u32::from_str_radix(address.get(i * 8..i * 8 + 8)?, 16).ok().map(u32::to_ne_bytes))
        .collect::<Option<_>>()?;
    let ip = match words.as_slice() {
        [v4] => IpAddr::V4(Ipv4Addr::from(*v4)),
        [a, b, c, d] => {
            let mut bytes = [0; 16];
            for (slot, word) in bytes.chunks_mut(4).zip([a, b, c, d]) {
                slot.copy_from_slice(word);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0101507F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0101507F:0050 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
";

    #[test]
    #[cfg(target_endian = "little")]
    fn only_those_that_listen_are_found() {
        let found = parse(TCP, "0A", Protocol::Tcp);
        let addresses: Vec<_> = found.iter().map(|l| l.address.to_string()).collect();
        assert_eq!(addresses, ["127.80.1.1:80", "0.0.0.0:8080"]);
        assert!(found[1].covers(Protocol::Tcp, "127.80.1.1:8080".parse().unwrap()));
        assert!(!found[0].covers(Protocol::Tcp, "127.80.2.1:80".parse().unwrap()));
    }

    #[test]
    fn an_ipv6_wildcard_is_read() {
        let address = socket_address("00000000000000000000000000000000:0050").unwrap();
        assert!(address.ip().is_unspecified());
        assert_eq!(address.port(), 80);
    }
}
