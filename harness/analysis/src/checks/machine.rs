//! Was the machine ours? (DESIGN.md, rule 2)

use redline_model::{Check, TrialResult};

use super::Limits;

const NO_PROBE: &str = "The machine was not probed in this trial.";

/// The hypervisor took no time from us.
pub(super) fn steal(trial: &TrialResult, limits: &Limits) -> Check {
    let limit = format!("≤ {}", limits.steal);
    let Some(host) = &trial.host else { return Check::not_available("host-steal", limit, NO_PROBE) };
    Check::new(
        "host-steal",
        host.steal <= limits.steal,
        host.steal.to_string(),
        limit,
        "The hypervisor gave CPU time to other machines, so the server was smaller than stated.",
    )
}

/// Nobody else was busy on the machine.
pub(super) fn others(trial: &TrialResult, limits: &Limits) -> Check {
    let limit = format!("≤ {:.2} cores", limits.others);
    let Some(host) = &trial.host else { return Check::not_available("host-others", limit, NO_PROBE) };
    Check::new(
        "host-others",
        host.others <= limits.others,
        format!("{:.3} cores", host.others),
        limit,
        "Other processes used the machine, so the server or the generator had less of it than stated.",
    )
}
