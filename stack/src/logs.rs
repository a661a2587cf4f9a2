//! What the containers said.

use std::path::{Path, PathBuf};

use futures::{StreamExt, future::try_join_all};
use testcontainers::bollard::{Docker, query_parameters::LogsOptionsBuilder};
use tokio::io::AsyncWriteExt;

use crate::{StackError, member::Member};

/// The last lines that a container said; none if Docker cannot tell.
pub(crate) async fn tail(docker: &Docker, id: &str, lines: usize) -> Vec<String> {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(&lines.to_string()).build();
    let mut output = docker.logs(id, Some(options));
    let mut text = String::new();
    while let Some(Ok(piece)) = output.next().await {
        text.push_str(&String::from_utf8_lossy(&piece.into_bytes()));
    }
    text.lines().map(str::to_string).collect()
}

/// Writes `<server>-<component>.log` for each member into `folder`; gives the files.
pub(crate) async fn save(docker: &Docker, members: &[Member], folder: &Path) -> Result<Vec<PathBuf>, StackError> {
    std::fs::create_dir_all(folder).map_err(StackError::io(folder, "creating the folder"))?;
    try_join_all(members.iter().map(|member| save_one(docker, member, folder))).await
}

async fn save_one(docker: &Docker, member: &Member, folder: &Path) -> Result<PathBuf, StackError> {
    let path = folder.join(format!("{}-{}.log", member.server, member.kind));
    let file = tokio::fs::File::create(&path).await.map_err(StackError::io(&path, "creating the log"))?;
    let mut file = tokio::io::BufWriter::new(file);
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).timestamps(true).build();
    let mut output = docker.logs(&member.id, Some(options));
    while let Some(piece) = output.next().await {
        let piece = piece.map_err(StackError::docker(format!("reading the log of {}", member.title())))?;
        file.write_all(&piece.into_bytes()).await.map_err(StackError::io(&path, "writing the log"))?;
    }
    file.flush().await.map_err(StackError::io(&path, "writing the log"))?;
    Ok(path)
}
