//! Stacks that are measured together: a search of each, then rounds in which they take turns.

use jiff::{Timestamp, tz::TimeZone};
use redline_analysis::{Compared, Rounds, Sliced, compare};
use redline_model::{Purpose, Rate, RunReport, Seconds, TrialSpec, VerdictKind, Waiting};
use redline_reports::RunFolder;

use super::{check::ComparePlan, save};
use crate::{
    conclude::{Closing, conclude},
    exit::{Ended, Failure},
    interrupt::Interrupt,
    journal::Journal,
    live::Live,
    pairs::{self, COLD_START, Contender, Contest, Driven, Entry, Settled, Slice, SliceLengths},
    plan::RunPlan,
    report, run,
};

/// The load at which response times are compared: this share of the least saturation throughput.
const SAME_LOAD: f64 = 0.7;
/// Rounds at that load.
const LATENCY_ROUNDS: u32 = 4;
/// How long one is held there.
const LATENCY: SliceLengths = SliceLengths { settle: Seconds(2.0), hold: Seconds(10.0) };
/// What a slice takes besides: its worker's start and its drain.
const BESIDES: Seconds = Seconds(1.5);

/// What the rounds gave.
#[derive(Default)]
struct Taken {
    /// Driven beyond what the stacks carry.
    driven: Vec<Slice>,
    rounds: u32,
    /// Held at one load.
    held: Vec<Slice>,
}

/// Folders → stacks → searches → rounds → clean-up → a report of each → the comparison.
pub(super) async fn measured(plan: ComparePlan) -> Result<Ended, Failure> {
    let interrupt = Interrupt::listen()?;
    let name = name(&plan);
    let mut folder = RunFolder::create(&plan.out, &name).map_err(Failure::environment)?;
    let mut folders = Vec::new();
    for (_, run) in &plan.runs {
        folders.push(RunFolder::create(&run.out, &run::name(run)).map_err(Failure::environment)?);
    }
    let live = Live::start(None);
    announce(&plan, &live);
    let entry = |((name, plan), folder): ((String, RunPlan), &RunFolder)| Entry { name, plan, folder: folder.path() };
    let entries = plan.runs.into_iter().zip(&folders).map(entry).collect();
    let mut contest = pairs::open_all(entries, plan.waiting, &live, &interrupt).await?;
    let mut taken = Taken::default();
    let ended = measure(&mut contest, plan.rounds, plan.seed, &live, &interrupt, &mut taken).await;
    let failure = ended.err();
    let Contest { contenders, waiting } = contest;
    let empty = contenders.iter().any(|c| c.journal.raw.is_empty());
    let (reports, removed) = concluded(contenders, &folders, failure.as_ref(), &live).await;
    live.end();
    match failure {
        Some(failure) if empty || reports.is_err() => return Err(failure),
        _ => {}
    }
    let reports = reports?;
    for (report, folder) in reports.iter().zip(&mut folders) {
        report::save(folder, &report.report, &report.journal)?;
    }
    let comparison = compare(&Compared {
        name: folder.name(),
        made: format!("{:.0}", Timestamp::now()),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        stacks: reports.iter().map(|r| (r.name.clone(), &r.report)).collect(),
        slices: slices(&taken, &reports),
        rounds: taken.rounds,
        waiting: Some(waiting),
        interrupted: failure.as_ref().map(run::why),
    });
    let saved = save::save(&mut folder, &comparison);
    save::print(&comparison, plan.format, saved.is_ok().then(|| folder.path()).as_deref())?;
    saved?;
    removed?;
    match failure {
        Some(failure) if !matches!(failure, Failure::Interrupted) => Err(failure),
        Some(_) => Ok(Ended::Interrupted),
        None if reports.iter().any(|r| r.report.verdict.kind == VerdictKind::Invalid) => Ok(Ended::Invalid),
        None => Ok(Ended::Fine),
    }
}

