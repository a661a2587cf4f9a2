//! Runs and comparisons that were saved.

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use redline_analysis::{Compared, compare};
use redline_model::RunReport;
use redline_reports::{ComparisonFormat, RunFolder, load, load_comparison};

use super::{
    check::{SavedPlan, told_apart},
    save,
};
use crate::exit::{Ended, Failure};

/// Compares runs that were saved, saves the comparison and prints it.
pub(super) fn compared(plan: SavedPlan) -> Result<Ended, Failure> {
    let runs: Vec<RunReport> =
        plan.documents.iter().map(|path| load(path).map_err(Failure::usage)).collect::<Result<_, _>>()?;
    let mut stacks: Vec<(String, &RunReport)> = Vec::new();
    for run in &runs {
        let name = told_apart(&run.fingerprint.topology, stacks.iter().map(|(name, _)| name.as_str()));
        stacks.push((name, run));
    }
    let utc = Timestamp::now().to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let names: Vec<String> = runs.iter().map(|run| save::plain(&run.fingerprint.topology)).collect();
    let name = format!("{utc}-compare-saved-{}", names.join("-"));
    let mut folder = RunFolder::create(&plan.out, &name).map_err(Failure::environment)?;
    let comparison = compare(&Compared {
        name: folder.name(),
        made: format!("{:.0}", Timestamp::now()),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        stacks,
        slices: Vec::new(),
        rounds: 0,
        waiting: None,
        interrupted: None,
    });
    let saved = save::save(&mut folder, &comparison);
    save::print(&comparison, plan.format, saved.is_ok().then(|| folder.path()).as_deref())?;
    saved.map(|()| Ended::Fine)
}

/// Prints a comparison that was saved.
pub(super) fn again(path: &Path, format: ComparisonFormat) -> Result<Ended, Failure> {
    let comparison = load_comparison(path).map_err(Failure::usage)?;
    save::print(&comparison, format, None)
}
