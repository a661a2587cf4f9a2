//! The log through Docker's archive API, as a stream: it may be larger than memory.

use std::{collections::HashMap, io::Write, path::Path, time::Duration};

use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, TryStreamExt};
use testcontainers::bollard::{Docker, query_parameters::DownloadFromContainerOptionsBuilder};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio_util::io::StreamReader;

use super::{LogSummary, flush, summary::Counter};
use crate::{StackError, member::Member, topology::ComponentKind};

/// How often the log is read again if the mark is not yet in it.
const ATTEMPTS: u32 = 8;

/// One server's log, read again until the mark is in it.
pub(super) async fn complete(
    docker: &Docker,
    nginx: &Member,
    keep: Option<&Path>,
) -> Result<HashMap<String, LogSummary>, StackError> {
    let mark = format!("mark-{:016x}", rand::random::<u64>());
    flush::leave_mark(nginx, &mark).await;
    if nginx.kind == ComponentKind::Nginx {
        flush::reopen(docker, nginx).await?;
    }
    let mut pause = Duration::from_millis(20);
    let mut attempt = 1;
    loop {
        let counter = read(docker, nginx, keep).await?;
        // Without the mark after all attempts the server is dead or hangs; what is there is what there will be.
        if counter.has(&mark) || attempt == ATTEMPTS {
            let mut tags = counter.finish();
            tags.retain(|tag, _| !tag.starts_with("mark-"));
            return Ok(tags);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        attempt += 1;
    }
}

/// Varnish's logger writes whenever it has nothing else to do, Nginx when it has a block full or is told to.
fn path_of(server: &Member) -> &'static str {
    match server.kind {
        ComponentKind::Varnish => "/var/log/varnish/access.log",
        _ => "/var/log/nginx/access.log",
    }
}

async fn read(docker: &Docker, nginx: &Member, keep: Option<&Path>) -> Result<Counter, StackError> {
    let log = path_of(nginx);
    let options = DownloadFromContainerOptionsBuilder::new().path(log).build();
    let stream = docker.download_from_container(&nginx.id, Some(options)).map_err(std::io::Error::other);
    let mut archive = tokio_tar::Archive::new(StreamReader::new(stream.boxed()));
    let failed = |source| StackError::Io { path: log.into(), doing: "reading the access log", source };
    let mut counter = Counter::default();
    let mut entries = archive.entries().map_err(failed)?;
    while let Some(entry) = entries.next().await {
        let entry = entry.map_err(failed)?;
        match keep {
            None => count(entry, &mut counter, &mut std::io::sink()).await.map_err(failed)?,
            Some(folder) => {
                let path = folder.join(format!("{}-access.log.gz", nginx.server));
                let file = std::fs::File::create(&path).map_err(StackError::io(&path, "creating the log's copy"))?;
                let mut copy = GzEncoder::new(std::io::BufWriter::new(file), Compression::fast());
                count(entry, &mut counter, &mut copy).await.map_err(failed)?;
                let written = copy.finish().and_then(|mut file| file.flush());
                written.map_err(StackError::io(&path, "writing the log's copy"))?;
            }
        }
    }
    Ok(counter)
}

async fn count(log: impl AsyncRead + Unpin, counter: &mut Counter, copy: &mut impl Write) -> std::io::Result<()> {
    let mut lines = BufReader::with_capacity(64 << 10, log);
    let mut line = Vec::with_capacity(512);
    while lines.read_until(b'\n', &mut line).await? > 0 {
        counter.take(&line);
        copy.write_all(&line)?;
        line.clear();
    }
    Ok(())
}
