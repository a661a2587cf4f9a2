//! The folder that a run is saved in: whole files or none.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Why something could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder cannot be made or written to.
    #[error("cannot write to the output folder `{path}`: {source}; choose another with --out")]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot save `{path}`: {source}; free some space or choose another place with --out")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The folder of one run.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    kept: bool,
}

impl RunFolder {
    /// Makes the folder `name` in `parent` and proves that a file can be written there, so that a run
    /// does not find out after minutes of measuring. A name that is taken gets a number.
    ///
    /// # Errors
    /// The folder cannot be made or written to.
    pub fn create(parent: &Path, name: &str) -> Result<Self, FolderError> {
        let unwritable = |source| FolderError::Unwritable { path: parent.to_owned(), source };
        fs::create_dir_all(parent).map_err(unwritable)?;
        let mut number = 1;
        let path = loop {
            let path = parent.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
            match fs::create_dir(&path) {
                Ok(()) => break path,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(e) => return Err(unwritable(e)),
            }
        };
        let folder = Self { path, kept: false };
        let proof = folder.path.join(".writable");
        File::create(&proof)
            .and_then(|mut f| f.write_all(&[0; 4096]).and_then(|()| f.sync_all()))
            .and_then(|()| fs::remove_file(&proof))
            .map_err(|source| {
                let _ = fs::remove_file(&proof);
                FolderError::Unwritable { path: folder.path.clone(), source }
            })?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the run.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Writes `bytes` to `name`: first under a temporary name, then renamed, so that a half-written
    /// file is never found under its own name. From then on the folder stays.
    ///
    /// # Errors
    /// The file cannot be written; nothing of it is left.
    pub fn save(&mut self, name: &str, bytes: &[u8]) -> Result<PathBuf, FolderError> {
        let path = self.path.join(name);
        write_file(&path, bytes)?;
        self.kept = true;
        Ok(path)
    }
}

/// Writes `bytes` to `path`: first under a temporary name beside it, then renamed.
///
/// # Errors
/// The file cannot be written; nothing of it is left.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = path.with_file_name(format!(".{name}.partial"));
    let written = File::create(&temporary)
        .and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        let _ = fs::remove_file(&temporary);
        FolderError::File { path: path.to_owned(), source }
    })
}

impl Drop for RunFolder {
    /// A run that measured nothing leaves no empty folder.
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_report_is_removed_and_one_with_a_report_stays() {
        let parent = tempfile::tempdir().unwrap();
        let empty = RunFolder::create(parent.path(), "run").unwrap();
        let path = empty.path().to_owned();
        drop(empty);
        assert!(!path.exists());
        let mut kept = RunFolder::create(parent.path(), "run").unwrap();
        let file = kept.save("run.json", b"{}").unwrap();
        drop(kept);
        assert_eq!(fs::read(file).unwrap(), b"{}");
        assert_eq!(fs::read_dir(path).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let parent = tempfile::tempdir().unwrap();
        let first = RunFolder::create(parent.path(), "run").unwrap();
        let second = RunFolder::create(parent.path(), "run").unwrap();
        assert_eq!((first.name().as_str(), second.name().as_str()), ("run", "run-2"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = RunFolder::create(&file.join("out"), "run").unwrap_err();
        assert!(error.to_string().contains("--out"), "{error}");
    }
}
