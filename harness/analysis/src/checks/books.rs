//! Do the books balance? (DESIGN.md, rule 3)

use redline_model::{Check, Outcome, TrialResult};

/// Every request that was sent was answered, failed, or was cancelled at the end.
pub(super) fn balance(trial: &TrialResult) -> Check {
    let r = &trial.requests;
    let (responses, errors) = (r.outcomes.responses(), r.outcomes.total() - r.outcomes.responses());
    Check::new(
        "books-balance",
        r.sent == responses + errors,
        format!("{responses} responses + {errors} without one = {}", responses + errors),
        format!("= {} sent", r.sent),
        "Requests are missing from the generator's books or counted twice, so no figure can be trusted.",
    )
}

/// Every session that was started has ended: nothing is in flight after the drain.
pub(super) fn sessions(trial: &TrialResult) -> Check {
    let s = &trial.sessions;
    let ended = s.finished + s.failed + s.cancelled;
    Check::new(
        "sessions-balance",
        s.started == ended,
        format!("{} finished + {} failed + {} cancelled = {ended}", s.finished, s.failed, s.cancelled),
        format!("= {} started", s.started),
        "Sessions are missing from the generator's books or counted twice, so no figure can be trusted.",
    )
}

/// The server logged what the generator saw: all responses, and at most those that it may have seen besides.
pub(super) fn access_log(trial: &TrialResult) -> Check {
    let r = &trial.requests;
    let responses = r.outcomes.responses();
    let most = responses + r.maybe_seen + r.outcomes.get(Outcome::Cancelled);
    let limit = if most == responses { format!("= {responses}") } else { format!("{responses} to {most}") };
    let Some(logged) = r.logged else {
        return Check::not_available("access-log", limit, "There is no access log to count.");
    };
    Check::new(
        "access-log",
        (responses..=most).contains(&logged),
        format!("{logged} lines"),
        limit,
        "The server's access log counts other requests than the generator, so one of them is wrong.",
    )
}
