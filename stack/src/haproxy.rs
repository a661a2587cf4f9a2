//! HAProxy's runtime interface: one line of a question, an answer, and the connection is closed.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One row of `show stat`: the site's entrance, the servers together, or one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// `site` is where visitors come in, `web` the servers.
    pub proxy: String,
    /// `FRONTEND`, `BACKEND` or the server's name.
    pub name: String,
    /// Requests that wait for a server.
    pub queue: u64,
    /// Sessions (connections at the entrance, requests at a server) at this moment, and since the start.
    pub sessions: u64,
    pub sessions_total: u64,
    pub limit: u64,
    pub connect_errors: u64,
    pub response_errors: u64,
    pub retries: u64,
    pub redispatches: u64,
    /// `UP`, `DOWN`, `DRAIN`, `OPEN`, with more words behind it while checks change it.
    pub status: String,
    pub requests_total: u64,
}

/// Asks something; gives the answer.
pub(crate) async fn ask(at: SocketAddr, question: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(format!("{question}\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// All counters.
pub(crate) async fn statistics(at: SocketAddr) -> io::Result<Vec<Row>> {
    parse(&ask(at, "show stat").await?).ok_or_else(|| io::Error::other("its statistics are not a table"))
}

/// A table of comma-separated values; the first line begins with `#` and names the columns.
fn parse(table: &str) -> Option<Vec<Row>> {
    let mut lines = table.lines().filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next()?.strip_prefix("# ")?.split(',').collect();
    let place = |name: &str| names.iter().position(|found| *found == name);
    let (proxy, name, status) = (place("pxname")?, place("svname")?, place("status")?);
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let text = |place: usize| fields.get(place).map_or(String::new(), ToString::to_string);
        let number = |name: &str| place(name).and_then(|at| fields.get(at)?.parse().ok()).unwrap_or(0);
        Row {
            proxy: text(proxy),
            name: text(name),
            status: text(status),
            queue: number("qcur"),
            sessions: number("scur"),
            sessions_total: number("stot"),
            limit: number("slim"),
            connect_errors: number("econ"),
            response_errors: number("eresp"),
            retries: number("wretr"),
            redispatches: number("wredis"),
            requests_total: number("req_tot"),
        }
    };
    Some(lines.map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_by_the_names_of_its_columns() {
        let table = "# pxname,svname,qcur,scur,slim,stot,econ,eresp,wretr,wredis,status,req_tot,\n\
                     site,FRONTEND,,12,4096,900,,,,,OPEN,5000,\n\
                     web,web1,1,3,,450,2,1,4,5,UP 1/2,,\n\n";
        let rows = parse(table).unwrap();
        assert_eq!((rows[0].name.as_str(), rows[0].sessions, rows[0].requests_total), ("FRONTEND", 12, 5000));
        let web1 = &rows[1];
        assert_eq!((web1.queue, web1.connect_errors, web1.retries, web1.redispatches), (1, 2, 4, 5));
        assert_eq!(web1.status, "UP 1/2");
        assert_eq!(parse("Unknown command"), None);
    }
}
