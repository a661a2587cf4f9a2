//! Where a comparison goes: its folder, and standard output.

use std::path::Path;

use redline_model::Comparison;
use redline_reports::{COMPARISON_FILE, ComparisonFormat, RunFolder};

use crate::{
    exit::{Ended, Failure},
    report,
};

/// Saves the document and every page made from it.
pub(super) fn save(folder: &mut RunFolder, comparison: &Comparison) -> Result<(), Failure> {
    let files = [
        (COMPARISON_FILE, ComparisonFormat::Json),
        ("report.txt", ComparisonFormat::Terminal),
        ("report.md", ComparisonFormat::Markdown),
        ("report.html", ComparisonFormat::Html),
    ];
    for (name, format) in files {
        let text = format.render(comparison, report::PLAIN).map_err(anyhow::Error::from)?;
        folder.save(name, text.as_bytes()).map_err(Failure::environment)?;
    }
    Ok(())
}

/// Prints it in the format that was asked for; where it was saved is told on the page for people.
pub(super) fn print(comparison: &Comparison, format: ComparisonFormat, saved: Option<&Path>) -> Result<Ended, Failure> {
    let mut text = format.render(comparison, report::layout()).map_err(anyhow::Error::from)?;
    if let (ComparisonFormat::Terminal, Some(path)) = (format, saved) {
        text += &format!("\nSaved in {}\n", path.display());
    }
    crate::print(&text)
}

/// A name fit for a file system.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}
