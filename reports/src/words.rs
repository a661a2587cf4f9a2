//! The words for what the document names by kinds: the same in every format.

use redline_model::{
    Behaviour, Bottleneck, BottleneckStatus, Purpose, RunReport, TrialClass, TrialResult, VerdictKind,
};

/// Why a trial was made.
pub(crate) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Calibration => "generator",
        Purpose::WarmUp => "warm-up",
        Purpose::Ramp => "ramp",
        Purpose::Overdrive => "overdrive",
        Purpose::Intervene => "intervention",
        Purpose::Overload => "overload",
        Purpose::Bisect => "search",
        Purpose::ConfirmHolds => "confirm",
        Purpose::ConfirmFails => "confirm above",
        Purpose::Hold => "hold",
        Purpose::Quiet => "quiet",
        Purpose::Control => "control",
        Purpose::Fault => "fault",
        Purpose::Browse => "browser",
    }
}

/// What was found in a trial.
pub(crate) fn class(trial: &TrialResult) -> &'static str {
    match (trial.spec.purpose, trial.class) {
        (_, TrialClass::GeneratorLimited) => "generator-limited",
        (Purpose::Calibration | Purpose::WarmUp | Purpose::Browse, _) => "",
        (Purpose::Overdrive | Purpose::Intervene, _) => "saturated",
        (Purpose::Overload, _) => "overloaded",
        (_, TrialClass::Pass) => "pass",
        (_, TrialClass::Fail) => "fail",
        (_, TrialClass::Undecided) => "undecided",
    }
}

/// How sure the bottleneck is.
pub(crate) fn certainty(bottleneck: &Bottleneck) -> &'static str {
    match bottleneck.status {
        BottleneckStatus::Confirmed => "confirmed by intervention",
        BottleneckStatus::Joint => "joint: two limits bind together",
        BottleneckStatus::Suspected if bottleneck.interventions.is_empty() => {
            "suspected: its signals point to it, no intervention was made"
        }
        BottleneckStatus::Suspected => "suspected: its signals point to it, the interventions leave it open",
        BottleneckStatus::Unknown => "unknown",
    }
}

/// What the generator alone can do, and how that was measured; nothing where it was not.
pub(crate) fn generator_alone(report: &RunReport) -> Option<String> {
    let ceiling = report.generator_ceiling?;
    let lifted = match report.limits_lifted.as_slice() {
        [] => String::new(),
        some => format!("; meanwhile the CPU limits of {} were lifted", some.join(", ")),
    };
    Some(format!("{ceiling} requests{lifted}"))
}

/// What kind of answer it is, in a few words.
pub(crate) fn kind(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Saturated => "saturation found",
        VerdictKind::AtLeast => "at least",
        VerdictKind::SloUndefined => "the promise defines no capacity",
        VerdictKind::Invalid => "not valid",
        VerdictKind::Held => "load held",
    }
}

/// What becomes of the goodput beyond its peak.
pub(crate) fn behaviour(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Graceful => "graceful: the goodput stays at 95 % of its peak or more",
        Behaviour::Degraded => "degraded: the goodput falls, to 70 % of its peak at worst",
        Behaviour::Collapse => "collapse: the goodput falls below 70 % of its peak",
        Behaviour::Unclear => "unclear: a larger load had more goodput than a smaller one",
    }
}
