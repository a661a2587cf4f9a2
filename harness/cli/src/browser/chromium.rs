//! A headless Chromium that ends with redline, however that ends.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use redline_model::Target;
use serde_json::json;
use tokio::process::{Child, Command};

use super::{devtools::DevTools, error::BrowserError, names::Names};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long it may take to end when its pipe has closed.
const ENDS: Duration = Duration::from_secs(5);
/// What it is started with. It visits nothing but the site, and as root, or in a namespace, it has no sandbox.
const ARGUMENTS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode,Translate",
    "--window-size=1280,800",
    "--remote-debugging-pipe",
];
/// Runs Chromium with its DevTools on the pipes, waits, and removes the folder: also when redline is gone, whose end
/// closes the pipes.
const RUN: &str = "folder=$0; { \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>\"$folder/stderr\"; }; rm -rf \"$folder\"";

/// The first Chromium on the path; `REDLINE_CHROMIUM` names another.
pub(super) fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("REDLINE_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name))).find(|file| file.is_file())
}

/// A running browser.
#[derive(Debug)]
pub(super) struct Chromium {
    /// What it is told and tells.
    pub(super) tools: DevTools,
    /// Its name and version.
    pub(super) version: String,
    /// How the site's name becomes an address, as a sentence.
    pub(super) names: String,
    child: Child,
    folder: PathBuf,
}

impl Chromium {
    /// Starts it for visits to `target`.
    pub(super) async fn start(target: &Target) -> Result<Self, BrowserError> {
        let program = program().ok_or(BrowserError::Absent)?;
        let failed = |why: String| BrowserError::NotStarted { program: program.display().to_string(), why };
        let folder =
            tempfile::Builder::new().prefix("redline-browser-").tempdir().map_err(|e| failed(e.to_string()))?;
        let names = Names::of(target, folder.path()).await?;
        let mut child = command(&names, &program, folder.path()).spawn().map_err(|e| failed(e.to_string()))?;
        // From here on the shell removes it.
        let folder = folder.keep();
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { return Err(BrowserError::Gone) };
        let mut tools = DevTools::new(to, from);
        match tools.call("Browser.getVersion", json!({})).await {
            Ok(version) => {
                let version = version["product"].as_str().unwrap_or("Chromium").replace("Chrome/", "Chromium ");
                Ok(Self { tools, version, names: names.words(), child, folder })
            }
            Err(_) => {
                let said = last_line(&folder);
                Self { tools, version: String::new(), names: String::new(), child, folder }.end().await;
                Err(failed(said))
            }
        }
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn end(self) {
        let Self { tools, mut child, folder, .. } = self;
        let group = child.id();
        drop(tools);
        if tokio::time::timeout(ENDS, child.wait()).await.is_err()
            && let Some(group) = group.and_then(|id| i32::try_from(id).ok())
        {
            // The shell and all of Chromium are a process group of their own.
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            let _ = child.wait().await;
        }
        let _ = tokio::fs::remove_dir_all(&folder).await;
    }
}

/// A group of its own, so that Ctrl-C in a terminal does not tear it down in the middle of a page.
fn command(names: &Names, program: &Path, folder: &Path) -> Command {
    let mut words: Vec<&str> = names.before().to_vec();
    words.extend(["sh", "-c"]);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(names.script(RUN)).arg(folder).arg(program).args(ARGUMENTS);
    command.arg(format!("--user-data-dir={}", folder.join("profile").display())).args(names.argument());
    command.arg("about:blank").current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The last that it said, for the user.
fn last_line(folder: &Path) -> String {
    let said = std::fs::read_to_string(folder.join("stderr")).unwrap_or_default();
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    last.map_or_else(|| "it ended at once and said nothing".to_owned(), |line| line.chars().take(200).collect())
}
