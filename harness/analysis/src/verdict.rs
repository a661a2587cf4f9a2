//! From a search, its checks and its bottleneck to the verdict, in plain words.

use redline_model::{
    AfterPeak, Behaviour, Bottleneck, BottleneckStatus, Capacity, Check, CheckStatus, Interval, Purpose, TrialClass,
    TrialResult, Verdict, VerdictKind,
};

use crate::{
    adjusted::speed_adjusted,
    capacity::in_all_units,
    checks::{Fitness, judge, machine_speed, widened},
    knee::knee,
    scalability::curve_notes,
    search::{Ending, SearchOutcome, mostly_whole, with_later},
};

/// Everything that a verdict is concluded from.
#[derive(Debug, Clone)]
pub struct Conclusion<'a> {
    /// What the search found.
    pub outcome: &'a SearchOutcome,
    /// Every trial, with its checks.
    pub trials: &'a [TrialResult],
    /// The checks of the whole run: calibration, utilisation law, agreement of throughputs, the machine before.
    pub run_checks: &'a [Check],
    /// The seconds of interventions in which nothing was changed ([`crate::as_found`]): further slices of overdrive.
    pub as_found: &'a [TrialResult],
    /// What gave out first, where the search drove the stack to saturation.
    pub bottleneck: Option<Bottleneck>,
}

/// Concludes. Books that do not balance make the run invalid and no capacity is given; a run whose machine
/// was not fit as a whole gives "at least".
#[must_use]
pub fn conclude(conclusion: &Conclusion) -> Verdict {
    let counted = conclusion.trials.iter().filter(|t| t.spec.purpose != Purpose::WarmUp);
    let of_trials: Vec<Check> = counted.flat_map(|t| t.checks.iter().cloned()).collect();
    for checks in [of_trials.as_slice(), conclusion.run_checks] {
        if let Fitness::Invalid(reasons) = judge(checks) {
            return invalid(reasons);
        }
    }
    let outcome = conclusion.outcome;
    let mut caveats = outcome.notes.clone();
    let mut ending = outcome.ending.clone();
    if let Fitness::Limited(reasons) = judge(conclusion.run_checks) {
        ending = match ending {
            Ending::Found | Ending::AtLeast(_) => Ending::AtLeast(reasons.join(" ")),
            other => other,
        };
    }
    let advisory = conclusion.run_checks.iter().filter(|c| c.status == CheckStatus::Failed);
    caveats.extend(advisory.map(|c| format!("{}: {} where {} was allowed. {}", c.check, c.value, c.limit, c.detail)));
    verdict(conclusion, &ending, caveats)
}

fn verdict(conclusion: &Conclusion, ending: &Ending, mut caveats: Vec<String>) -> Verdict {
    let (outcome, trials) = (conclusion.outcome, conclusion.trials);
    let machine = machine_speed(trials).unwrap_or(Interval { estimate: 1.0, low: 1.0, high: 1.0 });
    let bounded = matches!(ending, Ending::AtLeast(_));
    let measured = outcome.saturation.map(|s| with_later(trials, conclusion.as_found).unwrap_or(s));
    let saturation = measured.filter(|_| !bounded).and_then(|s| {
        let driven = trials.iter().rfind(|t| usable(t) && t.spec.purpose == Purpose::Overdrive)?;
        let whole = if mostly_whole(driven) { driven } else { nearest(trials, s.estimate)? };
        Some(in_all_units(widened(s, machine), whole, trials))
    });
    let sustainable = outcome.sustainable.and_then(|s| {
        let s = below(s, measured);
        let s = if bounded { Interval { high: s.estimate, ..s } } else { widened(s, machine) };
        Some(in_all_units(s, nearest(trials, s.estimate)?, trials))
    });
    let (kind, sentence) = match ending {
        Ending::Found => {
            let beyond = outcome.after_peak.as_ref().map_or(String::new(), after_peak);
            let found = found(saturation, sustainable, conclusion.bottleneck.as_ref());
            (VerdictKind::Saturated, found + &beyond)
        }
        Ending::AtLeast(why) => (VerdictKind::AtLeast, at_least(sustainable, why)),
        Ending::SloUndefined(why) => (VerdictKind::SloUndefined, undefined(saturation, why)),
        Ending::Stopped => (VerdictKind::Invalid, "The run was stopped before it could conclude anything.".into()),
    };
    if let (Some(most), Some(kept)) = (measured, outcome.sustainable.filter(|_| saturation.is_some()))
        && kept.estimate > most.estimate
    {
        caveats.push(format!(
            "The sustainable load came out at {:.1} sessions/s, above the saturation throughput, which cannot be, and is stated as equal: the machine was slower while the latter was measured, or the trials were short. Both are known no better than their intervals.",
            kept.estimate
        ));
    }
    if bounded {
        caveats.push("Where the server's own limit lies is not known.".into());
    }
    let stopped = kind == VerdictKind::Invalid;
    Verdict {
        kind,
        sentence,
        saturation: saturation.filter(|_| !stopped),
        saturation_adjusted: saturation.filter(|_| !stopped).and_then(|_| speed_adjusted(trials, conclusion.as_found)),
        sustainable: sustainable.filter(|_| !stopped),
        knee: knee(trials).filter(|_| !stopped && !bounded),
        bottleneck: conclusion.bottleneck.clone().filter(|_| !stopped && !bounded),
        after_peak: outcome.after_peak.clone().filter(|_| !stopped && !bounded),
        curve: outcome.saturation.filter(|_| !stopped && !bounded).map(|x| curve_notes(trials, x)),
        caveats,
    }
}

