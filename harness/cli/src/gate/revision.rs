//! The stack as it was at a revision of this repository: its topologies, its images' files and its shop.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::exit::Failure;

/// A revision's `stack/` in a folder that goes with it.
pub(super) struct Revision {
    folder: TempDir,
    /// The commit, abbreviated.
    pub(super) commit: String,
}

impl Revision {
    /// The folder that is laid out as `stack/`.
    pub(super) fn stack(&self) -> PathBuf {
        self.folder.path().join("stack")
    }

    /// The file of a topology of that name.
    pub(super) fn topology(&self, name: &str) -> PathBuf {
        self.stack().join("topologies").join(format!("{name}.toml"))
    }
}

/// The commit that `name` stands for, abbreviated; nothing where there is no such revision here.
pub(super) fn commit(name: &str) -> Option<String> {
    let asked = format!("{name}^{{commit}}");
    said(Command::new("git").args(["rev-parse", "--verify", "--quiet", "--short=12", "--end-of-options", &asked])).ok()
}

/// Takes `stack/` out of the revision, without touching the working tree.
pub(super) fn fetch(name: &str) -> Result<Revision, Failure> {
    let commit = commit(name).ok_or_else(|| {
        Failure::usage(format!("`{name}` is not a revision of the git repository that redline was started in"))
    })?;
    let root = said(Command::new("git").args(["rev-parse", "--show-toplevel"])).map_err(Failure::environment)?;
    let folder = tempfile::Builder::new()
        .prefix("redline-revision-")
        .tempdir()
        .map_err(|e| Failure::environment(format!("cannot make a temporary folder for the revision {name}: {e}")))?;
    let archive = folder.path().join("stack.tar");
    said(git(&root).args(["archive", "--format=tar", "-o"]).arg(&archive).arg(&commit).args(["--", "stack"])).map_err(
        |why| Failure::usage(format!("the revision `{name}` ({commit}) has no folder `stack` to measure: {why}")),
    )?;
    said(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path())).map_err(Failure::environment)?;
    Ok(Revision { folder, commit })
}

fn git(root: &str) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(Path::new(root));
    command
}

/// What a command prints, trimmed; else what it complains of.
fn said(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{program} cannot be started: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program}: {}", told.lines().next().unwrap_or("failed and said nothing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_revision_and_an_option_are_refused() {
        assert!(commit("no-such-revision").is_none());
        assert!(commit("--help").is_none());
        let told = fetch("no-such-revision").err().map(|f| f.to_string()).unwrap_or_default();
        assert!(told.contains("`no-such-revision` is not a revision"), "{told}");
    }
}
