//! mmdebstrap: the installed one, else a copy fetched into the cache folder without installing anything.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::error::one_line;

/// Whether making a base image could work here, for `doctor`: the way, or what is missing.
pub(crate) fn way() -> Result<&'static str, String> {
    if installed("mmdebstrap").is_some() {
        return Ok("mmdebstrap is installed");
    }
    let missing: Vec<_> =
        ["apt-get", "dpkg", "perl", "python3"].into_iter().filter(|name| installed(name).is_none()).collect();
    if missing.is_empty() {
        Ok("mmdebstrap can be fetched with apt-get")
    } else {
        Err(format!("neither mmdebstrap nor what it takes to fetch it ({} missing)", missing.join(", ")))
    }
}

/// The program to run.
pub(super) async fn program(cache: &Path) -> Result<PathBuf, String> {
    if let Some(path) = installed("mmdebstrap") {
        return Ok(path);
    }
    way()?;
    let unpacked = cache.join("mmdebstrap");
    let program = unpacked.join("usr/bin/mmdebstrap");
    if program.exists() {
        return Ok(program);
    }
    // Beside its place and then renamed, so that half a copy is never taken for a whole one.
    let fresh = cache.join(format!("mmdebstrap-{}", std::process::id()));
    let fetched = fetch(&fresh).await;
    if fetched.is_ok() && std::fs::rename(&fresh, &unpacked).is_err() && !program.exists() {
        return Err(format!("{}: cannot be put in place", unpacked.display()));
    }
    let _ = std::fs::remove_dir_all(&fresh);
    fetched.map(|()| program)
}

async fn fetch(into: &Path) -> Result<(), String> {
    std::fs::create_dir_all(into).map_err(|e| format!("{}: {e}", into.display()))?;
    output("apt-get", Command::new("apt-get").args(["download", "mmdebstrap"]).current_dir(into)).await?;
    let package = std::fs::read_dir(into)
        .ok()
        .and_then(|entries| entries.flatten().map(|e| e.path()).find(|p| p.extension().is_some_and(|x| x == "deb")))
        .ok_or("apt-get download brought no package")?;
    output("dpkg", Command::new("dpkg").arg("-x").arg(&package).arg(into)).await?;
    let _ = std::fs::remove_file(package);
    Ok(())
}

/// Makes a minimal Debian trixie as an archive.
pub(super) async fn run(program: &Path, archive: &Path) -> Result<(), String> {
    // Without a mode it takes the best that this user has: root, else unshare.
    output("mmdebstrap", Command::new(program).args(["--variant=minbase", "--format=tar", "trixie"]).arg(archive)).await
}

/// Runs a command to its end; the error has its last line.
async fn output(name: &str, command: &mut Command) -> Result<(), String> {
    let done = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("{name} cannot be run ({error})"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let last = said.lines().rev().find(|line| line.starts_with("E:")).or_else(|| said.lines().last()).unwrap_or("");
    Err(format!("{name} failed ({}): {}", done.status, one_line(last)))
}

fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
