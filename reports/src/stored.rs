//! Runs that were saved before.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use redline_model::RunReport;

use crate::{ReadError, read};

/// The name that stands for the newest run.
const LATEST: &str = "latest";
/// The document in a run's folder.
const DOCUMENT: &str = "run.json";

/// Why a stored run cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// No file and no folder of that name.
    #[error("there is no run `{0}`: name a run's folder, its run.json, or `latest`")]
    Absent(String),
    /// A folder without a document.
    #[error("`{0}` is not the folder of a run: there is no run.json in it")]
    NotARun(PathBuf),
    /// No run in the folder of runs.
    #[error("there is no run in `{0}` yet; make one with `redline scenario`, or name another folder with --runs")]
    None(PathBuf),
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not a document that this version reads.
    #[error("`{path}`: {source}")]
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
}

/// The document of `run`: a file, a folder, the name of a folder in `runs`, or `latest`.
///
/// # Errors
/// Where there is no such run.
pub fn find(run: &str, runs: &Path) -> Result<PathBuf, StoredError> {
    let plain = Path::new(run);
    if run == LATEST && !plain.exists() {
        return latest(runs);
    }
    let found = [plain.to_owned(), runs.join(run)].into_iter().find(|path| path.exists());
    match found {
        Some(path) if path.is_dir() && path.join(DOCUMENT).exists() => Ok(path.join(DOCUMENT)),
        Some(path) if path.is_dir() => Err(StoredError::NotARun(path)),
        Some(path) => Ok(path),
        None => Err(StoredError::Absent(run.to_owned())),
    }
}

/// The names of the runs in `runs`, the newest first: names begin with the time in UTC.
#[must_use]
pub fn names(runs: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(runs) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join(DOCUMENT).is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}

fn latest(runs: &Path) -> Result<PathBuf, StoredError> {
    let newest = names(runs).into_iter().next().ok_or_else(|| StoredError::None(runs.to_owned()))?;
    Ok(runs.join(newest).join(DOCUMENT))
}

/// Reads a document.
///
/// # Errors
/// Where the file cannot be read or is not a document that this version reads.
pub fn load(path: &Path) -> Result<RunReport, StoredError> {
    let bytes = fs::read(path).map_err(|source| StoredError::Unreadable { path: path.to_owned(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    read(&text).map_err(|source| StoredError::Document { path: path.to_owned(), source })
}
