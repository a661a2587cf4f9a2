//! The folder that a run is saved in: whole files or none. Until it has its first report its name is hidden and a lock
//! in it says that its run goes on: what a killed run leaves is known by the lock that nobody holds.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// How the hidden name of a run without a report yet ends.
const UNFINISHED: &str = ".unfinished";
/// The file that the run holds a lock on while it goes on.
const LOCK: &str = ".going-on";

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
    parent: PathBuf,
    name: String,
    state: State,
}

#[derive(Debug)]
enum State {
    /// There is nothing to read in it yet; the lock is held until there is.
    Unfinished { _lock: File },
    /// It has a report.
    Kept,
}

impl RunFolder {
    /// Makes a folder for the run `name` in `parent` and proves that a file can be written there, so that a run
    /// does not find out after minutes of measuring. A name that is taken gets a number. It has a hidden name until
    /// something is saved in it.
    ///
    /// # Errors
    /// The folder cannot be made or written to.
    pub fn create(parent: &Path, name: &str) -> Result<Self, FolderError> {
        let unwritable = |source| FolderError::Unwritable { path: parent.to_owned(), source };
        fs::create_dir_all(parent).map_err(unwritable)?;
        remove_unfinished(parent);
        let mut number = 1;
        loop {
            let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            match Self::reserve(parent, &name) {
                Ok(Some(folder)) => return Ok(folder),
                Ok(None) => number += 1,
                Err(e) => return Err(unwritable(e)),
            }
        }
    }

    /// The folder under its hidden name; nothing where the name is taken.
    fn reserve(parent: &Path, name: &str) -> io::Result<Option<Self>> {
        let (hidden, shown) = (hidden(parent, name), parent.join(name));
        if shown.exists() {
            return Ok(None);
        }
        match fs::create_dir(&hidden) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(e) => return Err(e),
        }
        let made = locked(&hidden).and_then(|lock| prove_writable(&hidden).map(|()| lock));
        let lock = made.inspect_err(|_| drop(fs::remove_dir_all(&hidden)))?;
        let folder =
            Self { parent: parent.to_owned(), name: name.to_owned(), state: State::Unfinished { _lock: lock } };
        // One that was just finished by another process had this name: dropping ours gives way.
        Ok((!shown.exists()).then_some(folder))
    }

    /// Where it is now: it moves when something is saved in it for the first time.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match self.state {
            State::Unfinished { .. } => hidden(&self.parent, &self.name),
            State::Kept => self.parent.join(&self.name),
        }
    }

    /// The name of the run.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Writes `bytes` to `name`: first under a temporary name, then renamed, so that a half-written
    /// file is never found under its own name. From then on the folder stays, and has its name.
    ///
    /// # Errors
    /// The file cannot be written; nothing of it is left.
    pub fn save(&mut self, name: &str, bytes: &[u8]) -> Result<PathBuf, FolderError> {
        write_file(&self.path().join(name), bytes)?;
        if matches!(self.state, State::Unfinished { .. }) {
            self.keep().map_err(|source| FolderError::File { path: self.parent.join(&self.name), source })?;
        }
        Ok(self.path().join(name))
    }

    fn keep(&mut self) -> io::Result<()> {
        fs::remove_file(self.path().join(LOCK))?;
        fs::rename(self.path(), self.parent.join(&self.name))?;
        self.state = State::Kept;
        Ok(())
    }
}

/// Removes what runs left in `parent` that were killed before they had a report; gives their names.
pub fn remove_unfinished(parent: &Path) -> Vec<String> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut removed = Vec::new();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.starts_with('.') && name.ends_with(UNFINISHED);
        if ours && nobody_holds(&entry.path().join(LOCK)) && fs::remove_dir_all(entry.path()).is_ok() {
            removed.push(name.trim_start_matches('.').trim_end_matches(UNFINISHED).to_owned());
        }
    }
    removed
}

/// A lock of a process that is gone is free. A folder without one is just being made.
fn nobody_holds(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| file.try_lock().is_ok())
}

fn hidden(parent: &Path, name: &str) -> PathBuf {
    parent.join(format!(".{name}{UNFINISHED}"))
}

fn locked(folder: &Path) -> io::Result<File> {
    // Locked before it has its name: whoever finds it finds it locked.
    let unnamed = folder.join(".lock.partial");
    let lock = File::create(&unnamed)?;
    lock.try_lock().map_err(io::Error::from)?;
    fs::rename(unnamed, folder.join(LOCK))?;
    Ok(lock)
}

fn prove_writable(folder: &Path) -> io::Result<()> {
    let proof = folder.join(".writable");
    File::create(&proof).and_then(|mut f| f.write_all(&[0; 4096]).and_then(|()| f.sync_all()))?;
    fs::remove_file(&proof)
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
        if matches!(self.state, State::Unfinished { .. }) {
            let _ = fs::remove_dir_all(self.path());
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
        let path = empty.path();
        assert!(path.exists());
        drop(empty);
        assert!(!path.exists());
        let mut kept = RunFolder::create(parent.path(), "run").unwrap();
        fs::write(kept.path().join("access.log"), b"").unwrap();
        let file = kept.save("run.json", b"{}").unwrap();
        kept.save("report.txt", b"").unwrap();
        drop(kept);
        assert_eq!((fs::read(&file).unwrap().as_slice(), &file), (&b"{}"[..], &parent.path().join("run/run.json")));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 3, "no temporary file is left");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let parent = tempfile::tempdir().unwrap();
        let first = RunFolder::create(parent.path(), "run").unwrap();
        let second = RunFolder::create(parent.path(), "run").unwrap();
        assert_eq!((first.name().as_str(), second.name().as_str()), ("run", "run-2"));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_a_run_that_goes_on_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let goes_on = RunFolder::create(parent.path(), "run").unwrap();
        let killed = parent.path().join(".killed.unfinished");
        fs::create_dir(&killed).unwrap();
        fs::write(killed.join(LOCK), b"").unwrap();
        fs::write(killed.join("access.log"), b"").unwrap();
        assert_eq!(remove_unfinished(parent.path()), ["killed"]);
        assert!(goes_on.path().exists() && !killed.exists());
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
