//! Ports of this machine for what is published on 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use crate::StackError;

/// Below what systems give to outgoing connections: a container that starts again must find its port free, and
/// under load every port of that range is somebody's.
const FROM: u16 = 20_000;
const UNTIL: u16 = 32_000;

/// A port that is free for TCP and UDP alike: the same question may come over both.
pub(crate) fn free() -> Result<u16, StackError> {
    for _ in 0..64 {
        let port = FROM + rand::random::<u16>() % (UNTIL - FROM);
        let address = (Ipv4Addr::LOCALHOST, port);
        if UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok() {
            return Ok(port);
        }
    }
    let reason = format!("no port from {FROM} to {UNTIL} is free for both UDP and TCP");
    Err(StackError::Network { network: "bridge", reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_below_those_of_outgoing_connections() {
        let port = free().unwrap();
        assert!((FROM..UNTIL).contains(&port));
    }
}
