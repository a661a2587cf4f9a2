//! The documents that the tests show.

use redline_model::{Purpose, RunReport, TrialResult};
use redline_reports::read;

/// A run of the real one-server stack, as it was stored.
pub fn real() -> RunReport {
    read(include_str!("../fixtures/single.json")).unwrap()
}

/// The same as a load that was held: one trial and no capacity.
pub fn held() -> RunReport {
    let mut report = real();
    let mut trial: TrialResult =
        report.trials.iter().rfind(|t| t.spec.purpose == Purpose::ConfirmHolds).unwrap().clone();
    trial.spec.purpose = Purpose::Hold;
    report.trials = vec![trial];
    report.verdict = redline_model::Verdict::without_capacity(
        redline_model::VerdictKind::Held,
        "A load was held.".into(),
        Vec::new(),
    );
    report
}

/// The same, an hour long: its seconds over and over again.
pub fn hour() -> RunReport {
    let mut report = real();
    let n = report.timeline.len();
    let t = &mut report.timeline;
    let times = 3600 / n + 1;
    let length = t.at[n - 1].0 + 2.0;
    t.at =
        (0..times).flat_map(|i| t.at.iter().map(move |at| redline_model::Seconds(at.0 + i as f64 * length))).collect();
    again(&mut t.trial, times);
    for column in [&mut t.offered, &mut t.started, &mut t.completed, &mut t.responses, &mut t.steps, &mut t.good] {
        again(column, times);
    }
    for column in [&mut t.p50, &mut t.p95, &mut t.p99] {
        again(column, times);
    }
    again(&mut t.in_flight, times);
    again(&mut t.server_cpus_busy, times);
    t.response_grid.counts.iter_mut().for_each(|c| again(c, times));
    t.errors.values_mut().for_each(|column| again(column, times));
    t.cpu.iter_mut().for_each(|c| again(&mut c.cores, times));
    for p in &mut t.pools {
        again(&mut p.active, times);
        again(&mut p.queue, times);
    }
    for d in &mut t.databases {
        again(&mut d.running, times);
        again(&mut d.lock_waiting, times);
    }
    // A thorough search holds a trial for 30 s and more: an hour has about as many as this.
    let trials = report.trials.clone();
    report.trials = trials.iter().cycle().take(120).cloned().collect();
    for (i, trial) in report.trials.iter_mut().enumerate() {
        trial.number = i as u32 + 1;
    }
    let of_a_run = trials.len();
    let checks = report.validity.clone();
    report.validity = checks.iter().cycle().take(checks.len() * 120 / of_a_run).cloned().collect();
    assert!(report.timeline.len() >= 3600 && report.timeline.uneven().is_none());
    report
}

fn again<T: Clone>(column: &mut Vec<T>, times: usize) {
    *column = column.iter().cloned().cycle().take(column.len() * times).collect();
}
