//! `redline scenario`: the run as a sentence.

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use redline_analysis::SearchPlan;
use redline_model::{BrowsedAt, Rate, RunReport, Seconds, TrialSpec};
use redline_reports::RunFolder;

use crate::{
    args::ScenarioArgs,
    browser,
    conclude::{Closing, Measured, conclude, fingerprint},
    dashboard::Dashboard,
    driver::Driver,
    exit::{Ended, Failure},
    faults::{self, FaultScript},
    interrupt::Interrupt,
    intervene,
    journal::Journal,
    live::Live,
    measure,
    plan::{Browser, Mode, Output, Proof, RunPlan, USUAL_LEVERS},
    report,
    site::Site,
};

/// Plan → output folder → site → measurement → clean-up → verdict → report → exit code.
pub(crate) async fn scenario(args: ScenarioArgs) -> Result<Ended, Failure> {
    measured_run(RunPlan::check(args)?).await
}

/// What a run left.
pub(crate) struct Made {
    /// The document.
    pub(crate) document: RunReport,
    /// The folder that it is saved in, where it could be.
    pub(crate) saved: Option<PathBuf>,
    /// What went wrong besides. The document has all that was measured nevertheless.
    pub(crate) trouble: Option<Failure>,
}

impl Made {
    /// The document, or what went wrong; only the user's wish to end it is no failure.
    pub(crate) fn settled(self) -> Result<RunReport, Failure> {
        self.trouble.map_or(Ok(self.document), Err)
    }
}

/// The run of a plan that was read and checked.
pub(crate) async fn measured_run(plan: RunPlan) -> Result<Ended, Failure> {
    let made = make(&plan, Interrupt::listen()?).await?;
    report::print(&made.document, plan.output, made.saved.as_deref())?;
    made.trouble.map_or_else(|| Ok(report::ended(&made.document)), Err)
}

/// Everything but the printing.
pub(crate) async fn make(plan: &RunPlan, interrupt: Interrupt) -> Result<Made, Failure> {
    let mut folder = RunFolder::create(&plan.out, &name(plan)).map_err(Failure::environment)?;
    if let Some(endpoint) = &plan.otlp {
        endpoint.answers().await?;
    }
    let dashboard = dashboard(plan).await?;
    let live = Live::start(dashboard.as_ref().map(|(dashboard, _)| dashboard.board().clone()));
    let mut journal = Journal::start();
    announce(plan, &live);
    if let Some((_, port)) = &dashboard {
        live.say(&format!("  the run in a browser: http://127.0.0.1:{port}/"));
    }

    let mut site = Site::open(plan, &live, interrupt.clone()).await?;
    if let Some(board) = live.board() {
        board.made_on(fingerprint(plan, &site.facts()));
    }
    let mut measured = Measured::default();
    let ended = measure(plan, &mut site, &live, interrupt, &mut journal, &mut measured).await;
    live.phase("counting the access log and saving the logs");
    let books = site.books(&folder.path(), &live).await;
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
    let path = saved.is_ok().then(|| folder.path());
    if let Some((dashboard, _)) = dashboard {
        let place = path.as_ref().map(|path| path.display().to_string());
        dashboard.end(&document.verdict.sentence, place).await;
    }
    let sent = match &plan.otlp {
        Some(endpoint) => endpoint.send(&document).await.err(),
        None => None,
    };
    // What went wrong keeps its own exit code; only the user's wish is an interruption.
    let failure = failure.filter(|failure| !matches!(failure, Failure::Interrupted));
    Ok(Made { document, saved: path, trouble: saved.err().or(removed.err()).or(failure).or(sent) })
}

