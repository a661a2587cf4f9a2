//! Trials whose access log is not whole, because the server that writes it was ended in them.

use redline_model::{Check, Fault, FaultKind, ServerFingerprint, TrialResult};

const WHY: &str = "The Nginx of this trial was ended, and the lines that it had not yet written are lost.";

/// The trials of these faults whose log is not whole.
pub(crate) struct LostLogs(Vec<u32>);

impl LostLogs {
    /// From the number of each trial with a fault, and the fault.
    pub(crate) fn new<'a>(faults: impl Iterator<Item = (u32, &'a Fault)>, servers: &[ServerFingerprint]) -> Self {
        let lost = faults.filter(|(_, fault)| loses(fault.kind) && writes(&fault.component, servers));
        Self(lost.map(|(trial, _)| trial).collect())
    }

    /// Whether the log of the trial with this number can not be counted, nor be asked for means.
    pub(crate) fn has(&self, trial: u32) -> bool {
        self.0.contains(&trial)
    }

    /// Says of a trial that was assembled without its log why that was.
    pub(crate) fn told(&self, mut trial: TrialResult) -> TrialResult {
        let lost = self.has(trial.number);
        for check in trial.checks.iter_mut().filter(|check| lost && check.check == "access-log") {
            *check = Check { trial: check.trial, ..Check::not_available("access-log", check.limit.clone(), WHY) };
        }
        trial
    }
}

fn loses(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Kill | FaultKind::Stop | FaultKind::Restart | FaultKind::OutOfMemory)
}

/// Whether something ends with it that writes an access log: `nginx`, `nginx@web1`, `varnish`, a server with one on it,
/// or `server`.
fn writes(target: &str, servers: &[ServerFingerprint]) -> bool {
    let writer = |name: &str| matches!(name.split('@').next(), Some("nginx" | "varnish"));
    let on_it = servers.iter().filter(|server| server.server == target);
    target == "server" || writer(target) || on_it.flat_map(|server| &server.components).any(|c| writer(&c.component))
}

#[cfg(test)]
mod tests {
    use redline_analysis::simulator::{SimServer, Simulator};
    use redline_model::{CheckStatus, Purpose, Rate, Seconds, Slo, TrialSpec};

    use super::*;

    #[test]
    fn a_log_is_lost_with_the_server_that_writes_it() {
        let faults =
            [("kill", "nginx"), ("kill", "nginx@web1"), ("pause", "nginx"), ("stop", "varnish"), ("kill", "server")]
                .map(|(kind, component)| Fault::named(kind, component).unwrap());
        let lost = LostLogs::new((1..).zip(&faults), &[]);
        assert_eq!((1..=5).map(|n| lost.has(n)).collect::<Vec<_>>(), [true, true, false, true, true]);
        let php = Fault::named("kill", "php").unwrap();
        assert!(!LostLogs::new([(1, &php)].into_iter(), &[]).has(1));
    }

    #[test]
    fn it_is_told_why_it_was_not_counted() {
        let spec = TrialSpec {
            purpose: Purpose::Fault,
            offered: Rate(10.0),
            settle: Seconds(0.0),
            hold: Seconds(2.0),
            cap: None,
        };
        let trial = || {
            let server = SimServer::with_capacity(Rate(100.0), 8, 8, 1.0);
            let mut trial = Simulator::new(server, Slo::default(), 1).trial(spec);
            trial.checks = vec![Check::not_available("access-log", "= 1100", "There is no access log to count.")];
            trial
        };
        let kill = Fault::named("kill", "nginx").unwrap();
        let of = |number: u32| {
            let told = LostLogs::new([(number, &kill)].into_iter(), &[]).told(trial());
            assert_eq!(told.checks[0].status, CheckStatus::NotAvailable);
            told.checks[0].detail.contains("was ended")
        };
        let number = trial().number;
        assert!(of(number) && !of(number + 1));
    }
}
