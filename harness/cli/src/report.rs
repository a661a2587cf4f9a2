//! From what was measured to the document of the run, and from the document to what people read.

use std::path::Path;

use console::Term;
use redline_model::{RunReport, VerdictKind};
use redline_reports::{Colour, Format, Layout, RunFolder};

use crate::{
    exit::{Ended, Failure},
    journal::Journal,
    plan::Output,
};

/// The page for a file or a pipe, which has no window and no colours.
pub(crate) const PLAIN: Layout = Layout { width: 110, colour: Colour::Off };

/// Saves the document, the interval log and the pages made from the document. Where that fails, the report is still printed by the
/// caller: nothing that was measured is lost without being shown.
pub(crate) fn save(folder: &mut RunFolder, report: &RunReport, journal: &Journal) -> Result<(), Failure> {
    let document = redline_reports::document(report).map_err(anyhow::Error::from)?;
    folder.save("run.json", document.as_bytes()).map_err(Failure::environment)?;
    let log = redline_reports::interval_log(journal.wall, &journal.latencies);
    folder.save("latency.hlog", &log).map_err(Failure::environment)?;
    for (name, format) in [("report.txt", Format::Terminal), ("report.html", Format::Html)] {
        let text = format.render(report, PLAIN).map_err(anyhow::Error::from)?;
        folder.save(name, text.as_bytes()).map_err(Failure::environment)?;
    }
    Ok(())
}

/// Prints the report: the page for people, or the document and nothing else.
pub(crate) fn print(report: &RunReport, output: Output, saved: Option<&Path>) -> Result<Ended, Failure> {
    match output {
        Output::Json => crate::print(&redline_reports::document(report).map_err(anyhow::Error::from)?),
        Output::Page => {
            let mut page = redline_reports::terminal(report, layout());
            if let Some(path) = saved {
                page += &format!("\nSaved in {}\n", path.display());
            }
            crate::print(&page)
        }
    }
}

/// A run in one line.
pub(crate) fn in_a_line(report: &RunReport) -> String {
    format!("{}: {}", report.run, report.verdict.sentence)
}

/// How the page is laid out on this standard output.
pub(crate) fn layout() -> Layout {
    let terminal = Term::stdout();
    let width = terminal.size_checked().map_or(PLAIN.width, |(_, columns)| usize::from(columns));
    let colour = if terminal.is_term() && console::colors_enabled() { Colour::On } else { Colour::Off };
    Layout { width, colour }
}

/// The exit code's meaning of a document.
pub(crate) fn ended(report: &RunReport) -> Ended {
    match (report.interrupted.is_some(), report.verdict.kind) {
        (true, _) => Ended::Interrupted,
        (false, VerdictKind::Invalid) => Ended::Invalid,
        (false, _) => Ended::Fine,
    }
}
