//! The log through Docker's archive API, as a stream: it may be larger than memory.

use std::{collections::HashMap, io::Write, path::Path, time::Duration};

use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, TryStreamExt};
use testcontainers::bollard::{Docker, query_parameters::DownloadFromContainerOptionsBuilder};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio_util::io::StreamReader;

use super::{LogSummary, flush, own_answers, summary::Counter};
use crate::{Stack, StackError, member::Member, topology::ComponentKind};

const PATH: &str = "/var/log/nginx/access.log";
/// How often the log is read again if the mark is not yet in it.
const ATTEMPTS: u32 = 8;

impl Stack {
    /// Counts the access log's lines by tag, all web servers together, and what a balancer answered in their place; with `keep` a copy of it is written there as
    /// `<server>-access.log.gz`. Complete: Nginx is made to write what it holds back.
    ///
    /// # Errors
    /// If Docker does not answer, there is no log, or the folder cannot be written.
    pub async fn access_log(&self, keep: Option<&Path>) -> Result<HashMap<String, LogSummary>, StackError> {
        let mut all: HashMap<String, LogSummary> = HashMap::new();
        for nginx in self.members.iter().filter(|member| member.kind == ComponentKind::Nginx) {
            for (tag, summary) in complete(&self.docker, nginx, keep).await? {
                add(all.entry(tag).or_default(), summary);
            }
        }
        // What a balancer answers itself no web server has in its log.
        for balancer in self.members.iter().filter(|member| member.kind == ComponentKind::Balancer) {
            for (tag, answers) in own_answers::count(&self.docker, balancer).await {
                let summary = all.entry(tag).or_default();
                summary.lines += answers;
                summary.server_errors += answers;
            }
        }
        Ok(all)
    }
}

fn add(sum: &mut LogSummary, more: LogSummary) {
    sum.lines += more.lines;
    sum.server_errors += more.server_errors;
    sum.given_up += more.given_up;
    sum.upstream_lines += more.upstream_lines;
    sum.request_time.0 += more.request_time.0;
    sum.upstream_request_time.0 += more.upstream_request_time.0;
    sum.upstream_time.0 += more.upstream_time.0;
    sum.bytes.0 += more.bytes.0;
}

/// One server's log, read again until the mark is in it.
async fn complete(
    docker: &Docker,
    nginx: &Member,
    keep: Option<&Path>,
) -> Result<HashMap<String, LogSummary>, StackError> {
    let mark = format!("mark-{:016x}", rand::random::<u64>());
    flush::leave_mark(nginx, &mark).await;
    flush::reopen(docker, nginx).await?;
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

async fn read(docker: &Docker, nginx: &Member, keep: Option<&Path>) -> Result<Counter, StackError> {
    let options = DownloadFromContainerOptionsBuilder::new().path(PATH).build();
    let stream = docker.download_from_container(&nginx.id, Some(options)).map_err(std::io::Error::other);
    let mut archive = tokio_tar::Archive::new(StreamReader::new(stream.boxed()));
    let failed = |source| StackError::Io { path: PATH.into(), doing: "reading Nginx's log", source };
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