/// A sustainable load is never stated above the saturation throughput, nor its interval above that one's upper end.
fn below(limit: Interval, saturation: Option<Interval>) -> Interval {
    let Some(saturation) = saturation else { return limit };
    let estimate = limit.estimate.min(saturation.estimate);
    Interval { estimate, low: limit.low.min(estimate), high: limit.high.min(saturation.high) }
}

/// The verdict on a measurement that cannot be trusted.
pub(crate) fn invalid(reasons: Vec<String>) -> Verdict {
    let sentence = format!("The measurement is not valid, so no capacity is given. {}", reasons[0]);
    Verdict::without_capacity(VerdictKind::Invalid, sentence, reasons)
}

fn usable(trial: &TrialResult) -> bool {
    trial.class != TrialClass::GeneratorLimited && trial.completed.0 > 0.0
}

/// The trial nearest to a load, not driven over and of whole sessions where there is one: its proportions convert that
/// load into other units.
fn nearest(trials: &[TrialResult], load: f64) -> Option<&TrialResult> {
    let off = |t: &TrialResult| (t.completed.0 / load).ln().abs();
    let measured = |t: &&TrialResult| {
        usable(t)
            && !matches!(
                t.spec.purpose,
                Purpose::Overdrive | Purpose::Intervene | Purpose::Overload | Purpose::WarmUp | Purpose::Calibration
            )
    };
    let nearest = |whole: bool| {
        let of = trials.iter().filter(measured).filter(|t| !whole || mostly_whole(t));
        of.min_by(|a, b| off(a).total_cmp(&off(b)))
    };
    nearest(true).or_else(|| nearest(false))
}

fn found(saturation: Option<Capacity>, sustainable: Option<Capacity>, bottleneck: Option<&Bottleneck>) -> String {
    let most = saturation.map_or(String::new(), |s| format!("at {}", load(&s)));
    let kept = sustainable.map_or(String::new(), |s| format!(" It keeps the SLO up to {}.", load(&s)));
    let cause = bottleneck.filter(|b| b.component != "none").map_or(String::new(), gives_out);
    format!("The server saturates {most}.{kept}{cause}")
}

fn gives_out(bottleneck: &Bottleneck) -> String {
    let what = format!("{} of {}", bottleneck.resource, bottleneck.component);
    match bottleneck.status {
        BottleneckStatus::Confirmed => {
            format!(" The {what} gives out first: when a part of it was taken away, the throughput followed.")
        }
        BottleneckStatus::Joint => format!(" The {what} gives out first, together with another resource."),
        BottleneckStatus::Suspected => format!(" The {what} is suspected to give out first."),
        BottleneckStatus::Unknown => String::new(),
    }
}

/// What becomes of the goodput beyond the peak, in a sentence.
fn after_peak(after: &AfterPeak) -> String {
    let points: Vec<String> =
        after.points.iter().map(|p| format!("{:.0} % of its peak at {:.1} ×", 100.0 * p.goodput.0, p.factor)).collect();
    let lasted = after.lasted.map_or("what was tried".to_owned(), |lasted| format!("{lasted} of that"));
    let called = match after.behaviour {
        Behaviour::Unclear => {
            return format!(
                " What becomes of it under more than it can serve is not clear from {lasted}: the goodput was {} the saturation throughput.",
                points.join(" and ")
            );
        }
        Behaviour::Graceful => "it stays up",
        Behaviour::Degraded => "it degrades",
        Behaviour::Collapse => "it collapses",
    };
    // A queue without an end takes its time to fill: after three seconds nothing is known of the thirtieth.
    let when = after.lasted.map_or("Under more".to_owned(), |lasted| format!("In the first {lasted} of more"));
    let from = after.collapse.map_or(String::new(), |c| {
        format!("; the collapse begins at {} sessions/s ({} to {})", number(c.estimate), number(c.low), number(c.high))
    });
    format!(
        " {when} than it can serve {called}: the goodput is {} the saturation throughput{from}.",
        points.join(" and ")
    )
}

fn at_least(sustainable: Option<Capacity>, why: &str) -> String {
    let carried = sustainable.map_or("No load is known to be carried".to_owned(), |s| {
        let (r, s) = (s.requests_per_second.estimate, s.sessions_per_second.estimate);
        format!("The server carries at least {} requests/s ({} sessions/s)", number(r), number(s))
    });
    format!("{carried}; more could not be measured: {}", sentence_end(why))
}

fn undefined(saturation: Option<Capacity>, why: &str) -> String {
    let most = saturation.map_or(String::new(), |s| format!("The server saturates at {}. ", load(&s)));
    format!("{most}The SLO does not define a capacity: {}", sentence_end(why))
}

fn sentence_end(why: &str) -> String {
    format!("{}.", why.trim_end_matches('.'))
}

fn load(capacity: &Capacity) -> String {
    let (r, s) = (capacity.requests_per_second, capacity.sessions_per_second);
    format!(
        "{} requests/s (95 % interval {} to {}), that is {} sessions/s",
        number(r.estimate),
        number(r.low),
        number(r.high),
        number(s.estimate)
    )
}

/// Three significant figures below a hundred, whole numbers above.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}
