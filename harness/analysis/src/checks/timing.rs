//! Client time ≥ request time ≥ upstream time. (DESIGN.md, rule 3)

use redline_model::{Check, Seconds, TrialResult};

use super::{Limits, trial::Measured};

/// What the server's access log says about one trial.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AccessLog {
    /// Lines with the trial's tag.
    pub lines: u64,
    /// Of them, those that the web server itself turned away with 429 or 503.
    pub limited: u64,
    /// The sum of `$request_time`.
    pub request_time: Seconds,
    /// The sum of `$upstream_response_time` (0 where a request had no upstream).
    pub upstream_time: Seconds,
}

/// The means of the three times are in their order, to the resolution of the server's log.
pub(super) fn order(trial: &TrialResult, measured: &Measured, limits: &Limits) -> Check {
    const NAME: &str = "client-time";
    const LIMIT: &str = "client ≥ request ≥ upstream";
    let responses = trial.requests.outcomes.responses();
    let Some(log) = measured.access_log.filter(|l| l.lines > 0 && responses > 0) else {
        return Check::not_available(NAME, LIMIT, "There is no access log to compare with.");
    };
    if trial.requests.outcomes.total() > responses {
        return Check::not_available(
            NAME,
            LIMIT,
            "Some requests got no response, so the two means are not of the same.",
        );
    }
    let mean = |sum: Seconds, n: u64| Seconds(sum.0 / n as f64);
    let client = mean(measured.service_sum, responses);
    let (request, upstream) = (mean(log.request_time, log.lines), mean(log.upstream_time, log.lines));
    let slack = limits.log_resolution.0;
    Check::new(
        NAME,
        request.0 <= client.0 + slack && upstream.0 <= request.0 + slack,
        format!("means {client}, {request}, {upstream}"),
        format!("{LIMIT} (to {})", limits.log_resolution),
        "The server claims to have worked longer than the client waited, so one of the clocks is wrong.",
    )
}
