//! `redline report`: any report of a run that was saved, from its document.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use redline_reports::{Format, StoredError, find, load, write_file};

use crate::{
    args::ReportArgs,
    exit::{Ended, Failure},
    report,
};

/// Finds the run, reads its document, writes the report, opens it.
pub(crate) fn write(args: &ReportArgs) -> Result<Ended, Failure> {
    let document = find(&args.run, &args.runs).map_err(failure)?;
    let run = load(&document).map_err(failure)?;
    let format = args.format.unwrap_or(if args.open { Format::Html } else { Format::Terminal });
    if args.open && format != Format::Html {
        return Err(Failure::Usage(format!(
            "--open shows the page in a browser; leave out --format {}",
            format.name()
        )));
    }
    let file = args.out.clone().or_else(|| args.open.then(|| beside(&document)));
    let layout = if file.is_some() { report::PLAIN } else { report::layout() };
    let text = format.render(&run, layout).map_err(anyhow::Error::from)?;
    let Some(file) = file else { return crate::print(&text) };
    write_file(&file, text.as_bytes()).map_err(Failure::environment)?;
    if args.open {
        open(&file)?;
    }
    eprintln!("Written to {}", file.display());
    Ok(Ended::Fine)
}

/// A file that cannot be read is the machine's fault; all else is a wrong name or a wrong file.
fn failure(error: StoredError) -> Failure {
    match error {
        StoredError::Unreadable { .. } => Failure::environment(error),
        _ => Failure::usage(error),
    }
}

fn beside(document: &Path) -> PathBuf {
    document.with_file_name("report.html")
}

/// Hands the page to the desktop's browser.
fn open(page: &Path) -> Result<(), Failure> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started =
        Command::new(opener).arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match started {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::Environment(format!(
            "no browser could be started with {opener}; the page is {}: open it yourself",
            page.display()
        ))),
    }
}