async fn measure(
    contest: &mut Contest,
    rounds: u32,
    seed: u64,
    live: &Live,
    interrupt: &Interrupt,
    taken: &mut Taken,
) -> Result<(), Failure> {
    live.say(&format!("  {}", redline_reports::waiting_line(contest.waiting)));
    let (contenders, waiting) = (&mut contest.contenders, contest.waiting);
    for contender in contenders.iter_mut() {
        live.say(&format!("{}: its own search", contender.name));
        let search = async |contender: &mut Contender, _| {
            let Contender { plan, place, journal, measured, .. } = contender;
            run::measure(plan, place.site()?, live, interrupt.clone(), journal, measured).await
        };
        contender.turn(live, interrupt, search).await?;
    }
    let driven: Vec<Option<Driven>> = contenders.iter().map(found).collect();
    let Some(spec) = pairs::overdriven(&driven, SliceLengths::default()) else {
        live.say("not all stacks could be driven to saturation, so there is nothing to pair");
        return Ok(());
    };
    let least = driven.iter().flatten().map(|d| d.completed.0).fold(f64::INFINITY, f64::min);
    let held = pairs::held(Rate(SAME_LOAD * least), LATENCY);
    let stacks = contenders.len() as f64;
    let besides = match waiting {
        Waiting::Resting | Waiting::Frozen => BESIDES,
        Waiting::Removed => BESIDES + COLD_START,
    };
    let takes = |spec: &TrialSpec, rounds: u32| f64::from(rounds) * stacks * (spec.settle + spec.hold + besides).0;
    live.expect(Seconds(takes(&spec, rounds) + takes(&held, LATENCY_ROUNDS)));
    live.say(&format!(
        "{rounds} rounds in turns, {} sessions offered, at most {} in flight",
        spec.offered,
        spec.cap.unwrap_or(0)
    ));
    let mut turns = Rounds::new(contenders.len(), rounds, seed);
    let made = pairs::make_rounds(contenders, &mut turns, |_| vec![spec], live, interrupt, &mut taken.driven).await;
    taken.rounds = turns.complete();
    made?;
    live.say(&format!("{LATENCY_ROUNDS} rounds at the same load of {} sessions", held.offered));
    let mut turns = Rounds::new(contenders.len(), LATENCY_ROUNDS, seed.wrapping_add(1));
    pairs::make_rounds(contenders, &mut turns, |_| vec![held], live, interrupt, &mut taken.held).await
}

/// How a contender was driven in its own search.
fn found(contender: &Contender) -> Option<Driven> {
    let saturation = contender.measured.outcome.as_ref()?.saturation?;
    Some(Driven { spec: contender.measured.driven?, completed: Rate(saturation.estimate) })
}

/// A contender's own report, with what it was made from.
struct Own {
    name: String,
    report: RunReport,
    journal: Journal,
}

/// Reads every site's books, removes the sites, and concludes for each as for a run of its own.
async fn concluded(
    mut contenders: Vec<Contender>,
    folders: &[RunFolder],
    failure: Option<&Failure>,
    live: &Live,
) -> (Result<Vec<Own>, Failure>, Result<(), Failure>) {
    let mut settled = Vec::new();
    for contender in &mut contenders {
        live.phase(&format!("{}: counting the access log and saving the logs", contender.name));
        settled.push(contender.place.settle(live).await);
    }
    live.phase("removing the stacks");
    let removed = pairs::close_all(&mut contenders).await;
    let own = |((contender, settled), folder): ((Contender, Result<Option<Settled>, Failure>), &RunFolder)| {
        let Contender { name, plan, journal, measured, .. } = contender;
        let Some(Settled { books, facts }) = settled? else { return Ok(None) };
        let closing = Closing { interrupted: failure.map(run::why), run: folder.name() };
        let report = conclude(&plan, &journal, &facts, &books, &measured, closing);
        Ok(Some(Own { name, report, journal }))
    };
    let all: Result<Vec<Option<Own>>, Failure> = contenders.into_iter().zip(settled).zip(folders).map(own).collect();
    (all.map(|all| all.into_iter().flatten().collect()), removed)
}

/// The slices as their reports have them, the access log counted.
fn slices<'a>(taken: &Taken, reports: &'a [Own]) -> Vec<Sliced<'a>> {
    let all = taken.driven.iter().map(|slice| (0, slice)).chain(taken.held.iter().map(|slice| (1, slice)));
    let counted = all.filter_map(|(load, slice)| {
        let trials = &reports.get(slice.contender)?.report.trials;
        let result = trials.iter().find(|t| t.number == slice.result.number)?;
        Some(Sliced { round: slice.round, contender: slice.contender, load, result })
    });
    counted.filter(|s| matches!(s.result.spec.purpose, Purpose::Overdrive | Purpose::Hold)).collect()
}

fn announce(plan: &ComparePlan, live: &Live) {
    let names: Vec<&str> = plan.runs.iter().map(|(name, _)| name.as_str()).collect();
    live.say(&format!(
        "comparing {}: a search of each, then {} rounds in turns; seed {}",
        names.join(" and "),
        plan.rounds,
        plan.seed
    ));
    live.say("  Ctrl-C stops and keeps what was measured");
}

/// `<utc>-compare-<scenario>-<first>-<second>…`, fit for a file system.
fn name(plan: &ComparePlan) -> String {
    let utc = Timestamp::now().to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let scenario = plan.runs.first().map_or("", |(_, run)| run.scenario.name());
    let stacks: Vec<String> = plan.runs.iter().map(|(_, run)| save::plain(&run.site_name())).collect();
    format!("{utc}-compare-{scenario}-{}", stacks.join("-"))
}
