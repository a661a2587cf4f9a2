//! Where the server listens: an address of its own in 127.81.0.0/16 with the usual ports where that works, so
//! that the site really is `http://www.foobar.com/`; else any free ports of 127.0.0.1.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
};

/// All listeners, not blocking.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) http: TcpListener,
    pub(crate) dns_udp: UdpSocket,
    pub(crate) dns_tcp: TcpListener,
    pub(crate) side: TcpListener,
}

/// Connections that may wait to be accepted; what waits in here waits for the stages all the same.
const BACKLOG: i32 = 4096;

/// Who may not listen on the usual ports gets any.
#[derive(Debug, Clone, Copy)]
struct Ports {
    dns: u16,
    http: u16,
}

const USUAL: Ports = Ports { dns: 53, http: 80 };
const ANY: Ports = Ports { dns: 0, http: 0 };

impl Places {
    /// The first address that is free.
    pub(crate) fn find() -> io::Result<Self> {
        let mut own = (1..=254).map(|slot| Self::at(Ipv4Addr::new(127, 81, slot, 1), USUAL));
        // Only an address that is taken makes the next one worth trying.
        let found = own.find(|tried| !matches!(tried, Err(e) if e.kind() == io::ErrorKind::AddrInUse));
        match found {
            Some(Ok(places)) => Ok(places),
            Some(Err(_)) | None => Self::at(Ipv4Addr::LOCALHOST, ANY),
        }
    }

    fn at(address: Ipv4Addr, ports: Ports) -> io::Result<Self> {
        let at = |port| SocketAddr::new(IpAddr::V4(address), port);
        let dns_tcp = TcpListener::bind(at(ports.dns))?;
        let dns_udp = UdpSocket::bind(dns_tcp.local_addr()?)?;
        let http = http_listener(at(ports.http))?;
        let side = TcpListener::bind(at(0))?;
        dns_tcp.set_nonblocking(true)?;
        dns_udp.set_nonblocking(true)?;
        side.set_nonblocking(true)?;
        Ok(Self { http, dns_udp, dns_tcp, side })
    }
}

/// A listener for the site, not blocking.
pub(crate) fn http_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let http = TcpListener::bind(address)?;
    // The standard library asks for 128.
    let backlog = nix::sys::socket::Backlog::new(BACKLOG).map_err(io::Error::from)?;
    nix::sys::socket::listen(&http, backlog).map_err(io::Error::from)?;
    http.set_nonblocking(true)?;
    Ok(http)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_servers_do_not_meet() {
        let (one, two) = (Places::find().unwrap(), Places::find().unwrap());
        assert_ne!(one.http.local_addr().unwrap(), two.http.local_addr().unwrap());
        assert_eq!(one.dns_udp.local_addr().unwrap(), one.dns_tcp.local_addr().unwrap());
    }
}
