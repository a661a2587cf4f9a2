//! Connections to the stack's own database.

use std::net::SocketAddr;

use mysql_async::{Conn, Opts, OptsBuilder};

use crate::{member::Member, secrets::Password};

/// Where the database is and who may look into it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    address: SocketAddr,
    password: Password,
    one_of_two: bool,
}

impl Database {
    /// The database that runs in this container.
    pub(crate) fn of(member: &Member) -> Self {
        let password = member.env.get("PROBE_PASSWORD").map_or("", String::as_str);
        let one_of_two = member.env.contains_key("PEER");
        Self { address: member.service, password: Password::known(password), one_of_two }
    }
    /// Whether there is another one that follows it or leads it.
    pub(crate) fn is_one_of_two(&self) -> bool {
        self.one_of_two
    }
    /// A connection of the account that reads counters and counts orders.
    pub(crate) async fn connect(&self) -> Result<Conn, mysql_async::Error> {
        let options: Opts = OptsBuilder::default()
            .ip_or_hostname(self.address.ip().to_string())
            .tcp_port(self.address.port())
            .user(Some("probe"))
            .pass(Some(self.password.reveal()))
            .db_name(Some("shop"))
            // Over a socket file it would ask the server for its settings first, on each connection.
            .prefer_socket(Some(false))
            .max_allowed_packet(Some(16 << 20))
            .wait_timeout(Some(28_800))
            .into();
        Conn::new(options).await
    }
}
