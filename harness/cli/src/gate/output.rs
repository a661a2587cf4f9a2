//! A gate's answer where people and CI servers look for it: a folder, standard output, the summary of a workflow.

use std::{fs::OpenOptions, io::Write as _};

use jiff::{Timestamp, tz::TimeZone};
use redline_model::{GateOutcome, GateReport};
use redline_reports::{RunFolder, gate_annotations, gate_document, gate_junit, gate_markdown, gate_terminal};

use crate::{
    args::GateArgs,
    exit::{Ended, Failure},
    report,
};

/// The environment variable by which a GitHub workflow names the file of its summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// The one that says that the reader is such a workflow.
const WORKFLOW: &str = "GITHUB_ACTIONS";

/// Saves, prints, and gives what the exit code is made from. `beside` are further files: name and text.
pub(super) fn finish(
    gate: &GateReport,
    args: &GateArgs,
    name: &str,
    beside: &[(&str, String)],
) -> Result<Ended, Failure> {
    let utc = Timestamp::now().to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let mut folder = RunFolder::create(&args.out, &format!("{utc}-gate-{name}")).map_err(Failure::environment)?;
    let document = gate_document(gate).map_err(anyhow::Error::from)?;
    let summary = gate_markdown(gate);
    let junit = gate_junit(gate).map_err(anyhow::Error::from)?;
    let page = gate_terminal(gate, report::PLAIN);
    let files = [("gate.json", &document), ("gate.md", &summary), ("junit.xml", &junit), ("gate.txt", &page)];
    for (file, text) in files.into_iter().chain(beside.iter().map(|(file, text)| (*file, text))) {
        folder.save(file, text.as_bytes()).map_err(Failure::environment)?;
    }
    if args.json {
        crate::print(&document)?;
    } else {
        let path = folder.path();
        let saved = path.display();
        crate::print(&format!("{}\nSaved in {saved}\n", gate_terminal(gate, report::layout())))?;
    }
    workflow(gate, &summary)?;
    Ok(ended(gate.outcome, args.strict))
}

/// In a GitHub workflow: annotations on stderr, where they are read as well, and the summary.
fn workflow(gate: &GateReport, summary: &str) -> Result<(), Failure> {
    if std::env::var_os(WORKFLOW).is_some_and(|v| v == "true") {
        eprint!("{}", gate_annotations(gate));
    }
    let Some(file) = std::env::var_os(SUMMARY).filter(|f| !f.is_empty()) else { return Ok(()) };
    let written =
        OpenOptions::new().append(true).create(true).open(&file).and_then(|mut f| f.write_all(summary.as_bytes()));
    written.map_err(|e| {
        Failure::environment(format!("{SUMMARY} names {}, which cannot be written: {e}", file.to_string_lossy()))
    })
}

fn ended(outcome: GateOutcome, strict: bool) -> Ended {
    match outcome {
        GateOutcome::Pass => Ended::Fine,
        GateOutcome::Inconclusive if strict => Ended::Broken,
        GateOutcome::Inconclusive => Ended::Fine,
        GateOutcome::Fail => Ended::Broken,
        GateOutcome::Invalid => Ended::Invalid,
    }
}
