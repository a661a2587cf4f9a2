//! What is said of a fault, wherever it is said: one row, then what a row cannot hold.

use redline_model::{
    FailureReport, FaultKind, OrderBooks, Outage, OutcomeCounts, Rate, Recovery, RecoveryVerdict, RunReport, Seconds,
    Share, StepInFault,
};

use crate::figure::count;

/// So long a recovery is watched where nothing else was asked for.
const MINUTE: Seconds = Seconds(60.0);

/// What the columns of [`row`] are.
pub(crate) const HEAD: [&str; 9] =
    ["fault", "load", "lasted", "first failure", "outage", "lost service", "recovery (backlog)", "failed", "slow"];

/// The orders of all faults together.
pub(crate) fn all_orders(report: &RunReport) -> Option<String> {
    report.failures.iter().filter_map(|f| f.orders).reduce(OrderBooks::plus).map(|books| told_orders(&books))
}

/// Whose end failed the visitors until it was back, and whose did not: one sentence; nothing where nothing was ended.
pub(crate) fn single_points(report: &RunReport) -> Option<String> {
    let ended = |f: &&FailureReport| matches!(f.fault.kind, FaultKind::Kill | FaultKind::Stop);
    let (mut points, mut others) = (Vec::<String>::new(), Vec::<String>::new());
    // Of several servers that is all of the stack, and no part of it.
    let is_all = |f: &FailureReport| f.fault.component == "server" && report.fingerprint.servers.len() > 1;
    for failure in report.failures.iter().filter(ended).filter(|f| !is_all(f)) {
        let name = match failure.fault.component.as_str() {
            "server" => "the server itself".to_owned(),
            component => component.to_owned(),
        };
        let list = if is_point(failure) { &mut points } else { &mut others };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    others.retain(|name| !points.contains(name));
    let spared = match others.as_slice() {
        [] => String::new(),
        others => format!(" Without {} visitors were still served.", listed(others)),
    };
    match points.as_slice() {
        [] if others.is_empty() => None,
        [] => Some(format!("No single point of failure was found.{spared}")),
        [one] => {
            Some(format!("A single point of failure: without {one} visitors were failed until it was back.{spared}"))
        }
        points => Some(format!(
            "{} single points of failure: {}. Without any one of them visitors were failed until it was back.{spared}",
            points.len(),
            listed(points)
        )),
    }
}

/// Whether most of what visitors would have had while it was away was lost.
fn is_point(failure: &FailureReport) -> bool {
    let away = failure.window.cleared.map(|cleared| cleared - failure.window.injected);
    match (failure.outage, away) {
        (Outage::None, _) => false,
        (Outage::NotEnded { .. }, _) | (Outage::Ended { .. } | Outage::Unclear { .. }, None) => true,
        (Outage::Ended { .. } | Outage::Unclear { .. }, Some(away)) => failure.lost_service.0 >= 0.5 * away.0,
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// One fault in one line, as it is told while the run goes on.
#[must_use]
pub fn failure_line(failure: &FailureReport) -> String {
    format!(
        "{} at {}: outage {}, lost {}, {} failed ({}), recovery {}",
        failure.fault,
        failure.offered,
        outage(failure.outage),
        lost(failure.lost_service, failure.lost_service_error),
        count(failure.outcomes.errors()),
        classes(&failure.outcomes),
        recovery(&failure.recovery)
    )
}

/// One fault in a row of [`HEAD`].
pub(crate) fn row(failure: &FailureReport) -> Vec<String> {
    let lasted = failure.window.cleared.map_or("–".into(), |cleared| short(cleared - failure.window.injected));
    vec![
        failure.fault.to_string(),
        load(failure.offered, failure.of_sustainable),
        lasted,
        failure.first_failure.map_or("none".into(), short),
        outage(failure.outage),
        lost(failure.lost_service, failure.lost_service_error),
        recovery(&failure.recovery),
        count(failure.outcomes.errors()),
        count(failure.slow),
    ]
}

pub(crate) fn load(offered: Rate, of_sustainable: Option<Share>) -> String {
    match of_sustainable {
        Some(share) => format!("{offered} ({:.0} %)", 100.0 * share.0),
        None => offered.to_string(),
    }
}

fn short(time: Seconds) -> String {
    Seconds(time.0.max(0.0)).to_string()
}

pub(crate) fn outage(outage: Outage) -> String {
    match outage {
        Outage::None => "none".into(),
        Outage::Ended { length, resolution } => format!("{length} ± {resolution}"),
        Outage::NotEnded { at_least } => format!("≥ {at_least}"),
        Outage::Unclear { .. } => "unclear".into(),
    }
}

pub(crate) fn lost(lost: Seconds, error: Seconds) -> String {
    format!("{:.2} s ± {:.2}", lost.0, 1.96 * error.0)
}

fn recovery(recovery: &Recovery) -> String {
    let took = recovery.took.map_or(String::new(), short);
    let predicted = recovery.predicted.map_or(String::new(), |p| format!(" ({p})"));
    match recovery.verdict {
        RecoveryVerdict::NotNeeded => "not needed".into(),
        RecoveryVerdict::Unknown => "unclear".into(),
        RecoveryVerdict::Recovered => format!("{took}{predicted}"),
        RecoveryVerdict::Slow => format!("slow: {took}{predicted}"),
        RecoveryVerdict::NotRecovered => "none".into(),
        // Less than a minute is too short to call it that.
        RecoveryVerdict::Metastable => match recovery.watched {
            Some(watched) if watched < MINUTE => format!("not within {watched}"),
            Some(_) | None => "metastable".into(),
        },
    }
}

pub(crate) fn classes(outcomes: &OutcomeCounts) -> String {
    let bad = outcomes.0.iter().filter(|(outcome, n)| outcome.is_error() && **n > 0);
    let all: Vec<String> = bad.map(|(outcome, n)| format!("{outcome} {}", count(*n))).collect();
    if all.is_empty() { "nothing".into() } else { all.join(", ") }
}

/// What a row cannot hold.
fn remarks(failure: &FailureReport) -> Vec<String> {
    let mut all = Vec::new();
    let name = format!("{} at {}", failure.fault, failure.offered);
    if failure.outcomes.errors() > 0 {
        let under_way = match failure.caught_under_way {
            0 => String::new(),
            n => format!("; {} of them were under way when it began", count(n)),
        };
        all.push(format!("{name}: failed by {}{under_way}.", classes(&failure.outcomes)));
    }
    if let Some(text) = still_worked(&failure.steps) {
        all.push(format!("{name}: {text}"));
    }
    match failure.recovery.verdict {
        RecoveryVerdict::Metastable => all.push(format!("{name}: {}", metastable(&failure.recovery))),
        RecoveryVerdict::NotRecovered => all.push(format!("{name}: what was broken never answered again.")),
        RecoveryVerdict::NotNeeded | RecoveryVerdict::Recovered | RecoveryVerdict::Slow | RecoveryVerdict::Unknown => {}
    }
    all.extend(failure.broken.iter().map(|why| format!("{name}: the stack was not whole afterwards: {why}")));
    all.extend(
        failure.orders.filter(|books| !books.balanced()).map(|books| format!("{name}: {}", told_orders(&books))),
    );
    all
}

/// What must be said of all faults beside their rows; a caveat that holds for several of them is told once.
pub(crate) fn all_remarks(failures: &[FailureReport]) -> Vec<String> {
    let mut caveats: Vec<(&str, Vec<String>)> = Vec::new();
    for failure in failures {
        let name = format!("{} at {}", failure.fault, failure.offered);
        for caveat in &failure.caveats {
            match caveats.iter_mut().find(|(told, _)| told == caveat) {
                Some((_, names)) => names.push(name.clone()),
                None => caveats.push((caveat, vec![name.clone()])),
            }
        }
    }
    let told = caveats.into_iter().map(|(caveat, names)| format!("{}: {caveat}", names.join(", ")));
    failures.iter().flat_map(remarks).chain(told).collect()
}

fn metastable(recovery: &Recovery) -> String {
    let then = match recovery.after_half {
        Some(good) if good.0 >= 0.9 => {
            format!("after half the load for a while it carried the whole again ({good} of the steps were good)")
        }
        Some(good) => {
            format!("half the load for a while did not bring it back ({good} of the steps were good after it)")
        }
        None => "half the load was not tried".to_owned(),
    };
    let within = recovery.watched.unwrap_or(MINUTE);
    format!("the fault was over and it did not recover within {within}, at a load that it had carried before; {then}.")
}

/// Which steps worked while it lasted, where some did and some did not.
fn still_worked(steps: &[StepInFault]) -> Option<String> {
    let share = |s: &StepInFault| s.good as f64 / s.count.max(1) as f64;
    let named = |pick: &dyn Fn(&StepInFault) -> bool| {
        let all: Vec<String> =
            steps.iter().filter(|s| pick(s)).map(|s| format!("{} ({} of {})", s.step, s.good, s.count)).collect();
        all.join(", ")
    };
    let worked = named(&|s| share(s) >= 0.5);
    let failed = named(&|s| share(s) < 0.5);
    (!worked.is_empty() && !failed.is_empty())
        .then(|| format!("while it lasted these steps were good: {worked}; and these mostly not: {failed}."))
}

pub(crate) fn told_orders(books: &OrderBooks) -> String {
    let lost = match books.lost_at_most() {
        Some(at_most) => format!("none lost (at most {at_most} of all, with 95 % confidence)"),
        None if books.acknowledged == 0 => "none could be lost".into(),
        None => format!("{} LOST", count(books.lost)),
    };
    let oversold = books.oversold.map_or(String::new(), |n| format!(", {} units oversold", count(n)));
    format!(
        "Orders: {} sent, {} acknowledged, {lost}; {} duplicated, {} phantom (told failed, yet there), {} indeterminate (no answer; {} of them there), {} that do not add up{oversold}.",
        count(books.sent),
        count(books.acknowledged),
        count(books.duplicated),
        count(books.phantom),
        count(books.indeterminate),
        count(books.indeterminate_there),
        count(books.not_adding_up),
    )
}

/// What the faults do not show.
pub(crate) fn limits(report: &RunReport) -> Vec<String> {
    let ended = report.failures.iter().any(|f| {
        use FaultKind::{Kill, OutOfMemory, Restart, Stop};
        matches!(f.fault.kind, Kill | OutOfMemory | Restart | Stop)
    });
    let text = "A container that is killed loses its processes, not what the kernel has already been given to write: this does not test the loss of power.";
    ended.then(|| text.to_owned()).into_iter().collect()
}
