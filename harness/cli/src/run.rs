//! `redline scenario`: the run as a sentence.

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use redline_model::{RunReport, Seconds};
use redline_reports::RunFolder;

use crate::{
    args::ScenarioArgs,
    conclude::{Closing, Measured, conclude},
    driver::Driver,
    exit::{Ended, Failure},
    faults,
    interrupt::Interrupt,
    intervene,
    journal::Journal,
    live::Live,
    measure,
    plan::{Mode, Output, Proof, RunPlan, USUAL_LEVERS},
    report,
    site::Site,
};

/// Plan → output folder → site → measurement → clean-up → verdict → report → exit code.
pub(crate) async fn scenario(args: ScenarioArgs) -> Result<Ended, Failure> {
    measured_run(RunPlan::check(args)?).await
}

/// The run of a plan that was read and checked.
pub(crate) async fn measured_run(plan: RunPlan) -> Result<Ended, Failure> {
    let made = make(&plan, Interrupt::listen()?).await?;
    report::print(&made.document, plan.output, made.saved.is_ok().then_some(made.folder.as_path()))?;
    made.settled().map(|document| report::ended(&document))
}

/// A run that was made.
pub(crate) struct Made {
    /// What was measured and concluded.
    pub(crate) document: RunReport,
    /// Where it is saved.
    folder: PathBuf,
    saved: Result<(), Failure>,
    removed: Result<(), Failure>,
    failure: Option<Failure>,
}

impl Made {
    /// The document, or what went wrong; only the user's wish to end it is no failure.
    pub(crate) fn settled(self) -> Result<RunReport, Failure> {
        self.saved?;
        self.removed?;
        match self.failure {
            Some(failure) if !matches!(failure, Failure::Interrupted) => Err(failure),
            _ => Ok(self.document),
        }
    }
}

/// Makes the run and saves it; nothing is printed but its progress.
pub(crate) async fn make(plan: &RunPlan, interrupt: Interrupt) -> Result<Made, Failure> {
    let mut folder = RunFolder::create(&plan.out, &name(plan)).map_err(Failure::environment)?;
    let live = Live::start();
    let mut journal = Journal::start();
    announce(plan, &live);

    let mut site = Site::open(plan, &live, interrupt.clone()).await?;
    let mut measured = Measured::default();
    let ended = measure(plan, &mut site, &live, interrupt, &mut journal, &mut measured).await;
    live.phase("counting the access log and saving the logs");
    let books = site.books(folder.path(), &live).await;
    let facts = site.facts();
    live.phase("removing the stack");
    let removed = site.close().await;
    live.end();

    let failure = match ended {
        // Before its first measurement there is nothing to report.
        Err(failure) if journal.raw.is_empty() => return Err(failure),
        ended => ended.err(),
    };
    let closing = Closing { interrupted: failure.as_ref().map(why), run: folder.name() };
    let document = conclude(plan, &journal, &facts, &books, &measured, closing);
    let saved = report::save(&mut folder, &document, &journal);
    let folder = folder.path().to_owned();
    Ok(Made { document, folder, saved, removed, failure })
}

/// Calibrates, then searches and proves, or holds.
pub(crate) async fn measure(
    plan: &RunPlan,
    site: &mut Site,
    live: &Live,
    interrupt: Interrupt,
    journal: &mut Journal,
    measured: &mut Measured,
) -> Result<(), Failure> {
    let mut driver = Driver::new(plan, site, live, interrupt, journal)?;
    measured.ceiling = measure::calibrate(&mut driver, live).await?;
    match &plan.mode {
        Mode::Search { plan, proof } => {
            live.expect(plan.expected_time() + proof_time(*proof, driver.levers().len()) + Seconds(3.0));
            let (outcome, driven) = measure::search(&mut driver, **plan, measured.ceiling, live).await?;
            measured.outcome = Some(outcome);
            measured.driven = driven;
            if let Some(driven) = driven.filter(|_| *proof == Proof::ByIntervention) {
                intervene::all(&mut driver, &driven, live, &mut measured.experiments).await?;
            }
        }
        Mode::Hold(model) => {
            live.expect(crate::plan::length(model) + Seconds(2.0));
            measure::hold(&mut driver, plan, model, live).await?;
        }
        Mode::Faults(script) => {
            live.expect(faults::expected_time(script) + Seconds(2.0));
            faults::all(&mut driver, script, live, measured).await?;
        }
    }
    Ok(())
}

fn proof_time(proof: Proof, levers: usize) -> Seconds {
    match proof {
        Proof::ByIntervention => intervene::expected_time(levers),
        Proof::LeftOut => Seconds(0.0),
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Why a run ended early, for its report.
pub(crate) fn why(failure: &Failure) -> String {
    match failure {
        Failure::Interrupted => "Ctrl-C or a signal".to_owned(),
        Failure::Usage(_) | Failure::Environment(_) | Failure::Unexpected(_) => failure.to_string(),
    }
}

/// The plan and its expected time, before anything starts.
fn announce(plan: &RunPlan, live: &Live) {
    let promise: Vec<String> = plan.slo.0.iter().map(ToString::to_string).collect();
    let what = match &plan.mode {
        Mode::Search { plan, proof } => format!(
            "search for saturation, about {} once the stack is up",
            plan.expected_time() + proof_time(*proof, USUAL_LEVERS) + measure::CALIBRATION_TOTAL
        ),
        Mode::Hold(model) => format!("hold a load for {}", crate::plan::length(model)),
        Mode::Faults(script) => format!(
            "{}{} at {} load{}, about {} once the stack is up, more where something does not recover",
            if script.faults.is_empty() { String::new() } else { count(script.faults.len(), "fault") },
            if script.deploys.is_empty() { String::new() } else { count(script.deploys.len(), "deployment") },
            script.loads.len(),
            if script.loads.len() == 1 { "" } else { "s" },
            faults::expected_time(script) + measure::CALIBRATION_TOTAL
        ),
    };
    live.say(&format!("{} on {}: {what}", plan.scenario.name(), plan.site_name()));
    live.say(&format!(
        "  promise: {} · arrivals: {} · seed {}",
        if promise.is_empty() { "none".into() } else { promise.join(", ") },
        plan.arrival_process(),
        plan.seed
    ));
    if plan.output == Output::Page {
        live.say("  Ctrl-C stops and keeps what was measured");
    }
}

/// `<utc>-<scenario>-<topology>`, fit for a file system.
pub(crate) fn name(plan: &RunPlan) -> String {
    let utc = Timestamp::now().to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let site: String = plan
        .site_name()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' })
        .collect();
    format!("{utc}-{}-{site}", plan.scenario.name())
}
