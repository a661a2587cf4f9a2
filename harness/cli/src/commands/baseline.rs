//! `redline baseline`: keeps what a run found as what later runs on this class of machine are held against.

use redline_model::{Baseline, Environment};
use redline_reports::{find, load, write_file};

use crate::{
    args::BaselineArgs,
    baselines,
    exit::{Ended, Failure},
};

/// Takes the figures of a run and writes them into the folder of baselines.
pub(crate) fn keep(args: &BaselineArgs) -> Result<Ended, Failure> {
    let run = find(&args.run, &args.runs).and_then(|document| load(&document)).map_err(Failure::usage)?;
    let baseline = Baseline::of(&run).ok_or_else(|| {
        Failure::usage(format!("the run {} gives no capacity, so it is no baseline: {}", run.run, run.verdict.sentence))
    })?;
    std::fs::create_dir_all(&args.dir)
        .map_err(|e| Failure::environment(format!("cannot make the folder {}: {e}", args.dir.display())))?;
    let file = baselines::path(&args.dir, &baseline.scenario, &baseline.topology, &baseline.machine_class);
    let text = serde_json::to_string_pretty(&baseline).map_err(anyhow::Error::from)? + "\n";
    write_file(&file, text.as_bytes()).map_err(Failure::environment)?;
    let here = class_here();
    let other =
        if here == baseline.machine_class { String::new() } else { format!(" (this machine is another: {here})") };
    crate::print(&format!("{}: {} on {}{other}\n", file.display(), run.run, baseline.machine_class))
}

/// The class of this machine.
pub(crate) fn class_here() -> String {
    let environment: Environment = crate::environment::read(&[], &[], None);
    environment.class()
}
