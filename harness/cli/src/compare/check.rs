//! What was asked for, read and checked before anything starts.

use std::path::{Path, PathBuf};

use redline_analysis::{Precision, SearchPlan, fewest_rounds};
use redline_model::Waiting;
use redline_reports::{COMPARISON_FILE, ComparisonFormat, find};

use crate::{
    args::{CompareArgs, TopologyArg},
    exit::Failure,
    plan::{self, Mode, Proof, RunPlan},
};

/// Rounds unless something else is asked for: where the pairs scatter by 5 %, they show a difference of 6 %.
const ROUNDS: u32 = 16;

/// What is to be done.
pub(super) enum Asked {
    /// Stacks are measured in turns.
    Measure(Box<ComparePlan>),
    /// Runs that were saved are compared.
    Saved(SavedPlan),
    /// A comparison that was saved is shown again.
    Again(PathBuf, ComparisonFormat),
}

/// Stacks to be measured.
pub(super) struct ComparePlan {
    /// What each is called and its run.
    pub(super) runs: Vec<(String, RunPlan)>,
    pub(super) rounds: u32,
    /// What becomes of those that wait; absent: as they fit.
    pub(super) waiting: Option<Waiting>,
    pub(super) seed: u64,
    pub(super) out: PathBuf,
    pub(super) format: ComparisonFormat,
}

/// Runs to be compared.
pub(super) struct SavedPlan {
    pub(super) documents: Vec<PathBuf>,
    pub(super) out: PathBuf,
    pub(super) format: ComparisonFormat,
}

pub(super) fn check(args: CompareArgs) -> Result<Asked, Failure> {
    let format = if args.json { ComparisonFormat::Json } else { args.format };
    if !args.topology.is_empty() {
        return measure(args, format).map(|plan| Asked::Measure(Box::new(plan)));
    }
    if let [one] = args.what.as_slice() {
        return match comparison(Path::new(one), &args.out) {
            Some(path) => Ok(Asked::Again(path, format)),
            None if redline_load::find(one).is_some() => Err(Failure::usage(format!(
                "which stacks? `redline compare {one} --topology single --topology …` names two or more"
            ))),
            None => Err(Failure::usage(format!(
                "`{one}` is one run and no comparison; name two runs or more, or a scenario with --topology"
            ))),
        };
    }
    if args.rounds.is_some() || args.quick || args.seed.is_some() || !args.slo.is_empty() {
        return Err(Failure::usage(
            "--rounds, --quick, --seed and --slo are for stacks that are measured; runs that were saved are compared as they are",
        ));
    }
    let documents = args.what.iter().map(|run| find(run, &args.out).map_err(Failure::usage));
    Ok(Asked::Saved(SavedPlan { documents: documents.collect::<Result<_, _>>()?, out: args.out, format }))
}

/// A comparison's document: itself, its folder, or its folder's name.
fn comparison(given: &Path, out: &Path) -> Option<PathBuf> {
    let is = |path: &PathBuf| path.is_file() && path.file_name().is_some_and(|name| name == COMPARISON_FILE);
    let named = [given.to_owned(), given.join(COMPARISON_FILE), out.join(given).join(COMPARISON_FILE)];
    named.into_iter().find(is)
}

fn measure(args: CompareArgs, format: ComparisonFormat) -> Result<ComparePlan, Failure> {
    let [name] = args.what.as_slice() else {
        return Err(Failure::usage("with --topology there is one scenario to measure; runs are compared without it"));
    };
    let scenario = plan::scenario(name)?;
    if scenario.site() != redline_load::Site::Shop {
        return Err(Failure::usage(format!(
            "`{name}` is for any target; stacks are compared with a scenario of the shop"
        )));
    }
    if args.topology.len() < 2 {
        return Err(Failure::usage("one stack cannot be compared with itself alone; give --topology twice or more"));
    }
    let seed = args.seed.unwrap_or_else(plan::new_seed);
    let mut runs: Vec<(String, RunPlan)> = Vec::new();
    for topology in &args.topology {
        let site = plan::ours(&TopologyArg::of(topology, args.server_cpus), args.network)?;
        let (precision, proof) =
            if args.quick { (Precision::Quick, Proof::LeftOut) } else { (Precision::Default, Proof::USUAL) };
        let mode = Mode::Search { plan: Box::new(SearchPlan::new(precision)), proof, failure: None };
        let slo = plan::slo(scenario, &args.slo)?;
        let plain = RunPlan::plain(scenario, slo, site, mode, seed, args.out.clone());
        let run = RunPlan { arrivals: plan::arrivals(args.arrivals), ..plain };
        let name = told_apart(&run.site_name(), runs.iter().map(|(name, _)| name.as_str()));
        runs.push((name, run));
    }
    let fewest = fewest_rounds(runs.len() - 1);
    let rounds = args.rounds.unwrap_or(if args.quick { fewest } else { ROUNDS.max(fewest) });
    Ok(ComparePlan { runs, rounds, waiting: args.waiting.map(Into::into), seed, out: args.out, format })
}

/// A name that none of those before has.
pub(super) fn told_apart<'a>(name: &str, before: impl Iterator<Item = &'a str> + Clone) -> String {
    let taken = |wanted: &str| before.clone().any(|name| name == wanted);
    let numbered = (2..).map(|n| format!("{name} ({n})"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_of_one_name_are_told_apart() {
        assert_eq!(told_apart("single", std::iter::empty()), "single");
        assert_eq!(told_apart("single", ["single", "single (2)"].into_iter()), "single (3)");
    }
}