/// The page that shows the run while it goes on, where one was asked for, with its port.
async fn dashboard(plan: &RunPlan) -> Result<Option<(Dashboard, u16)>, Failure> {
    match plan.dashboard {
        Some(port) => Dashboard::open(port, plan.scenario.name(), &plan.site_name()).await.map(Some),
        None => Ok(None),
    }
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
    if let Some(calibrated) = measure::calibrate(&mut driver, live).await? {
        measured.ceiling = Some(calibrated.ceiling);
        measured.limits_lifted = calibrated.lifted;
    }
    match &plan.mode {
        Mode::Search { plan: search, proof, failure } => {
            let breaking = failure.as_ref().map_or(Seconds(0.0), |script| script.breaking_time());
            let levers = driver.levers().len();
            live.expect(
                search.expected_time()
                    + proof_time(*proof, levers)
                    + browser_time(plan.browser, 2)
                    + breaking
                    + Seconds(3.0),
            );
            let (outcome, driven) = measure::search(&mut driver, **search, measured.ceiling, live).await?;
            measured.outcome = Some(outcome);
            measured.driven = driven;
            if let (Some(driven), Proof::ByIntervention { repeats }) = (driven, *proof) {
                intervene::all(&mut driver, &driven, repeats, live, &mut measured.experiments).await?;
            }
            if plan.browser == Browser::Visits {
                let loads = browsed(measured, driven.as_ref());
                browser::visits(&mut driver, &loads, live, measured.browser.get_or_insert_default()).await?;
            }
            if let Some(script) = failure {
                faults::part(&mut driver, script, live, measured).await?;
            }
        }
        Mode::Hold(model) => {
            live.expect(crate::plan::length(model) + browser_time(plan.browser, 1) + Seconds(2.0));
            measure::hold(&mut driver, plan, model, live).await?;
            if plan.browser == Browser::Visits {
                let loads = [(BrowsedAt::Held, browser::at(crate::plan::peak(model)))];
                browser::visits(&mut driver, &loads, live, measured.browser.get_or_insert_default()).await?;
            }
        }
        Mode::Faults(script) => {
            live.expect(script.expected_time() + Seconds(2.0));
            faults::all(&mut driver, script, live, measured).await?;
        }
    }
    Ok(())
}

/// The loads at which a browser visits: those that the search has found.
fn browsed(measured: &mut Measured, driven: Option<&TrialSpec>) -> Vec<(BrowsedAt, TrialSpec)> {
    let sustainable = measured.outcome.as_ref().and_then(|o| o.sustainable).map(|s| Rate(s.estimate));
    let report = measured.browser.get_or_insert_default();
    if sustainable.is_none() {
        report.missing.push("No sustainable load was found at which a browser could visit.".into());
    }
    if driven.is_none() {
        report.missing.push("The stack was not driven to saturation, so no browser visited there.".into());
    }
    let sustained = sustainable.map(|rate| (BrowsedAt::Sustainable, browser::at(rate)));
    sustained.into_iter().chain(driven.map(|driven| (BrowsedAt::Saturation, browser::like(driven)))).collect()
}

/// What the visits of a browser take at so many loads.
fn browser_time(browser: Browser, loads: usize) -> Seconds {
    match browser {
        Browser::Visits => browser::expected_time(loads),
        Browser::LeftOut => Seconds(0.0),
    }
}

fn proof_time(proof: Proof, levers: usize) -> Seconds {
    match proof {
        Proof::ByIntervention { .. } => intervene::expected_time(levers),
        Proof::LeftOut => Seconds(0.0),
    }
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
        Mode::Search { plan: search, proof, failure } => {
            searched(search, *proof, browser_time(plan.browser, 2), failure.as_deref())
        }
        Mode::Hold(model) => format!("hold a load for {}", crate::plan::length(model)),
        Mode::Faults(script) => format!(
            "{}, about {} once the stack is up, more where something does not recover",
            script.told(),
            script.expected_time() + measure::CALIBRATION_TOTAL
        ),
    };
    live.say(&format!("{} on {}: {what}", plan.scenario.name(), plan.site_name()));
    live.say(&format!(
        "  promise: {} · arrivals: {} · seed {}",
        if promise.is_empty() { "none".into() } else { promise.join(", ") },
        plan.arrival_process(),
        plan.seed
    ));
    if let Some(why) = browser::absent().filter(|_| plan.browser == Browser::Visits) {
        live.say(&format!("  no browser will visit: {why}"));
    }
    if plan.output == Output::Page {
        live.say("  Ctrl-C stops and keeps what was measured");
    }
}

/// What a search does and takes, with what comes after it.
fn searched(plan: &SearchPlan, proof: Proof, visits: Seconds, failure: Option<&FaultScript>) -> String {
    let capacity = plan.expected_time() + proof_time(proof, USUAL_LEVERS) + visits + measure::CALIBRATION_TOTAL;
    match failure {
        None => format!("search for saturation, about {capacity} once the stack is up"),
        Some(script) => format!(
            "search for saturation, about {capacity} once the stack is up; then {}, about {}, more where something does not recover",
            script.told(),
            script.breaking_time()
        ),
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
