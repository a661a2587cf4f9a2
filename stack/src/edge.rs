//! Makes the edges forget what they keep: a deployment has changed every page.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Stack, topology::ComponentKind, wiring::SITE};

const PATIENCE: Duration = Duration::from_secs(2);
/// The pages; files have new addresses when they change.
const PAGES: &str = "^/(?!assets/)";

impl Stack {
    /// Lets all edges forget their pages; gives how many did.
    ///
    /// # Errors
    /// If one does not, in words.
    pub(crate) async fn purge_edges(&self) -> Result<usize, String> {
        let mut purged = 0;
        for edge in self.members.iter().filter(|member| member.kind == ComponentKind::Varnish) {
            let key = edge.env.get("PURGE_KEY").map_or("", String::as_str);
            let asked = tokio::time::timeout(PATIENCE, forget(edge.service, key, PAGES)).await;
            match asked {
                Ok(Ok(200)) => purged += 1,
                Ok(Ok(status)) => {
                    return Err(format!("{} gave {status} when it was to forget its pages", edge.title()));
                }
                Ok(Err(error)) => return Err(format!("{} did not forget its pages: {error}", edge.title())),
                Err(_) => return Err(format!("{} did not forget its pages in time", edge.title())),
            }
        }
        Ok(purged)
    }
}

/// The status that the edge gives to the wish to forget all pages whose address fits.
async fn forget(edge: SocketAddr, key: &str, addresses: &str) -> io::Result<u16> {
    let mut stream = TcpStream::connect(edge).await?;
    let request = format!("BAN / HTTP/1.0\r\nHost: {SITE}\r\nX-Purge-Key: {key}\r\nX-Ban: {addresses}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| io::Error::other("the answer is not HTTP"))
}
